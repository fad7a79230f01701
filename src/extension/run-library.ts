/** All runs of the workspace: those of every folder with a `.autodidact`, as one list that follows the disks. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExperimentTarget } from '../protocol/panels.js';
import type { RunSummary, UnreadableRun } from '../protocol/run.js';
import { runsRoot } from '../runs/paths.js';
import { newestFirst } from '../runs/read.js';
import { type RunChange, RunWatcher } from '../runs/run-watcher.js';
import type { Context } from './context.js';
import { experimentGlob, isExperimentFile, runsGlob, runsRootOf, samePath } from './experiment-files.js';

/** How many data folders are looked for below the workspace folders; a bound for huge workspaces. */
const searchLimit = 100;
/** A change that is not of single runs: look at the whole list. */
const nothing: Changed = { added: [], changed: [], removed: [] };

/** Runs that came, changed or went. */
export type Changed = Omit<RunChange, 'unreadable'>;

export class RunLibrary implements vscode.Disposable {
  private readonly watchers = new Map<string, RunWatcher>();
  private readonly emitter = new vscode.EventEmitter<Changed>();
  readonly onDidChange = this.emitter.event;
  private readonly listeners: vscode.Disposable[] = [];
  /** Settles when the runs that are there at the start are known. */
  readonly ready: Promise<unknown>;
  private sorted: readonly RunSummary[] | undefined;

  constructor(private readonly context: Context) {
    const found = vscode.workspace.createFileSystemWatcher(runsGlob, false, true, true);
    const experiments = vscode.workspace.createFileSystemWatcher(experimentGlob, false, true, true);
    this.listeners.push(
      found,
      found.onDidCreate((uri) => this.watch(rootBeside(uri))),
      experiments,
      experiments.onDidCreate(() => context.setContext('hasExperiments', true)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const folder of added) this.watch(runsRoot(folder.uri.fsPath));
        for (const folder of removed) this.forget(folder.uri.fsPath);
        void this.search();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.watchBeside(document)),
    );
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme === 'file') this.watch(runsRoot(folder.uri.fsPath));
    }
    for (const document of vscode.workspace.textDocuments) this.watchBeside(document);
    this.ready = Promise.all([...this.watchers.values()].map((watcher) => watcher.refresh()));
    void this.search();
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    this.sorted ??= [...this.watchers.values()].flatMap(({ list }) => list.runs).sort(newestFirst);
    return this.sorted;
  }

  get unreadable(): readonly UnreadableRun[] {
    return [...this.watchers.values()].flatMap(({ list }) => list.unreadable);
  }

  get roots(): readonly string[] {
    return [...this.watchers.keys()];
  }

  /** A run by the path of its folder, or by its id. */
  get(folderOrId: string): RunSummary | undefined {
    return this.runs.find(({ folder, id }) => folder === folderOrId || id === folderOrId);
  }

  /** Runs of an experiment, newest first. */
  of({ file, exportName }: ExperimentTarget): readonly RunSummary[] {
    return this.runs.filter(({ facts }) => facts.exportName === exportName && samePath(facts.file, file));
  }

  watch(root: string): void {
    if (this.watchers.has(root)) return;
    const watcher = new RunWatcher(root, (change) => {
      this.sorted = undefined;
      this.emitter.fire(change);
    });
    this.watchers.set(root, watcher);
  }

  async refresh(): Promise<void> {
    await Promise.all([...this.watchers.values()].map((watcher) => watcher.refresh()));
    this.sorted = undefined;
    this.emitter.fire(nothing);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    for (const watcher of this.watchers.values()) watcher.dispose();
    this.emitter.dispose();
  }

  /** Folders below a workspace folder may have runs of their own, made from a terminal. */
  private async search(): Promise<void> {
    const exclude = '**/node_modules/**';
    const [folders, experiments] = await Promise.all([
      vscode.workspace.findFiles(runsGlob, exclude, searchLimit),
      vscode.workspace.findFiles(experimentGlob, exclude, 1),
    ]);
    for (const uri of folders) this.watch(rootBeside(uri));
    if (experiments.length > 0) this.context.setContext('hasExperiments', true);
  }

  private watchBeside(document: vscode.TextDocument): void {
    if (!isExperimentFile(document.uri)) return;
    this.context.setContext('hasExperiments', true);
    this.watch(runsRootOf(document.uri.fsPath));
  }

  private forget(folder: string): void {
    for (const [root, watcher] of this.watchers) {
      if (path.relative(folder, root).startsWith('..')) continue;
      watcher.dispose();
      this.watchers.delete(root);
    }
    this.sorted = undefined;
    this.emitter.fire(nothing);
  }
}

const rootBeside = (uri: vscode.Uri) => runsRoot(path.dirname(path.dirname(uri.fsPath)));
