/** What people do with runs: from a row, a selection of rows, or the palette. */
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run.js';
import { requestControl } from '../runs/control.js';
import { isLive } from '../runs/liveness.js';
import { deleteRun, renameRun, stopRun } from '../runs/manage.js';
import { isInnerPath, runFiles } from '../runs/paths.js';
import type { App } from './app.js';
import { samePath } from './experiment-files.js';
import { canPause, canResume, type RunNode } from './runs-view.js';
import { resume } from './training.js';

const { t } = vscode.l10n;
/** The scheme of sources as they ran: VS Code shows documents of a content provider read-only. */
export const sourceScheme = 'autodidact-source';
/** Milliseconds a run may take for its last checkpoint before a person is asked whether to end its process. */
const stopPatience = 20_000;

/** Arguments of a command: the row it was called on, and all selected rows if there are several. */
type Rows = readonly [node?: Partial<RunNode>, selected?: readonly RunNode[]];

/**
 * The runs a command is about, of those it can be applied to: the given rows, else the selected ones, else the only one
 * there is, else those a person picks.
 */
export async function chooseRuns(
  app: App,
  rows: Rows,
  placeHolder: string,
  applies: (run: RunSummary) => boolean = () => true,
): Promise<RunSummary[]> {
  const [node, selected] = rows;
  const given = selected?.length ? selected : node?.folder !== undefined ? [node] : undefined;
  const found = (nodes: readonly Partial<RunNode>[]) =>
    nodes.map(({ folder }) => app.library.get(folder ?? '')).filter((run) => run !== undefined && applies(run));
  if (given !== undefined) return found(given) as RunSummary[];
  const marked = app.view.tree.visible ? (found(app.view.tree.selection) as RunSummary[]) : [];
  if (marked.length > 0) return marked;
  const candidates = app.library.runs.filter(applies);
  if (candidates.length <= 1) return [...candidates];
  const items = candidates.map((run) => ({ label: run.name, description: app.context.describe.row(run), run }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  return chosen === undefined ? [] : [chosen.run];
}

export async function pauseRuns(app: App, ...rows: Rows): Promise<void> {
  const runs = await chooseRuns(app, rows, t('Which run to pause?'), ({ state }) => canPause(state));
  for (const run of runs) requestControl(run.folder, 'pause');
}

/** A paused run goes on in its process; one that ended continues from its last checkpoint in a new one. */
export async function resumeRuns(app: App, ...rows: Rows): Promise<void> {
  const runs = await chooseRuns(app, rows, t('Which run to resume?'), ({ state }) => canResume(state));
  for (const run of runs) {
    if (run.state === 'paused') requestControl(run.folder, 'resume');
    else await resume(app, run);
  }
}

export async function stopRuns(app: App, ...rows: Rows): Promise<void> {
  const runs = await chooseRuns(app, rows, t('Which run to stop?'), ({ state }) => isLive(state));
  for (const run of runs) requestControl(run.folder, 'stop');
  await Promise.all(runs.map((run) => watchStop(app, run)));
}

/** A trainer that does not answer can be ended by force, if a person says so. */
async function watchStop({ library }: App, run: RunSummary): Promise<void> {
  const stillLive = await new Promise<boolean>((resolve) => {
    const settle = (live: boolean) => {
      clearTimeout(timer);
      listener.dispose();
      resolve(live);
    };
    const listener = library.onDidChange(() => {
      const now = library.get(run.folder);
      if (now === undefined || !isLive(now.state)) settle(false);
    });
    const timer = setTimeout(() => settle(true), stopPatience);
  });
  if (!stillLive) return;
  const end = t('End Process');
  const message = t(
    '{0} has not stopped yet. Ended by force, it loses what it learned since its last checkpoint.',
    run.name,
  );
  if ((await vscode.window.showWarningMessage(message, end)) === end) await stopRun(run.folder, 0);
}

export async function openRunSource(app: App, ...rows: Rows): Promise<void> {
  const [run] = await chooseRuns(app, rows, t('Source of which run?'));
  if (run === undefined) return;
  const uri = sourceUri(run);
  if (uri === undefined) throw new Error(t('The folder of {0} does not contain its source.', run.name));
  await vscode.window.showTextDocument(uri, { viewColumn: app.panels.textColumn, preview: true });
}

/** What has changed in the file since the run was started. */
export async function compareRunSource(app: App, ...rows: Rows): Promise<void> {
  const [run] = await chooseRuns(app, rows, t('Source of which run?'));
  if (run === undefined) return;
  const uri = sourceUri(run);
  if (uri === undefined) throw new Error(t('The folder of {0} does not contain its source.', run.name));
  const title = t('{0} as it ran ↔ now', path.basename(run.facts.file));
  await vscode.commands.executeCommand('vscode.diff', uri, vscode.Uri.file(run.facts.file), title);
}

function sourceUri({ folder, facts }: RunSummary): vscode.Uri | undefined {
  const source = facts.sources.find(({ origin }) => samePath(origin, facts.file)) ?? facts.sources[0];
  // The record may come from anywhere: nothing outside of the run's folder is shown as its source.
  if (source === undefined || !isInnerPath(source.path)) return undefined;
  return vscode.Uri.file(path.join(folder, runFiles.source, source.path)).with({ scheme: sourceScheme });
}

export function registerSourceProvider(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(sourceScheme, {
    provideTextDocumentContent: (uri) => fs.readFile(uri.with({ scheme: 'file' }).fsPath, 'utf8'),
  });
}

export async function openRunLog(app: App, ...rows: Rows): Promise<void> {
  const [run] = await chooseRuns(app, rows, t('Output of which run?'));
  if (run === undefined) return;
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(run.folder, runFiles.log)), {
    viewColumn: app.panels.textColumn,
    preview: true,
  });
}

