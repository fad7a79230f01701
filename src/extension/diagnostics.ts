/**
 * Mistakes in experiments, at their lines: found by the previewer in the unsaved text, or by a trainer that refused to
 * start. What TypeScript or the JSON language service says already is not said twice.
 */
import * as vscode from 'vscode';
import type { Diagnostic } from '../protocol/previewer.js';
import { RpcGone } from '../protocol/rpc.js';
import type { Context } from './context.js';
import { editorTexts, experimentsOf, isExperimentFile, samePath } from './experiment-files.js';
import type { Previewer } from './previewer.js';

/** Milliseconds without typing before the text is looked at. */
const pause = 250;
const ownSource = 'autodidact';

interface Inspected {
  /** Local files the experiment is made of. */
  readonly sources: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export class Diagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection(ownSource);
  private readonly listeners: vscode.Disposable;
  /** By path of the experiment file. */
  private readonly inspected = new Map<string, Inspected>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly questions = new Map<string, AbortController>();

  constructor(
    private readonly context: Context,
    private readonly previewer: Previewer,
  ) {
    const all = () => {
      for (const document of vscode.workspace.textDocuments) this.schedule(document);
    };
    this.listeners = vscode.Disposable.from(
      this.collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri.fsPath)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.changed(document);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(all),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => this.collection.has(uri) || this.inspected.has(uri.fsPath))) this.publish();
      }),
    );
    all();
  }

  /** The files an experiment is made of, as far as that is known. */
  sourcesOf(file: string): readonly string[] {
    return this.inspected.get(file)?.sources ?? [];
  }

  /** The texts of an experiment as they stand in the editors. */
  textsOf(file: string): Record<string, string> {
    return editorTexts([file, ...this.sourcesOf(file)]);
  }

  /** What a trainer said of a file; nothing when it accepted it. */
  rejected(file: string, diagnostics: readonly Diagnostic[]): void {
    this.inspected.set(file, { sources: this.sourcesOf(file), diagnostics });
    this.publish();
  }

  dispose(): void {
    this.listeners.dispose();
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const question of this.questions.values()) question.abort();
  }

  /** A changed text concerns its own experiments, and those that import it. */
  private changed(document: vscode.TextDocument): void {
    this.schedule(document);
    const file = document.uri.fsPath;
    for (const other of vscode.workspace.textDocuments) {
      if (other !== document && this.sourcesOf(other.uri.fsPath).some((source) => samePath(source, file)))
        this.schedule(other);
    }
  }

  private schedule(document: vscode.TextDocument): void {
    if (!isExperimentFile(document.uri) || !vscode.workspace.isTrusted) return;
    const file = document.uri.fsPath;
    // A file that was just made is no mistake.
    if (document.getText().trim() === '') {
      this.forget(file);
      return;
    }
    clearTimeout(this.timers.get(file));
    this.timers.set(
      file,
      setTimeout(() => void this.inspect(document), pause),
    );
  }

  private async inspect(document: vscode.TextDocument): Promise<void> {
    const file = document.uri.fsPath;
    this.timers.delete(file);
    this.questions.get(file)?.abort();
    const question = new AbortController();
    this.questions.set(file, question);
    try {
      const { sources, diagnostics } = await this.previewer.request(
        'inspect',
        { file, overlays: this.textsOf(file) },
        question.signal,
      );
      if (!question.signal.aborted) this.inspected.set(file, { sources, diagnostics });
    } catch (error) {
      if (question.signal.aborted || error instanceof RpcGone) return;
      this.context.log.debug(`inspect ${file}`, error);
      this.inspected.set(file, {
        sources: this.sourcesOf(file),
        diagnostics: [this.failure(document, error as Error)],
      });
    } finally {
      if (this.questions.get(file) === question) this.questions.delete(file);
    }
    this.publish();
  }

  /** What cannot be said of a line is said of the experiment. */
  private failure(document: vscode.TextDocument, { message }: Error): Diagnostic {
    const line = document.positionAt(experimentsOf(document)[0]?.start ?? 0).line;
    const { end } = document.lineAt(line).range;
    return {
      file: document.uri.fsPath,
      range: { start: { line, character: document.lineAt(line).firstNonWhitespaceCharacterIndex }, end },
      severity: 'error',
      message,
    };
  }

  private forget(file: string): void {
    clearTimeout(this.timers.get(file));
    this.timers.delete(file);
    this.questions.get(file)?.abort();
    if (this.inspected.delete(file)) this.publish();
  }

  private publish(): void {
    const byFile = new Map<string, Diagnostic[]>();
    for (const { diagnostics } of this.inspected.values()) {
      for (const diagnostic of diagnostics) {
        const list = byFile.get(diagnostic.file) ?? [];
        // Two experiments may import the same faulty file.
        if (!list.some((other) => other.message === diagnostic.message && sameStart(other, diagnostic)))
          byFile.set(diagnostic.file, [...list, diagnostic]);
      }
    }
    const shown = new Map<string, vscode.Diagnostic[]>();
    for (const [file, diagnostics] of byFile) shown.set(file, unsaid(vscode.Uri.file(file), diagnostics.map(convert)));
    this.collection.forEach((uri) => {
      if (!shown.has(uri.fsPath)) this.collection.delete(uri);
    });
    for (const [file, diagnostics] of shown) {
      const uri = vscode.Uri.file(file);
      // Setting the same again would tell everyone, including us, of a change.
      if (text(this.collection.get(uri) ?? []) !== text(diagnostics)) this.collection.set(uri, diagnostics);
    }
  }
}

/** Leaves out what another language service says of the same place, and everything while the syntax is broken. */
function unsaid(uri: vscode.Uri, own: vscode.Diagnostic[]): vscode.Diagnostic[] {
  const errors = vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => source !== ownSource && severity === vscode.DiagnosticSeverity.Error);
  if (errors.some(isSyntaxError)) return [];
  return own.filter(({ range }) => !errors.some((error) => error.range.intersection(range) !== undefined));
}

/** TypeScript numbers its syntax errors from 1000 to 1999, the JSON language service from 256 to 1023. */
function isSyntaxError({ source, code }: vscode.Diagnostic): boolean {
  const number = Number(typeof code === 'object' ? code.value : code);
  if (source === 'ts' || source === 'js') return number >= 1000 && number < 2000;
  return source === 'json' && number >= 256 && number < 1024;
}

function convert({ range, message, severity, option }: Diagnostic): vscode.Diagnostic {
  const { start, end } = range;
  const converted = new vscode.Diagnostic(
    new vscode.Range(start.line, start.character, end.line, end.character),
    message,
    severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  converted.source = ownSource;
  converted.code = option;
  return converted;
}

const sameStart = (a: Diagnostic, b: Diagnostic) =>
  a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character;

const text = (diagnostics: readonly vscode.Diagnostic[]) =>
  JSON.stringify(diagnostics.map(({ range, message, severity, code }) => [range, message, severity, code]));
