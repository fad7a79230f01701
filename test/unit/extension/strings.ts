/** The texts of the user interface that the sources ask a translation of. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../../..');

export interface Found {
  readonly text: string;
  readonly where: string;
}

/** Arguments of `t('…')`, `l10n.t('…')` and `this.t('…')`; a choice between texts counts as both. */
export function translatedStrings(folder: string): Found[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.ts')).flatMap((name) => stringsOf(path.join(folder, name)));
}

function stringsOf(file: string): Found[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const where = (node: ts.Node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)t$/.test(node.expression.getText()))
      for (const text of texts(node.arguments[0])) found.push({ text, where: where(node) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function texts(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
  return [];
}
