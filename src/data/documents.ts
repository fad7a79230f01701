/**
 * Finds and reads the documents of text files: plain text, and JSON Lines with a document per line. Files are read in
 * pieces, so memory does not grow with them.
 */
import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { DataError } from '../experiment/contracts.js';

export interface TextFile {
  /** Path relative to the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Time of the last change, milliseconds since 1970. */
  readonly changed: number;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface ReadOptions {
  /** Plain text is cut at the end of the paragraph with which a document has so many characters. */
  readonly cut: number;
  /** Names of the fields of JSON Lines. */
  readonly textField: string;
  readonly labelField: string;
}

export interface Document {
  readonly name: string;
  readonly text: string;
  /** The label that the document itself has. */
  readonly label?: string;
}

const kinds = /\.(txt|text|md|jsonl|ndjson)(\.gz)?$/i;
const isLines = (name: string) => /\.(jsonl|ndjson)(\.gz)?$/i.test(name);
/** Most characters of a line of JSON, and of a paragraph before it is cut. */
const LONGEST = 16 * 2 ** 20;

/** A text file, or those of a folder and its sub-folders, in the order of their names. Hidden files are ignored. */
export function findTexts(where: string): { files: TextFile[]; skipped: LeftOut[] } {
  const remedy = 'Give a text file, a .jsonl file, or a folder of them; a relative path starts at the experiment file.';
  const stats = statSync(where, { throwIfNoEntry: false });
  if (stats === undefined) throw new DataError(`${where} does not exist. ${remedy}`);
  const fileOf = (name: string, full: string, { size, mtimeMs }: { size: number; mtimeMs: number }): TextFile => ({
    name,
    path: full,
    bytes: size,
    changed: mtimeMs,
  });
  if (stats.isFile()) return { files: [fileOf(path.basename(where), where, stats)], skipped: [] };
  const files: TextFile[] = [];
  const skipped: LeftOut[] = [];
  const visit = (relative: string) => {
    for (const entry of entries(path.join(where, relative), relative)) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const full = path.join(where, name);
      const own = statSync(full, { throwIfNoEntry: false });
      // Links to folders are not followed: they could lead back.
      if (entry.isDirectory()) visit(name);
      else if (own?.isFile() && kinds.test(name)) files.push(fileOf(name, full, own));
      else skipped.push({ name, reason: 'it is no file that ends in .txt, .md or .jsonl' });
    }
  };
  const entries = (folder: string, relative: string): Dirent[] => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (relative === '') throw new DataError(`${where} cannot be opened (${(error as Error).message}). ${remedy}`);
      skipped.push({ name: relative, reason: `it cannot be opened (${(error as NodeJS.ErrnoException).code})` });
      return [];
    }
  };
  visit('');
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return { files: files.sort(byName), skipped: skipped.sort(byName) };
}

/** The documents of a file. What cannot be read is told to `skip`; documents before it were given already. */
export async function* documentsOf(
  file: TextFile,
  options: ReadOptions,
  skip: (left: LeftOut) => void = () => undefined,
): AsyncGenerator<Document> {
  try {
    yield* isLines(file.name) ? lineDocuments(file, options, skip) : plainDocuments(file, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    skip({ name: file.name, reason: reasonOf(error) });
  }
}

function reasonOf(error: Error): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8';
  return code === undefined ? message : `it cannot be read (${code})`;
}

/** Parts of about `cut` characters, each at least a paragraph. */
async function* plainDocuments(file: TextFile, { cut }: ReadOptions): AsyncGenerator<Document> {
  let waiting: Document | undefined;
  let text = '';
  let parts = 0;
  // A file of one part has the name of the file, so the first one waits until there is a second.
  const take = () => {
    parts++;
    const done = { name: `${file.name}, part ${parts}`, text };
    text = '';
    return done;
  };
  for await (const line of linesOf(file, Math.min(cut, LONGEST))) {
    text += `${line}\n`;
    if (text.length < cut || (line.trim() !== '' && text.length < 2 * cut)) continue;
    if (waiting !== undefined) yield waiting;
    waiting = take();
  }
  if (text.trim() !== '') {
    if (waiting !== undefined) yield waiting;
    waiting = take();
  }
  if (waiting === undefined) throw new Error('it is empty');
  yield parts === 1 ? { ...waiting, name: file.name } : waiting;
}

async function* lineDocuments(
  file: TextFile,
  { textField, labelField }: ReadOptions,
  skip: (left: LeftOut) => void,
): AsyncGenerator<Document> {
  let number = 0;
  let found = false;
  for await (const line of linesOf(file, LONGEST)) {
    number++;
    if (line.trim() === '') continue;
    found = true;
    const name = `${file.name}:${number}`;
    const record = parsed(line);
    const text = record?.[textField];
    const label = record?.[labelField];
    if (record === undefined) skip({ name, reason: 'it is no JSON object' });
    else if (typeof text !== 'string') skip({ name, reason: `it has no text in "${textField}"` });
    else if (text.trim() === '') skip({ name, reason: 'it is empty' });
    else {
      const own = typeof record.name === 'string' ? record.name : name;
      yield { name: own, text, ...(label === undefined || label === null ? {} : { label: String(label) }) };
    }
  }
  if (!found) throw new Error('it is empty');
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Lines without their ends; a longer one than `longest` characters is given in parts. */
async function* linesOf(file: TextFile, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const source = createReadStream(file.path);
  const unpacker = file.name.toLowerCase().endsWith('.gz') ? createGunzip() : undefined;
  const bytes = unpacker === undefined ? source : source.on('error', (error) => unpacker.destroy(error)).pipe(unpacker);
  let rest = '';
  const split = function* (text: string): Generator<string> {
    if (text.includes('\0')) throw new Error('it holds NUL characters, so it is no text');
    const lines = (rest + text).split(/\r\n|\n|\r(?!\n|$)/);
    rest = lines.pop() as string;
    yield* lines;
    for (; rest.length > longest; rest = rest.slice(longest)) yield rest.slice(0, longest);
  };
  try {
    for await (const piece of bytes) yield* split(decoder.decode(piece as Buffer, { stream: true }));
    yield* split(decoder.decode());
    if (rest !== '') yield rest;
  } finally {
    source.destroy();
  }
}
