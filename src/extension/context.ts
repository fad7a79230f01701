/** What all features share: disposal, log, settings, paths of the package, and one way to report an error. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Describe, type Translate } from './describe.js';
import { Measurements } from './measurements.js';

/** Where the Node that runs trainer, previewer and CLI comes from, and how they run. */
export interface Settings {
  readonly maxParallelRuns: number;
  readonly engine: string;
  readonly nodePath: string;
  readonly previewDelay: number;
  readonly openChartsOnTrain: boolean;
  readonly notifications: 'all' | 'problems' | 'none';
}

export class Context implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Autodidact', { log: true });
  readonly measurements = new Measurements();
  readonly describe = new Describe(vscode.l10n.t as Translate, vscode.env.language);
  private readonly contexts = new Map<string, boolean>();
  private readonly owned: vscode.Disposable[] = [this.log, this.measurements];

  constructor(readonly extension: vscode.ExtensionContext) {}

  /** Disposes it with the extension, in reverse order. */
  own<T extends vscode.Disposable>(...disposables: readonly T[]): T {
    this.owned.push(...disposables);
    return disposables[0] as T;
  }

  dispose(): void {
    for (const disposable of this.owned.splice(0).reverse()) disposable.dispose();
  }

  /** Absolute path of a file of the package. */
  file(...segments: readonly string[]): string {
    return path.join(this.extension.extensionPath, ...segments);
  }

  settings(scope?: vscode.Uri): Settings {
    const of = vscode.workspace.getConfiguration('autodidact', scope);
    return {
      maxParallelRuns: of.get('maxParallelRuns', 1),
      engine: of.get('engine', 'auto'),
      nodePath: of.get('nodePath', ''),
      previewDelay: of.get('preview.delay', 40),
      openChartsOnTrain: of.get('openChartsOnTrain', true),
      notifications: of.get('notifications', 'all'),
    };
  }

  /** The Node for child processes: the setting's, else VS Code's own. */
  node(): string {
    return this.settings().nodePath || process.execPath;
  }

  /** Sets a key of the `when` clauses, if that changes it. */
  setContext(key: string, value: boolean): void {
    if (this.contexts.get(key) === value) return;
    this.contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', `autodidact.${key}`, value);
  }

  /** Says once that something failed, with a way to the details. Cancelling is not an error. */
  report(what: string, error: unknown): void {
    if (error instanceof vscode.CancellationError) return;
    this.log.error(what, error instanceof Error ? (error.stack ?? error.message) : error);
    const reason = error instanceof Error ? error.message : String(error);
    // A message box shows one paragraph: the output of a process that follows is in the log.
    void this.offer(vscode.window.showErrorMessage, `${what}: ${reason.split('\n', 1)[0]}`, {
      [vscode.l10n.t('Show Log')]: () => this.log.show(),
    });
  }

  /** A message with buttons. */
  async offer(
    show: (message: string, ...items: string[]) => Thenable<string | undefined>,
    message: string,
    actions: Readonly<Record<string, () => unknown>>,
  ): Promise<void> {
    const chosen = await show(message, ...Object.keys(actions));
    if (chosen !== undefined) await actions[chosen]?.();
  }
}
