/**
 * Texts as token ids on disk: documents, cut into sentences, gathered into passages. Passages are read one by one, so
 * memory grows with the number of sentences only.
 */
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type DataEnvironment, DataError, type Passage } from '../experiment/contracts.js';
import { buildCache, hashed } from './cache-folder.js';
import { documentsOf, type LeftOut, type ReadOptions, type TextFile } from './documents.js';
import { sentencesOf } from './sentences.js';
import { counted, holdOut, splitByFolders } from './splits.js';
import { learnSubwords, type SubwordModel } from './subwords.js';
import { createTokenizer, parseTokenizer, type Tokenizer, wordsOf } from './tokenizer.js';

/** Changes whenever the same files would give other tokens. */
const format = 1;

export interface CorpusOptions extends ReadOptions {
  /** Tokens of an input, with [CLS] and two [SEP]. */
  readonly length: number;
  readonly model: SubwordModel;
  /** Most tokens of the vocabulary. */
  readonly vocabulary: number;
  readonly lowercase: boolean;
  /** Path of a `tokenizer.json` to use instead of learning one. */
  readonly tokenizer?: string | undefined;
  /** Part of each class that is kept for evaluation. */
  readonly heldOut: number;
}

interface Entry {
  /** Number of the file and of the document in it. */
  readonly file: number;
  readonly place: number;
  readonly title: string;
  /** Class index, or -1. */
  readonly label: number;
  readonly test: boolean;
}

interface Manifest {
  readonly documents: readonly Entry[];
  readonly classes: readonly string[];
  readonly notes: readonly string[];
  readonly sentences: number;
  readonly passages: number;
}

export interface Corpus extends Pick<Manifest, 'documents' | 'classes' | 'notes'> {
  readonly tokenizer: Tokenizer;
  /** Where the tokenizer is kept. */
  readonly tokenizerFile: string;
  /** Numbers of the passages of each split. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  passage(number: number): Passage;
  /** Document of a passage. */
  documentOf(number: number): number;
}

/** The corpus of these files: from the cache, or made now. */
export async function openCorpus(
  where: string,
  { files, skipped }: { readonly files: readonly TextFile[]; readonly skipped: readonly LeftOut[] },
  options: CorpusOptions,
  environment: DataEnvironment,
): Promise<Corpus> {
  const given = options.tokenizer === undefined ? undefined : readTokenizer(options.tokenizer);
  const slot = path.join(environment.cacheFolder, 'texts', hashed([format, where, options]));
  const target = path.join(slot, hashed([files, given?.toJson()]));
  if (readManifest(target) === undefined) {
    try {
      const isGood = () => readManifest(target) !== undefined;
      await buildCache(target, isGood, (draft) => fill(draft, where, files, skipped, options, given, environment));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined || environment.signal?.aborted) throw error;
      throw new DataError(`The tokens of ${where} cannot be kept in ${slot}: ${message}.`);
    }
    openFiles.delete(part(target).tokens);
  }
  return open(target, readManifest(target) as Manifest);
}

