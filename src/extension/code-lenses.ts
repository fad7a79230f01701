/** The row above each experiment: Train, Debug, Preview, Pairs, and how its newest run stands. */
import * as vscode from 'vscode';
import type { Context } from './context.js';
import { experimentSelector, experimentsOf } from './experiment-files.js';
import type { RunLibrary } from './run-library.js';
import { stateLooks } from './runs-view.js';

/** Milliseconds between repaints of the lenses while runs change. */
const calm = 1000;

export class CodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.emitter.event;
  private readonly listeners: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: Context,
    private readonly library: RunLibrary,
  ) {
    this.listeners = vscode.Disposable.from(
      this.emitter,
      vscode.languages.registerCodeLensProvider(experimentSelector, this),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.emitter.fire()),
      library.onDidChange(() => {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.emitter.fire();
        }, calm);
      }),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { t } = vscode.l10n;
    return experimentsOf(document).flatMap(({ exportName, start }) => {
      const target = { file: document.uri.fsPath, exportName };
      const at = document.positionAt(start);
      const lens = (title: string, tooltip: string, command: string, ...args: unknown[]) =>
        new vscode.CodeLens(new vscode.Range(at, at), { title, tooltip, command, arguments: args });
      const [newest] = this.library.of(target);
      const result =
        newest === undefined
          ? []
          : [
              lens(
                `$(${stateLooks[newest.state][0]}) ${this.context.describe.result(newest)}`,
                t('Show the charts of {0}', newest.name),
                'autodidact.charts',
                { folder: newest.folder },
              ),
            ];
      if (!vscode.workspace.isTrusted) {
        const trust = t('Nothing is executed in restricted mode. Click to manage trust.');
        return [lens(`$(shield) ${t('Restricted mode')}`, trust, 'workbench.trust.manage'), ...result];
      }
      return [
        lens(`$(play) ${t('Train')}`, t('Train this experiment in the background'), 'autodidact.train', target),
        lens(
          `$(debug-alt) ${t('Debug')}`,
          t('Train this experiment with the debugger: breakpoints in its code hold'),
          'autodidact.debug',
          target,
        ),
        lens(
          `$(eye) ${t('Preview')}`,
          t('Show the views that this method makes of a sample'),
          'autodidact.preview',
          target,
        ),
        lens(
          `$(git-compare) ${t('Pairs')}`,
          t('Show what this method compares in a batch'),
          'autodidact.pairs',
          target,
        ),
        ...result,
      ];
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listeners.dispose();
  }
}
