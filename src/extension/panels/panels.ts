/** The three panels, and where in the window they go. */
import * as vscode from 'vscode';
import type { RunLibrary } from '../run-library.js';
import { ChartsPanel } from './charts-panel.js';
import type { ExperimentPanelParts } from './experiment-panel.js';
import { PairsPanel } from './pairs-panel.js';
import { PreviewPanel } from './preview-panel.js';
import { reveal } from './reveal.js';

export class Panels implements vscode.Disposable {
  readonly preview: PreviewPanel;
  readonly pairs: PairsPanel;
  readonly charts: ChartsPanel;
  private editorColumn: vscode.ViewColumn | undefined = vscode.window.activeTextEditor?.viewColumn;
  private readonly listener: vscode.Disposable;

  constructor(parts: Omit<ExperimentPanelParts, 'place'>, library: RunLibrary) {
    this.listener = vscode.window.onDidChangeActiveTextEditor((editor) => {
      this.editorColumn = editor?.viewColumn ?? this.editorColumn;
    });
    this.preview = new PreviewPanel({ ...parts, place: this });
    this.pairs = new PairsPanel({ ...parts, place: this }, library);
    this.charts = new ChartsPanel(parts.context, this, library, (run) => this.pairs.showRun(run));
  }

  /** Panels share a column, beside the editors, so that they do not crowd these. */
  column(): vscode.ViewColumn {
    const column = this.preview.column ?? this.pairs.column ?? this.charts.column;
    return (
      column ?? (vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside)
    );
  }

  /** Where texts are opened: never over a panel. */
  get textColumn(): vscode.ViewColumn {
    return this.editorColumn ?? vscode.ViewColumn.One;
  }

  reveal(file: string, line: number): Promise<null> {
    return reveal({ file, line });
  }

  dispose(): void {
    this.listener.dispose();
    for (const panel of [this.preview, this.pairs, this.charts]) panel.dispose();
  }
}
