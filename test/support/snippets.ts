/** Snippets of the extension, as VS Code would insert them when every default is accepted. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Snippet {
  readonly prefix: string;
  readonly body: readonly string[];
}

const file = path.resolve(import.meta.dirname, '../../snippets/autodidact.code-snippets');

/** Text of each snippet by prefix. */
export function expandedSnippets(): Record<string, string> {
  const snippets: Record<string, Snippet> = JSON.parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(Object.values(snippets).map(({ prefix, body }) => [prefix, expand(body.join('\n'))]));
}

/** `${1:default}` and `${1|first,second|}` set the value that every `$1` takes; `\}`, `\$` and `\\` are those characters. */
function expand(text: string): string {
  const values = new Map<string, string>();
  const stop = /(?<!\\)\$(?:(\d+)|\{(\d+)(?::((?:\\.|[^}\\])*)|\|([^,|]*)[^}]*)?\})/gs;
  const plain = (part: string) => part.replace(/\\([\\$}])/g, '$1');
  for (const [, , name, value, choice] of text.matchAll(stop)) {
    const given = value ?? choice;
    if (name !== undefined && given !== undefined) values.set(name, plain(given));
  }
  let expanded = '';
  let at = 0;
  for (const found of text.matchAll(stop)) {
    expanded += plain(text.slice(at, found.index)) + (values.get(found[1] ?? (found[2] as string)) ?? '');
    at = found.index + found[0].length;
  }
  return expanded + plain(text.slice(at));
}
