/** What each command does; which there are stands in command-table.ts. */
import * as vscode from 'vscode';
import type { App } from './app.js';
import { type CommandId, type CommandRule, commandTable } from './command-table.js';
import { installTensorflow, showEngines } from './engines.js';
import { newExperiment } from './new-experiment.js';
import {
  chooseRuns,
  compareRunSource,
  compareRuns,
  deleteRuns,
  openRunLog,
  openRunSource,
  pauseRuns,
  rename,
  resumeRuns,
  revealRunFolder,
  stopRuns,
} from './run-actions.js';
import type { RunNode } from './runs-view.js';
import { showActiveRuns } from './status-bar.js';
import { chooseExperiment, debug, train } from './training.js';

// biome-ignore lint/suspicious/noExplicitAny: VS Code passes whatever the caller of a command gives it.
type Handler = (app: App, ...args: any[]) => unknown;

const handlers: Readonly<Record<CommandId, Handler>> = {
  'autodidact.train': train,
  'autodidact.debug': debug,
  'autodidact.preview': (app, from) => lookAt(app, from, () => app.panels.preview.open()),
  'autodidact.pairs': async (app, from?: Partial<RunNode>) => {
    const run = app.library.get(from?.folder ?? '');
    if (run !== undefined) app.panels.pairs.showRun(run);
    else await lookAt(app, from, () => app.panels.pairs.open());
  },
  'autodidact.charts': showCharts,
  'autodidact.newExperiment': newExperiment,
  'autodidact.pauseRun': pauseRuns,
  'autodidact.resumeRun': resumeRuns,
  'autodidact.stopRun': stopRuns,
  'autodidact.openRunSource': openRunSource,
  'autodidact.compareRunSource': compareRunSource,
  'autodidact.revealRunFolder': revealRunFolder,
  'autodidact.renameRun': rename,
  'autodidact.deleteRun': deleteRuns,
  'autodidact.compareRuns': compareRuns,
  'autodidact.openRunLog': openRunLog,
  'autodidact.refreshRuns': ({ library }) => library.refresh(),
  'autodidact.showActiveRuns': ({ context, library }) => showActiveRuns(context, library),
  'autodidact.showEngines': showEngines,
  'autodidact.installTensorflow': installTensorflow,
  'autodidact.showLog': ({ context }) => context.log.show(),
  'autodidact.internal.measurements': ({ context }, request?: 'restart') => {
    if (request === 'restart') context.measurements.restart();
    return context.measurements.times;
  },
};

export function registerCommands(app: App): vscode.Disposable {
  const rules: Readonly<Record<string, CommandRule>> = commandTable;
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([id, handle]) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        // Menus hide what is refused here; lenses of an old state and other extensions do not.
        if (rules[id]?.executes && !vscode.workspace.isTrusted) return needTrust(app);
        try {
          return await handle(app, ...args);
        } catch (error) {
          app.context.report('Autodidact', error);
        }
      }),
    ),
  );
}

async function needTrust({ context }: App): Promise<void> {
  await context.offer(
    vscode.window.showWarningMessage,
    vscode.l10n.t('Autodidact executes nothing in restricted mode, because experiments are code.'),
    { [vscode.l10n.t('Manage Trust')]: () => vscode.commands.executeCommand('workbench.trust.manage') },
  );
}

async function lookAt(app: App, from: unknown, open: () => void): Promise<void> {
  const target = await chooseExperiment(app, from);
  if (target === undefined) return;
  app.active.set(target);
  open();
}

/** The charts of the given or selected runs, else of what was drawn last or is newest. */
async function showCharts(app: App, ...rows: [node?: Partial<RunNode>, selected?: readonly RunNode[]]): Promise<void> {
  const [node] = rows;
  const runs = node?.folder === undefined ? [] : await chooseRuns(app, rows, '');
  if (node?.folder !== undefined && runs.length === 0) return; // a row that cannot be read
  app.panels.charts.show(runs.map(({ id }) => id));
}
