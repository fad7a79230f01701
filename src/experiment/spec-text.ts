/** Serialized experiments (`.ssl.json`) as text: syntax, and where in the text a value stands. */
import {
  findNodeAtLocation,
  type JSONPath,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Diagnostic } from '../protocol/previewer.js';
import { rangeOf } from './text-position.js';

/** Syntax errors of a `.ssl.json` file. */
export function checkSpecText(file: string, text: string): Diagnostic[] {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true });
  return errors.map(({ error, offset, length }) => ({
    file,
    range: rangeOf(text, offset, offset + Math.max(1, length)),
    severity: 'error',
    message: `not valid JSON: ${words(printParseErrorCode(error))}`,
  }));
}

/**
 * The range of what stands at `path`, or of its nearest ancestor that exists. `part: 'key'` gives the property's name.
 */
export function specRange(text: string, path: JSONPath, part: 'key' | 'value'): Diagnostic['range'] {
  const tree = parseTree(text);
  let node: Node | undefined;
  for (let length = path.length; tree !== undefined && node === undefined && length >= 0; length--) {
    node = findNodeAtLocation(tree, path.slice(0, length));
    // What is missing from an object is told at the object's `use`, not under all its lines.
    if (length < path.length && node?.type === 'object') node = findNodeAtLocation(node, ['use']) ?? node;
  }
  if (node === undefined) return rangeOf(text, 0, 0);
  const shown = part === 'key' && node.parent?.type === 'property' ? (node.parent.children?.[0] ?? node) : node;
  return rangeOf(text, shown.offset, shown.offset + shown.length);
}

/** `CloseBraceExpected` as `close brace expected`. */
const words = (code: string) => code.replace(/(?<!^)([A-Z])/g, ' $1').toLowerCase();