function readTokenizer(file: string): Tokenizer {
  try {
    return parseTokenizer(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${file} cannot be read: ${(error as Error).message}. Give the path of a tokenizer.json.`);
  }
}

const part = (cache: string) => ({
  manifest: path.join(cache, 'manifest.json'),
  tokenizer: path.join(cache, 'tokenizer.json'),
  tokens: path.join(cache, 'tokens.bin'),
  /** First token of each sentence, and the end. */
  sentences: path.join(cache, 'sentences.bin'),
  /** First sentence and document of each passage. */
  passages: path.join(cache, 'passages.bin'),
});

/** Undefined where there is no cache, or one that is damaged. */
function readManifest(cache: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(part(cache).manifest, 'utf8')) as Manifest;
    const complete =
      statSync(part(cache).sentences).size === 4 * (manifest.sentences + 1) &&
      statSync(part(cache).passages).size === 8 * manifest.passages;
    return complete ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Three passes over the files: which documents there are, which words they have, and their tokens. */
async function fill(
  draft: string,
  where: string,
  files: readonly TextFile[],
  skipped: readonly LeftOut[],
  options: CorpusOptions,
  given: Tokenizer | undefined,
  environment: DataEnvironment,
): Promise<void> {
  const { documents, classes, notes } = await scan(where, files, skipped, options, environment);
  const read = (task: string) => readAll(files, documents, options, environment, task);
  const tokenizer = given ?? (await learn(read('Counting words'), options));
  const tokens = new Writer(part(draft).tokens);
  const sentences: number[] = [];
  const passages: number[] = [];
  const room = options.length - 3;
  const counts = { unknown: 0, empty: 0 };
  try {
    for await (const { number, text } of read('Reading texts')) {
      let filled = room;
      const before = tokens.length;
      for (const sentence of tokenSentences(text, tokenizer, Math.floor(room / 2))) {
        if (filled >= room) {
          passages.push(sentences.length, number);
          filled = 0;
        }
        sentences.push(tokens.length);
        for (const id of sentence) if (id === tokenizer.vocabulary.unknown) counts.unknown++;
        tokens.write(sentence);
        filled += sentence.length;
      }
      if (tokens.length === before) counts.empty++;
    }
  } finally {
    tokens.close();
  }
  const total = tokens.length;
  if (total === 0) throw new DataError(noText(where, 'there are no words in it'));
  const integers = (values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);
  writeFileSync(part(draft).sentences, integers([...sentences, total]));
  writeFileSync(part(draft).passages, integers(passages));
  writeFileSync(part(draft).tokenizer, tokenizer.toJson());
  const share = counts.unknown / total;
  const manifest: Manifest = {
    documents,
    classes,
    notes: [
      ...notes,
      ...(counts.empty > 0 ? [`Left out ${counted(counts.empty, 'document')} without words.`] : []),
      ...(share > 0.01 ? [`${Math.round(100 * share)} % of the tokens are unknown to the vocabulary.`] : []),
    ],
    sentences: sentences.length,
    passages: passages.length / 2,
  };
  writeFileSync(part(draft).manifest, JSON.stringify(manifest));
}

const noText = (where: string, seen: string) =>
  `${where} has no readable text: ${seen}. Put UTF-8 text files into it (.txt, .md), or .jsonl files with a document per line.`;

/** Which documents there are, and what is left out; classes and splits follow from labels or folders. */
async function scan(
  where: string,
  files: readonly TextFile[],
  skipped: readonly LeftOut[],
  options: CorpusOptions,
  { progress, signal }: DataEnvironment,
) {
  const left = [...skipped];
  let found: { name: string; title: string; file: number; place: number; own?: string | undefined }[] = [];
  for (const [file, textFile] of files.entries()) {
    progress?.(`Looking for documents: file ${file + 1} of ${files.length}`);
    signal?.throwIfAborted();
    let place = 0;
    let bad = false;
    const skip = (one: LeftOut) => {
      left.push(one);
      bad ||= one.name === textFile.name;
    };
    const own: typeof found = [];
    for await (const { name, label } of documentsOf(textFile, options, skip)) {
      own.push({ name: `${textFile.name}#${place}`, title: name, file, place, own: label });
      place++;
    }
    // A file that turns out to be no text is left out as a whole.
    if (!bad) found = found.concat(own);
  }
  const list = left.slice(0, 5).map(({ name, reason }) => `${name} (${reason})`);
  const more = left.length > list.length ? ` and ${left.length - list.length} more` : '';
  if (found.length === 0)
    throw new DataError(noText(where, left.length === 0 ? 'it is empty' : list.join(', ') + more));
  const notes = left.length > 0 ? [`Left out ${left.length}: ${list.join(', ')}${more}.`] : [];
  const labels = [...new Set(found.map(({ own }) => own))].filter((label) => label !== undefined).sort();
  const labelOf = new Map(labels.map((label, i) => [label, i]));
  const labelled = () =>
    found.map((entry) => ({ ...entry, label: entry.own === undefined ? -1 : (labelOf.get(entry.own) as number) }));
  const splits =
    labels.length >= 2
      ? holdOut({ classes: labels, files: labelled(), notes: [] }, options.heldOut)
      : splitByFolders(found, options.heldOut, 'text');
  const entry = (test: boolean) => (one: { file: number; place: number; title: string; label: number }) => ({
    file: one.file,
    place: one.place,
    title: one.title,
    label: one.label,
    test,
  });
  const documents: Entry[] = [...splits.train.map(entry(false)), ...splits.test.map(entry(true))];
  documents.sort((a, b) => a.file - b.file || a.place - b.place);
  return { documents, classes: splits.classes, notes: [...notes, ...splits.notes] };
}