export async function revealRunFolder(app: App, ...rows: Rows): Promise<void> {
  const [run] = await chooseRuns(app, rows, t('Folder of which run?'));
  const folder = run?.folder ?? rows[0]?.folder;
  if (folder === undefined) return;
  // In a remote window or a browser there is no file manager that could show it: the Explorer can.
  const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, vscode.Uri.file(path.join(folder, runFiles.facts)));
}

export async function rename(app: App, ...rows: Rows): Promise<void> {
  const [run] = await chooseRuns(app, rows, t('Which run to rename?'));
  if (run === undefined) return;
  const name = await vscode.window.showInputBox({
    title: t('Rename Run'),
    value: run.name,
    prompt: t('Empty: the name of its experiment ({0}).', run.facts.name),
  });
  if (name !== undefined) await renameRun(path.dirname(run.folder), run.id, name);
}

/** Deletes runs that have ended, and folders that cannot be read, after asking. */
export async function deleteRuns(app: App, ...[node, selected]: Rows): Promise<void> {
  const rows = selected?.length ? selected : node?.folder !== undefined ? [node] : undefined;
  const unreadable = (rows ?? app.view.tree.selection).filter((row) => row.unreadable !== undefined);
  const runs =
    unreadable.length > 0 && rows?.length === unreadable.length
      ? []
      : await chooseRuns(app, [node, selected], t('Which run to delete?'), ({ state }) => !isLive(state));
  const folders = [...runs, ...unreadable].map(({ folder }) => folder as string);
  if (folders.length === 0) {
    void vscode.window.showInformationMessage(t('A run that is under way can be deleted after it was stopped.'));
    return;
  }
  // Only the machine of the window has a trash.
  const useTrash = vscode.env.remoteName === undefined;
  const first = path.basename(folders[0]!);
  const what =
    folders.length === 1 ? t('Delete the run {0}?', runs[0]?.name ?? first) : t('Delete {0} runs?', folders.length);
  const detail = useTrash
    ? t('Its records and checkpoints go to the trash.')
    : t('Its records and checkpoints are deleted for good.');
  const yes = useTrash ? t('Move to Trash') : t('Delete');
  if ((await vscode.window.showWarningMessage(what, { modal: true, detail }, yes)) !== yes) return;
  for (const folder of folders) {
    if (useTrash) await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash });
    else await deleteRun(path.dirname(folder), path.basename(folder));
  }
  await app.library.refresh();
}

/** The selected runs over each other in the charts. */
export async function compareRuns(app: App, ...rows: Rows): Promise<void> {
  const [node, selected] = rows;
  const marked = selected ?? app.view.tree.selection;
  let runs = marked.map(({ folder }) => app.library.get(folder)).filter((run) => run !== undefined);
  if (runs.length < 2) {
    const items = app.library.runs.map((run) => ({
      label: run.name,
      description: app.context.describe.row(run),
      picked: run.folder === node?.folder,
      run,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      placeHolder: t('Runs to draw over each other'),
    });
    runs = chosen?.map(({ run }) => run) ?? [];
  }
  if (runs.length > 0) app.panels.charts.show(runs.map(({ id }) => id));
}
