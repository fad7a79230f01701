/** Offsets in a text as lines and characters, both from zero, as editors count them. */
import type { Diagnostic } from '../protocol/previewer.js';

export function positionOf(text: string, offset: number): Diagnostic['range']['start'] {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length - 1, character: before[before.length - 1]?.length ?? 0 };
}

export function rangeOf(text: string, start: number, end: number): Diagnostic['range'] {
  return { start: positionOf(text, start), end: positionOf(text, end) };
}

export function offsetOf(text: string, { line, character }: { readonly line: number; readonly character: number }) {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/).slice(0, line);
  return lines.reduce((sum, { length }) => sum + length, 0) + character;
}