/** The texts of the documents, in order. */
async function* readAll(
  files: readonly TextFile[],
  documents: readonly Entry[],
  options: ReadOptions,
  { progress, signal }: DataEnvironment,
  task: string,
): AsyncGenerator<Entry & { number: number; text: string }> {
  let number = 0;
  for (const [file, textFile] of files.entries()) {
    if (documents[number]?.file !== file) continue;
    let place = 0;
    for await (const { text } of documentsOf(textFile, options)) {
      const entry = documents[number];
      if (entry?.file === file && entry.place === place) {
        if (number % 50 === 0) progress?.(`${task}: ${number} of ${counted(documents.length, 'document')}`);
        signal?.throwIfAborted();
        yield { ...entry, number, text };
        number++;
      }
      place++;
    }
  }
}

/** More different words than this are not counted: the rarest are forgotten on the way. */
const MOST_WORDS = 1_000_000;

/** Learns the vocabulary from the training documents alone. */
async function learn(
  texts: AsyncIterable<{ readonly test: boolean; readonly text: string }>,
  { model, vocabulary, lowercase }: CorpusOptions,
): Promise<Tokenizer> {
  const counts = new Map<string, number>();
  for await (const { test, text } of texts) {
    if (test) continue;
    for (const word of wordsOf(text, lowercase)) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (let least = 2; counts.size > MOST_WORDS; least *= 2)
      for (const [word, count] of counts) if (count < least) counts.delete(word);
  }
  return createTokenizer(learnSubwords(counts, vocabulary, model), lowercase);
}

/**
 * The sentences of a document as ids. Longer ones than `longest` are cut into parts of equal length, so that a passage
 * holds two at least: for predicting the next one any stretch of text will do, as in the published code.
 */
function* tokenSentences(text: string, tokenizer: Tokenizer, longest: number): Generator<number[]> {
  for (const paragraph of text.split(/\n\s*\n/)) {
    for (const sentence of sentencesOf(paragraph.replace(/\s+/g, ' '))) {
      const ids = tokenizer.encode(sentence);
      const size = Math.ceil(ids.length / Math.ceil(ids.length / longest));
      for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size);
    }
  }
}

/** Writes ids to a file, int32. */
class Writer {
  length = 0;
  private readonly file: number;
  private waiting: number[] = [];

  constructor(file: string) {
    this.file = openSync(file, 'w');
  }

  write(ids: readonly number[]): void {
    for (const id of ids) this.waiting.push(id);
    this.length += ids.length;
    if (this.waiting.length > 2 ** 18) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    writeSync(this.file, Buffer.from(Int32Array.from(this.waiting).buffer));
    this.waiting = [];
  }
}

/** One open file per cache and thread: data is opened again for every preview, and is never closed. */
const openFiles = new Map<string, number>();

function open(cache: string, { documents, classes, notes }: Manifest): Corpus {
  const files = part(cache);
  const handle = openFiles.get(files.tokens) ?? openSync(files.tokens, 'r');
  openFiles.set(files.tokens, handle);
  const integers = (file: string) => new Uint32Array(new Uint8Array(readFileSync(file)).buffer);
  const sentences = integers(files.sentences);
  const passages = integers(files.passages);
  const count = passages.length / 2;
  const documentOf = (number: number) => passages[2 * number + 1] as number;
  const split = (test: boolean) =>
    Uint32Array.from({ length: count }, (_, i) => i).filter((i) => documents[documentOf(i)]?.test === test);
  return {
    documents,
    classes,
    notes,
    tokenizerFile: files.tokenizer,
    tokenizer: parseTokenizer(readFileSync(files.tokenizer, 'utf8'), files.tokenizer),
    train: split(false),
    test: split(true),
    documentOf,
    passage(number) {
      const first = passages[2 * number] as number;
      const last = number + 1 < count ? (passages[2 * number + 2] as number) : sentences.length - 1;
      const [start, end] = [sentences[first] as number, sentences[last] as number];
      const ids = new Int32Array(end - start);
      const read = readSync(handle, ids, 0, ids.byteLength, 4 * start);
      if (read !== ids.byteLength)
        throw new DataError(`${files.tokens} ended early: the cache was changed while it was in use. Start again.`);
      const cut = (i: number) => ids.subarray((sentences[i] as number) - start, (sentences[i + 1] as number) - start);
      return {
        sentences: Array.from({ length: last - first }, (_, i) => cut(first + i)),
        document: documentOf(number),
      };
    },
  };
}
