/** Mistakes in an experiment, as compilers print them. */
import path from 'node:path';
import type { Diagnostic } from '../protocol/previewer.js';
import { paint, plain } from './format.js';

/** `file:line:column severity message`, with counts from one as editors show them. */
export function diagnosticText({ file, range, severity, message }: Diagnostic): string {
  const place = `${path.relative('', file) || file}:${range.start.line + 1}:${range.start.character + 1}`;
  const color = severity === 'error' ? 'red' : 'yellow';
  return `${place}  ${paint(color, severity, process.stderr)}  ${plain(message)}`;
}

/** Prints why nothing was started: as JSON on the output, else as text on the error output. */
export function printDiagnostics(message: string, diagnostics: readonly Diagnostic[], json: boolean): void {
  if (json) console.log(JSON.stringify({ type: 'rejected', message, diagnostics }));
  else if (diagnostics.length === 0) console.error(message);
  else console.error(diagnostics.map(diagnosticText).join('\n'));
}
