/** Experiment files of the workspace, and where the runs of each lie. */
import path from 'node:path';
import * as vscode from 'vscode';
import { runsRoot } from '../runs/paths.js';
import { experimentName, type FoundExperiment, findExperiments } from './experiments.js';

/** The files that lenses and other features are registered for. */
export const experimentSelector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.ssl.{ts,js,json}' };
export const experimentGlob = '**/*.ssl.{ts,js,json}';
/** Every folder with runs has this file, whoever made it. */
export const runsGlob = '**/.autodidact/.gitignore';

export function isExperimentFile(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && experimentName.test(uri.path);
}

const known = new WeakMap<vscode.TextDocument, { version: number; found: FoundExperiment[] }>();

/** The experiments in the text of a document as it is now. */
export function experimentsOf(document: vscode.TextDocument): readonly FoundExperiment[] {
  const last = known.get(document);
  if (last?.version === document.version) return last.found;
  const found = findExperiments(document.fileName, document.getText());
  known.set(document, { version: document.version, found });
  return found;
}

/** Runs of a file lie in its workspace folder; those of a file outside of any lie beside it. */
export function runsRootOf(file: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  return runsRoot(folder?.uri.fsPath ?? path.dirname(file));
}

/** Paths of one file may differ in the case of the drive letter, and on Windows of everything. */
export function samePath(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [path.normalize(a), path.normalize(b)];
  return process.platform === 'win32' ? left.toLowerCase() === right.toLowerCase() : left === right;
}

/**
 * Texts of editors that an experiment may be made of: what previews look at. Those that it is known to be made of are
 * taken even if they are not dirty: after an edit during a save, VS Code calls a text saved that is not.
 */
export function editorTexts(files: readonly string[]): Record<string, string> {
  const texts = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) =>
      uri.scheme === 'file' &&
      ((isDirty && /\.(?:[cm]?[jt]s|json)$/.test(uri.path)) || files.some((file) => samePath(file, uri.fsPath))),
  );
  return Object.fromEntries(texts.map((document) => [document.uri.fsPath, document.getText()]));
}
