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

/** `${1:default}` and `${1|first,second|}` set the value that every `$1` takes. */
function expand(text: string): string {
  const values = new Map<string, string>();
  const stop = /\$(?:(\d+)|\{(\d+)(?::([^}]*)|\|([^,|]*)[^}]*)?\})/g;
  for (const [, , name, value, choice] of text.matchAll(stop)) {
    const given = value ?? choice;
    if (name !== undefined && given !== undefined) values.set(name, given);
  }
  return text.replace(stop, (_all, plain, braced) => values.get(plain ?? braced) ?? '');
}
