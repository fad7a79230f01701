/** The Runs view: one row per run of the workspace, newest first, then those that cannot be read. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunState, RunSummary, UnreadableRun } from '../protocol/run.js';
import { isLive } from '../runs/liveness.js';
import type { Context } from './context.js';
import type { RunLibrary } from './run-library.js';

/** A row. The same object stands for the same run for as long as it is listed, so that selection survives changes. */
export interface RunNode {
  readonly folder: string;
  run?: RunSummary;
  unreadable?: UnreadableRun;
}

/** Milliseconds between refreshes of the ages while the view is visible. */
const minute = 60_000;

export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  readonly tree: vscode.TreeView<RunNode>;
  private readonly emitter = new vscode.EventEmitter<RunNode | undefined>();
  readonly onDidChangeTreeData = this.emitter.event;
  private readonly nodes = new Map<string, RunNode>();
  private readonly listeners: vscode.Disposable[];
  /** Rows say where a run lies only if that tells them apart. */
  private severalRoots = false;

  constructor(
    private readonly context: Context,
    private readonly library: RunLibrary,
  ) {
    this.tree = vscode.window.createTreeView('autodidact.runs', { treeDataProvider: this, canSelectMany: true });
    const timer = setInterval(() => this.tree.visible && this.emitter.fire(undefined), minute);
    this.listeners = [
      this.tree,
      this.emitter,
      { dispose: () => clearInterval(timer) },
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.describeTrust()),
      library.onDidChange(({ added, changed, removed }) => {
        const whole = added.length + removed.length > 0 || changed.length === 0 || this.unreadableChanged();
        if (whole) this.emitter.fire(undefined);
        else for (const run of changed) this.emitter.fire(this.node(run));
        this.describeTrust();
      }),
    ];
  }

  getChildren(element?: RunNode): RunNode[] {
    if (element !== undefined) return [];
    const { runs, unreadable } = this.library;
    this.severalRoots = new Set(runs.map(rootOf)).size > 1;
    const listed = [
      ...runs.map((run) => this.node(run)),
      ...unreadable.map((entry) => Object.assign(this.nodeOf(entry.folder), { run: undefined, unreadable: entry })),
    ];
    const folders = new Set(listed.map(({ folder }) => folder));
    for (const folder of this.nodes.keys()) if (!folders.has(folder)) this.nodes.delete(folder);
    return listed;
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return node.run === undefined ? unreadableItem(node) : this.runItem(node, node.run);
  }

  /** Tooltips are made when they are asked for: of a thousand rows, few ever are. */
  resolveTreeItem(item: vscode.TreeItem, { run }: RunNode): vscode.TreeItem {
    if (run !== undefined) item.tooltip = runTooltip(this.context, run);
    return item;
  }

  /** Selects a run, if the view is open: a view that a person has closed stays closed. */
  async reveal(folder: string): Promise<void> {
    const run = this.library.get(folder);
    if (run !== undefined && this.tree.visible) await this.tree.reveal(this.node(run), { select: true });
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private node(run: RunSummary): RunNode {
    return Object.assign(this.nodeOf(run.folder), { run, unreadable: undefined });
  }

  private nodeOf(folder: string): RunNode {
    const node = this.nodes.get(folder) ?? { folder };
    this.nodes.set(folder, node);
    return node;
  }

  private runItem(node: RunNode, run: RunSummary): vscode.TreeItem {
    const item = new vscode.TreeItem(run.name);
    item.id = run.folder;
    const where = this.severalRoots ? ` · ${path.basename(path.dirname(path.dirname(rootOf(run))))}` : '';
    item.description = this.context.describe.row(run) + where;
    item.iconPath = stateIcon(run.state);
    item.contextValue = contextValue(run.state);
    item.accessibilityInformation = { label: `${run.name}, ${item.description}` };
    item.command = { command: 'autodidact.charts', title: vscode.l10n.t('Show Charts'), arguments: [node] };
    return item;
  }

  private unreadableChanged(): boolean {
    const listed = [...this.nodes.values()].filter(({ unreadable }) => unreadable !== undefined);
    return listed.length !== this.library.unreadable.length;
  }

  /** Beside runs there is no room for a welcome text, so that restricted mode is said above them. */
  private describeTrust(): void {
    this.tree.message =
      vscode.workspace.isTrusted || this.library.runs.length === 0
        ? undefined
        : vscode.l10n.t('Restricted mode: runs can be looked at; training needs a trusted workspace.');
  }
}

export function runTooltip({ describe }: Context, run: RunSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  // Names and messages come from files: they are text, never markup.
  text.appendMarkdown('**').appendText(run.name).appendMarkdown('**\n\n');
  for (const [name, value] of describe.details(run)) text.appendText(`${name}: ${value}`).appendMarkdown('  \n');
  return text;
}

function unreadableItem({ folder, unreadable }: RunNode): vscode.TreeItem {
  const item = new vscode.TreeItem(path.basename(folder));
  item.id = folder;
  item.description = unreadable?.reason;
  item.tooltip = vscode.l10n.t('This run cannot be read: {0}', unreadable?.reason ?? '');
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = 'unreadable';
  item.accessibilityInformation = { label: `${item.tooltip} ${path.basename(folder)}` };
  return item;
}

export function stateIcon(state: RunState): vscode.ThemeIcon {
  const [icon, color] = stateLooks[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

export const stateLooks: Readonly<Record<RunState, readonly [icon: string, color?: string]>> = {
  queued: ['clock'],
  running: ['sync~spin', 'charts.blue'],
  paused: ['debug-pause', 'charts.yellow'],
  finished: ['pass', 'charts.green'],
  stopped: ['circle-slash'],
  failed: ['error', 'charts.red'],
  interrupted: ['debug-disconnect', 'charts.orange'],
};

/** Words that the `when` clauses of package.json look for. */
function contextValue(state: RunState): string {
  const words = ['run', state];
  if (canPause(state)) words.push('canPause');
  if (canResume(state)) words.push('canResume');
  words.push(isLive(state) ? 'canStop' : 'canDelete');
  return words.join(' ');
}

export const canPause = (state: RunState) => state === 'running';
export const canResume = (state: RunState) => state === 'paused' || (!isLive(state) && state !== 'finished');

const rootOf = ({ folder }: RunSummary) => path.dirname(folder);
