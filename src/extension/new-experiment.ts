/** `New Experiment…`: a file from one of the snippets, for people who do not know their prefixes. */
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from './app.js';
import { experimentName } from './experiments.js';

const { t } = vscode.l10n;

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

export async function newExperiment(app: App): Promise<void> {
  const snippets: Record<string, Snippet> = JSON.parse(
    await fs.readFile(app.context.file('snippets', 'autodidact.code-snippets'), 'utf8'),
  );
  const items = Object.entries(snippets).map(([label, { prefix, description, body }]) => ({
    label,
    description: prefix,
    detail: description,
    body,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('New Experiment'),
    placeHolder: t('Which method?'),
    matchOnDetail: true,
  });
  const folder = chosen && (await chooseFolder());
  if (chosen === undefined || folder === undefined) return;
  const name = await vscode.window.showInputBox({
    title: t('New Experiment'),
    prompt: t('Name of the file, in {0}', vscode.workspace.asRelativePath(folder)),
    value: await freeName(folder, chosen.description.replace(/^ssl-/, '')),
    validateInput: (value) => problem(folder, value),
  });
  if (name === undefined) return;
  const uri = vscode.Uri.file(path.join(folder, withSuffix(name)));
  await vscode.workspace.fs.writeFile(uri, new Uint8Array());
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: app.panels.textColumn });
  await editor.insertSnippet(new vscode.SnippetString(chosen.body.join('\n')));
}

/** Beside the file that is being edited, else in a workspace folder. */
async function chooseFolder(): Promise<string | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === 'file' && vscode.workspace.getWorkspaceFolder(document.uri) !== undefined)
    return path.dirname(document.uri.fsPath);
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new Error(t('Open a folder first: experiments and their runs live in one.'));
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
  return folder?.uri.fsPath;
}

const withSuffix = (name: string) => (experimentName.test(name) ? name : `${name.trim().replace(/\.ts$/, '')}.ssl.ts`);

async function freeName(folder: string, stem: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? stem : `${stem}-${n}`;
    if (!(await exists(path.join(folder, withSuffix(name))))) return name;
  }
}

async function problem(folder: string, name: string): Promise<string | undefined> {
  if (name.trim() === '') return t('A name is needed.');
  if (/[<>:"|?*\\/]/.test(name)) return t('A file name cannot contain < > : " | ? * \\ /');
  if (name.endsWith('.ssl.json'))
    return t('The snippets are TypeScript: end the name in .ssl.ts, or leave the end out.');
  if (await exists(path.join(folder, withSuffix(name)))) return t('{0} exists already.', withSuffix(name));
  return undefined;
}

const exists = (file: string) =>
  fs.access(file).then(
    () => true,
    () => false,
  );
