/** Shows a line of a file, for the links of panels and messages. */
import * as vscode from 'vscode';

export async function reveal({ file, line }: { readonly file: string; readonly line: number }): Promise<null> {
  const uri = vscode.Uri.file(file);
  // The editor that shows the file already, rather than another one beside the panel.
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === uri.fsPath);
  await vscode.window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(line, 0, line, 0),
  });
  return null;
}
