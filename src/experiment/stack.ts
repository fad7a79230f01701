/** From a stack of the bundle that ran to places in the user's own files. */
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.js';

export interface SourcePlace {
  /** Absolute path of one of the bundle's sources. */
  readonly file: string;
  /** Both from zero. */
  readonly line: number;
  readonly character: number;
}

/** The topmost frame of a stack that lies in the user's own files, whether or not Node has mapped the stack already. */
export function topmostPlace(stack: string, bundle: Bundle, bundlePath: string): SourcePlace | undefined {
  const map = bundle.map === '' ? undefined : new SourceMap(JSON.parse(bundle.map));
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line);
    if (frame === undefined) continue;
    const own = bundle.sources.find((source) => source.path === frame.file);
    if (own !== undefined) return frame;
    if (map === undefined || frame.file !== path.resolve(bundlePath)) continue;
    const entry = map.findEntry(frame.line, frame.character);
    if (!('originalSource' in entry)) continue;
    const file = fileURLToPath(entry.originalSource);
    if (bundle.sources.some((source) => source.path === file))
      return { file, line: entry.originalLine, character: entry.originalColumn };
  }
  return undefined;
}

function parseFrame(line: string): SourcePlace | undefined {
  const [, where, row, column] = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
  if (where === undefined) return undefined;
  const name = where.replace(/^async /, '');
  const file = name.startsWith('file:') ? fileURLToPath(name.replace(/[?#].*$/, '')) : name;
  return { file, line: Number(row) - 1, character: Number(column) - 1 };
}
