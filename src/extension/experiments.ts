/** Finds the experiments of a file in its text, without executing it: where the lenses go, and what can be trained. */

export interface FoundExperiment {
  /** Name under which the file exports it. */
  readonly exportName: string;
  /** Offset of the call. */
  readonly start: number;
  /** Offset behind its closing parenthesis, or the end of the text while that is not written yet. */
  readonly end: number;
}

/** What the file name of an experiment ends with. */
export const experimentName = /\.ssl\.(ts|js|json)$/;

export function findExperiments(fileName: string, text: string): FoundExperiment[] {
  // A serialized experiment is the whole file.
  if (fileName.endsWith('.json')) return [{ exportName: 'default', start: 0, end: text.length }];
  const code = maskNonCode(text);
  const names = [...localNames(text, code)].map(escapePattern).join('|');
  const found: FoundExperiment[] = [];
  for (const call of code.matchAll(new RegExp(`(?<![\\w$.])(?:${names})\\s*\\(`, 'g'))) {
    const exportName = exportNameOf(code, call.index);
    if (exportName === undefined || found.some((other) => other.exportName === exportName)) continue;
    found.push({ exportName, start: call.index, end: closing(code, call.index + call[0].length) });
  }
  return found;
}

/** The experiment a cursor is in, else the nearest one above it, else the first. */
export function experimentAt(found: readonly FoundExperiment[], offset: number): FoundExperiment | undefined {
  return found.findLast(({ start }) => start <= offset) ?? found[0];
}

/** What `experiment` is called in this file: it may be imported under another name or through a namespace. */
function localNames(text: string, code: string): Set<string> {
  const names = new Set<string>();
  for (const statement of code.matchAll(/\bimport\s+(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))\s*from\b/g)) {
    if (!/^\s*['"]autodidact['"]/.test(text.slice(statement.index + statement[0].length))) continue;
    const [, list, namespace] = statement;
    if (namespace !== undefined) names.add(`${namespace}.experiment`);
    for (const item of (list ?? '').split(',')) {
      const [imported, local = imported] = item.trim().split(/\s+as\s+/);
      if (imported === 'experiment' && local !== undefined) names.add(local);
    }
  }
  // Before its import is written, the call goes by its own name.
  return names.size > 0 ? names : names.add('experiment');
}

function exportNameOf(code: string, call: number): string | undefined {
  const before = code.slice(Math.max(0, call - 400), call);
  if (/\bexport\s+default\s*\(?\s*$/.test(before)) return 'default';
  const declaration = /(\bexport\s+)?\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=;]+)?=\s*\(?\s*$/.exec(before);
  const name = declaration?.[2];
  if (name === undefined || declaration?.[1] !== undefined) return name;
  if (new RegExp(`\\bexport\\s+default\\s+${escapePattern(name)}\\s*(?:;|\\n|$)`).test(code)) return 'default';
  for (const [, list = ''] of code.matchAll(/\bexport\s*\{([^}]*)\}(?!\s*from)/g)) {
    for (const item of list.split(',')) {
      const [local, exported = local] = item.trim().split(/\s+as\s+/);
      if (local === name) return exported;
    }
  }
  return undefined;
}

/** Offset behind the parenthesis that closes the one before `from`. */
function closing(code: string, from: number): number {
  let depth = 1;
  for (let i = from; i < code.length; i++) {
    if (code[i] === '(') depth++;
    else if (code[i] === ')' && --depth === 0) return i + 1;
  }
  return code.length;
}

/** The text with comments, strings, templates and regular expressions blanked out; offsets and lines stay. */
export function maskNonCode(text: string): string {
  let code = '';
  let position = 0;
  const blank = (end: number) => {
    code += text.slice(position, end).replace(/[^\r\n]/g, ' ');
    position = end;
  };
  while (position < text.length) {
    const here = text[position];
    if (here === '"' || here === "'") blank(endOfString(text, position));
    else if (here === '`') blank(endOfTemplate(text, position));
    else if (here === '/' && text[position + 1] === '/') blank(endOf(text, '\n', position, 0));
    else if (here === '/' && text[position + 1] === '*') blank(endOf(text, '*/', position + 2, 2));
    else if (here === '/' && startsExpression(code)) blank(endOfPattern(text, position));
    else {
      code += here;
      position++;
    }
  }
  return code;
}

function endOf(text: string, mark: string, from: number, length: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + length;
}

/** A string that is not closed ends with its line, so that a quote just typed does not swallow the file. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[start]) return i + 1;
    else if (text[i] === '\n') return i;
  }
  return text.length;
}

function endOfTemplate(text: string, start: number): number {
  // Braces that are open within `${…}`; 0 outside of one.
  let depth = 0;
  for (let i = start + 1; i < text.length; i++) {
    const here = text[i];
    if (depth === 0) {
      if (here === '\\') i++;
      else if (here === '`') return i + 1;
      else if (here === '$' && text[i + 1] === '{') depth = 1;
      if (depth === 1) i++;
    } else if (here === '`') i = endOfTemplate(text, i) - 1;
    else if (here === '"' || here === "'") i = endOfString(text, i) - 1;
    else if (here === '{') depth++;
    else if (here === '}') depth--;
  }
  return text.length;
}

/** Whether a slash here begins a regular expression: nothing that could be divided stands before it. */
function startsExpression(code: string): boolean {
  const before = code.slice(-200).trimEnd();
  return !/[\w$)\]}]$/.test(before) || /\b(?:return|typeof|case|in|of|void|delete|throw|new)$/.test(before);
}

function endOfPattern(text: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i + 1;
  }
  return start + 1;
}

const escapePattern = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
