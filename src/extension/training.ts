/** Starting and resuming trainers, and saying how they ended. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExperimentTarget } from '../protocol/panels.js';
import type { RunSummary } from '../protocol/run.js';
import { isLive } from '../runs/liveness.js';
import { launchTraining, resumeTraining, TrainerRejection } from '../trainer/launch.js';
import type { App } from './app.js';
import { experimentGlob, experimentsOf, runsRootOf } from './experiment-files.js';

const { t } = vscode.l10n;

/**
 * The experiment a command is about: that of a lens, that of the file of an editor button, the active one, or one a
 * person picks.
 */
export async function chooseExperiment(app: App, from: unknown): Promise<ExperimentTarget | undefined> {
  if (isTarget(from)) return from;
  if (from instanceof vscode.Uri && app.active.current?.file !== from.fsPath) return pickExport(from);
  if (app.active.current !== undefined) return app.active.current;
  const files = await vscode.workspace.findFiles(experimentGlob, '**/node_modules/**', 500);
  const items = files
    .map((uri) => ({ label: path.basename(uri.fsPath), description: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.description.localeCompare(b.description));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: t('Which experiment?') });
  return chosen && pickExport(chosen.uri);
}

async function pickExport(uri: vscode.Uri): Promise<ExperimentTarget | undefined> {
  const found = experimentsOf(await vscode.workspace.openTextDocument(uri));
  if (found.length === 0) throw new Error(t('{0} does not export an experiment.', path.basename(uri.fsPath)));
  const names = found.map(({ exportName }) => exportName);
  const exportName =
    names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { placeHolder: t('Which experiment?') });
  return exportName === undefined ? undefined : { file: uri.fsPath, exportName };
}

function isTarget(value: unknown): value is ExperimentTarget {
  return typeof value === 'object' && value !== null && 'file' in value && 'exportName' in value;
}

/** Saves the experiment with what it imports, as tasks do, starts its trainer, and shows the run. */
export const train = (app: App, from?: unknown): Promise<void> => startTraining(app, from, {});

/**
 * The same with VS Code's JavaScript debugger attached before the first line of the experiment runs: breakpoints in a loss,
 * a view or a layer hold. The run is like any other; it goes on when the debugger is disconnected.
 */
export function debug(app: App, from?: unknown): Promise<void> {
  const dist = app.context.file('dist').replaceAll('\\', '/');
  return startTraining(app, from, {
    debug: true,
    async attach(port) {
      const configuration: vscode.DebugConfiguration = {
        type: 'node',
        request: 'attach',
        name: t('Autodidact: training'),
        address: '127.0.0.1',
        port,
        // What runs is a bundle in a temporary folder; its source map leads to the files of the workspace.
        resolveSourceMapLocations: ['**', `!${dist}/**`, '!**/node_modules/**'],
        pauseForSourceMap: true,
        skipFiles: ['<node_internals>/**', `${dist}/**`, '**/node_modules/**'],
      };
      let listener: vscode.Disposable | undefined;
      const ended = new Promise<void>((resolve) => {
        listener = vscode.debug.onDidTerminateDebugSession(({ configuration: { port: own }, parentSession }) => {
          if (parentSession === undefined && own === port) resolve();
        });
      });
      try {
        if (!(await vscode.debug.startDebugging(undefined, configuration)))
          throw new Error(
            t('The debugger could not be started. Is the built-in extension "JavaScript Debugger" enabled?'),
          );
        await ended;
      } finally {
        listener?.dispose();
      }
      throw new Error(t('The debugger was ended before it was attached.'));
    },
  });
}

async function startTraining(
  app: App,
  from: unknown,
  debugging: Pick<Parameters<typeof launchTraining>[0], 'debug' | 'attach'>,
): Promise<void> {
  const target = await chooseExperiment(app, from);
  if (target === undefined) return;
  const { file, exportName } = target;
  for (const source of [file, ...app.diagnostics.sourcesOf(file)]) await save(source);
  const settings = app.context.settings(vscode.Uri.file(file));
  const root = runsRootOf(file);
  app.library.watch(root);
  const { maxParallelRuns, engine, openChartsOnTrain } = settings;
  const launch = (signal: AbortSignal) =>
    launchTraining({
      ...launcher(app, signal),
      file,
      exportName,
      runs: root,
      // Nobody debugs in a queue.
      maxParallel: debugging.debug ? 1000 : maxParallelRuns,
      ...debugging,
      engine: engine === 'auto' ? undefined : engine,
    });
  const title = t('Starting to train {0} …', path.basename(file));
  // While debugging, the room is for the code.
  await launching(app, file, title, launch, openChartsOnTrain && !debugging.debug);
}

