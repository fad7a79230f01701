/** The experiment that panels and commands are about: the one around the cursor of the last experiment editor. */
import * as vscode from 'vscode';
import type { ExperimentTarget } from '../protocol/panels.js';
import { experimentsOf, isExperimentFile } from './experiment-files.js';
import { experimentAt } from './experiments.js';

const key = 'activeExperiment';
/** Milliseconds that movements of the cursor are gathered: a paste or a held key makes hundreds. */
const gather = 20;

export class ActiveExperiment implements vscode.Disposable {
  private target: ExperimentTarget | undefined;
  private readonly emitter = new vscode.EventEmitter<ExperimentTarget | undefined>();
  readonly onDidChange = this.emitter.event;
  private readonly listeners: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  /** @param memory remembers the experiment over a reload of the window, when no editor says which it is. */
  constructor(private readonly memory: vscode.Memento) {
    this.target = memory.get<ExperimentTarget>(key);
    this.listeners = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      // Each edit moves the cursor, too.
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.timer ??= setTimeout(() => this.follow(textEditor), gather);
      }),
    );
    this.follow(vscode.window.activeTextEditor);
  }

  get current(): ExperimentTarget | undefined {
    return this.target;
  }

  /** Turns to an experiment that a person chose, until the cursor goes to another one. */
  set(target: ExperimentTarget | undefined): void {
    if (this.target?.file === target?.file && this.target?.exportName === target?.exportName) return;
    this.target = target;
    void this.memory.update(key, target);
    this.emitter.fire(target);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listeners.dispose();
    this.emitter.dispose();
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (editor === undefined || !isExperimentFile(editor.document.uri)) return;
    const { document, selection } = editor;
    const found = experimentAt(experimentsOf(document), document.offsetAt(selection.active));
    // While the call is half-typed, the file stays with the export it had.
    if (found !== undefined) this.set({ file: document.uri.fsPath, exportName: found.exportName });
    else if (this.target?.file !== document.uri.fsPath) this.set({ file: document.uri.fsPath, exportName: 'default' });
  }
}
