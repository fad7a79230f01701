/** The status bar item: how far the live runs are, and a menu to steer them. Not there while nothing trains. */
import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run.js';
import { isLive } from '../runs/liveness.js';
import type { Context } from './context.js';
import type { RunLibrary } from './run-library.js';
import { canPause, runTooltip, stateLooks } from './runs-view.js';

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listener: vscode.Disposable;

  constructor(
    private readonly context: Context,
    private readonly library: RunLibrary,
  ) {
    this.item = vscode.window.createStatusBarItem('autodidact.runs', vscode.StatusBarAlignment.Left, 10);
    this.item.name = vscode.l10n.t('Autodidact Runs');
    this.item.command = 'autodidact.showActiveRuns';
    this.listener = library.onDidChange(() => this.update());
    this.update();
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const [first, ...others] = liveRuns(this.library);
    if (first === undefined) {
      this.item.hide();
      return;
    }
    const more = others.length > 0 ? ` +${others.length}` : '';
    this.item.text = `$(${stateLooks[first.state][0]}) ${this.context.describe.progress(first)}${more}`;
    this.item.accessibilityInformation = { label: `Autodidact: ${this.context.describe.progress(first)}${more}` };
    this.item.tooltip = runTooltip(this.context, first);
    for (const run of others) this.item.tooltip.appendText(`\n${this.context.describe.progress(run)}`);
    this.item.show();
  }
}

/** Runs with a process behind them: those that train before those that wait. */
export function liveRuns(library: RunLibrary): RunSummary[] {
  const order = ['running', 'paused', 'queued'];
  return library.runs
    .filter(({ state }) => isLive(state))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/** The menu of the status bar item: what can be done with each live run. */
export async function showActiveRuns(context: Context, library: RunLibrary): Promise<void> {
  const { t } = vscode.l10n;
  type Action = vscode.QuickPickItem & { command?: string; folder?: string };
  const actions = liveRuns(library).flatMap(({ folder, name, state, ...rest }): Action[] => {
    const description = context.describe.progress({ folder, name, state, ...rest });
    const action = (label: string, command: string): Action => ({ label, description: name, command, folder });
    return [
      { label: description, kind: vscode.QuickPickItemKind.Separator },
      ...(canPause(state) ? [action(`$(debug-pause) ${t('Pause')}`, 'autodidact.pauseRun')] : []),
      ...(state === 'paused' ? [action(`$(debug-continue) ${t('Resume')}`, 'autodidact.resumeRun')] : []),
      action(`$(debug-stop) ${t('Stop')}`, 'autodidact.stopRun'),
      action(`$(graph-line) ${t('Show Charts')}`, 'autodidact.charts'),
    ];
  });
  const chosen = await vscode.window.showQuickPick(actions, { placeHolder: t('Steer the runs that are under way') });
  if (chosen?.command !== undefined) await vscode.commands.executeCommand(chosen.command, { folder: chosen.folder });
}