export async function resume(app: App, run: RunSummary): Promise<void> {
  await launching(app, run.facts.file, t('Resuming {0} …', run.name), (signal) =>
    resumeTraining({ ...launcher(app, signal), run: run.folder }),
  );
}

const launcher = ({ context }: App, signal: AbortSignal) => ({
  trainer: context.file('dist', 'trainer.js'),
  node: context.node(),
  signal,
});

async function save(file: string): Promise<void> {
  // Whatever `isDirty` says: after an edit during a save it is wrong, and saving what is saved does nothing.
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (document !== undefined && !(await document.save())) throw new Error(t('{0} could not be saved.', file));
}

async function launching(
  app: App,
  file: string,
  title: string,
  launch: (signal: AbortSignal) => Promise<{ folder: string; id: string }>,
  showCharts = app.context.settings().openChartsOnTrain,
): Promise<void> {
  app.context.log.info(title);
  const selected = app.view.tree.selection[0];
  try {
    const { folder, id } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title },
      async () => launch(app.closing),
    );
    app.diagnostics.rejected(file, []);
    app.context.log.info(`${id}: ${folder}`);
    if (showCharts) app.panels.charts.show([id]);
    await app.library.refresh();
    // A row that a person has selected meanwhile stays selected.
    if (app.view.tree.selection[0] === selected) await app.view.reveal(folder);
  } catch (error) {
    if (app.closing.aborted) return;
    if (!(error instanceof TrainerRejection)) throw error;
    app.diagnostics.rejected(file, error.diagnostics);
    app.context.log.error(`${file}: ${error.message}`);
    const [first] = error.diagnostics;
    void app.context.offer(
      vscode.window.showErrorMessage,
      first === undefined ? error.message : t('{0} cannot be trained: {1}', path.basename(file), first.message),
      first === undefined
        ? { [t('Show Log')]: () => app.context.log.show() }
        : {
            [t('Go to Line {0}', first.range.start.line + 1)]: () =>
              app.panels.reveal(first.file, first.range.start.line),
          },
    );
  }
}

/** Says when a run that was seen live has ended: finished, failed, or dead without a word. */
export function announceEnds(app: App): vscode.Disposable {
  const live = new Set<string>();
  return app.library.onDidChange(({ added, changed, removed }) => {
    for (const { folder } of removed) live.delete(folder);
    for (const run of [...added, ...changed]) {
      if (isLive(run.state)) live.add(run.folder);
      else if (live.delete(run.folder)) announce(app, run);
    }
  });
}

function announce({ context, panels }: App, run: RunSummary): void {
  const { notifications } = context.settings();
  const charts = { [t('Show Charts')]: () => panels.charts.show([run.id]) };
  const again = { [t('Resume')]: () => vscode.commands.executeCommand('autodidact.resumeRun', { folder: run.folder }) };
  const output = {
    [t('Show Output')]: () => vscode.commands.executeCommand('autodidact.openRunLog', { folder: run.folder }),
  };
  const { window } = vscode;
  if (run.state === 'finished' && notifications === 'all') {
    const result = context.describe.headlineAgainstUntrained(run);
    const message =
      result === undefined ? t('{0} has finished.', run.name) : t('{0} has finished: {1}', run.name, result);
    void context.offer(window.showInformationMessage, message, charts);
  } else if (run.state === 'failed' && notifications !== 'none') {
    const message = t('{0} has failed: {1}', run.name, run.status.message ?? '?');
    void context.offer(window.showErrorMessage, message, { ...charts, ...output });
  } else if (run.state === 'interrupted' && notifications !== 'none') {
    const message = t('{0} was interrupted: its process is gone.', run.name);
    void context.offer(window.showWarningMessage, message, { ...again, ...output });
  }
}
