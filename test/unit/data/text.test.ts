import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { austen } from '../../../src/data/austen.js';
import { sentencesOf } from '../../../src/data/sentences.js';
import { text } from '../../../src/data/text.js';
import type { Dataset, OpenData, Passage } from '../../../src/experiment/contracts.js';
import { sampleFolder } from '../../../src/experiment/package-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'autodidact-text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array) => {
  const file = path.join(folder, 'texts', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};
const open = (options: object = {}, where = 'texts', cache = 'cache') =>
  (text(where, { length: 16, vocabulary: 100, ...options }) as unknown as Dataset<Passage>).open({
    baseFolder: folder,
    cacheFolder: path.join(folder, cache),
    sampleFolder,
  });
const story = (hero: string) =>
  `${hero} went to town.  There ${hero} met a friend, and they\ntalked about the weather for a long while!\n\nThen ${hero} went home. "Good night," said the friend.\n`;
const words = ({ vocabulary }: OpenData<Passage>, { sentences }: Passage) =>
  sentences.map((ids) =>
    [...ids]
      .map((id) => vocabulary!.tokens[id])
      .join(' ')
      .replaceAll(' ##', ''),
  );

describe('sentences', () => {
  it.each([
    ['It rained. We left! Why? "Because." He slept.', ['It rained.', 'We left!', 'Why?', '"Because."', 'He slept.']],
    [
      'Mr. Darcy met J. R. Smith at 3.14 p.m. on St. James St.',
      ['Mr. Darcy met J. R. Smith at 3.14 p.m. on St. James St.'],
    ],
    ['他来了。她走了！好', ['他来了。', '她走了！', '好']],
    ['no end', ['no end']],
    ['  ', []],
  ])('%s', (paragraph, expected) => {
    expect(sentencesOf(paragraph)).toEqual(expected);
  });
});

describe('text', () => {
  it('makes passages of consecutive sentences, of about the length of an input', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(`${name}.txt`, story(name.toUpperCase()));
    const data = await open({ heldOut: 0.2 });
    expect(data).toMatchObject({ kind: 'text', title: 'texts', shape: [16, 2], classes: [] });
    const { train, test } = data;
    const all = (split: typeof train) => Array.from({ length: split.length }, (_, i) => split.get(i));
    const documents = (split: typeof train) => new Set(all(split).map(({ document }) => document));
    expect([documents(train).size, documents(test).size]).toEqual([4, 1]);
    expect([...documents(test)].some((document) => documents(train).has(document))).toBe(false);
    for (const { sentences } of all(train)) for (const ids of sentences) expect(ids.length).toBeLessThanOrEqual(6);
    // What is read is what was written: the first document, sentence by sentence.
    const first = all(train).filter(({ document }) => document === all(train)[0]!.document);
    const name = train.name(0)[0]!;
    const told = first.flatMap((passage) => words(data, passage)).join(' ');
    expect(told).toBe(
      `${name} went to town . there ${name} met a friend , and they talked about the weather for a long while ! then ${name} went home . " good night , " said the friend .`.toLowerCase(),
    );
    for (const passage of first.slice(0, -1)) {
      const length = passage.sentences.reduce((sum, ids) => sum + ids.length, 0);
      const last = passage.sentences.at(-1)!.length;
      expect(length).toBeGreaterThanOrEqual(13);
      expect(length - last).toBeLessThan(13);
      expect(passage.sentences.length).toBeGreaterThan(1);
    }
  });

  it('gives the same tokens each time, and reads them from the cache the second time', async () => {
    for (const name of ['x', 'y', 'z']) put(`${name}.txt`, story(name));
    const contents = (cache: string) => {
      const files = readdirSync(path.join(folder, cache), { recursive: true, withFileTypes: true });
      return files
        .filter((entry) => entry.isFile())
        .map((entry) => [entry.name, readFileSync(path.join(entry.parentPath, entry.name)).toString('base64')])
        .sort();
    };
    await open();
    const before = contents('cache');
    expect(before.map(([name]) => name)).toEqual([
      'manifest.json',
      'passages.bin',
      'sentences.bin',
      'tokenizer.json',
      'tokens.bin',
    ]);
    await open({}, 'texts', 'other');
    expect(contents('other')).toEqual(before);
    const data = await open();
    expect(contents('cache')).toEqual(before);
    // Other texts in the same place are noticed, and the cache of the old ones goes away.
    put('w.txt', story('wanda wanda'));
    expect((await open()).train.length).toBeGreaterThan(data.train.length);
    expect(contents('cache').length).toBe(before.length);
  });

  it('takes classes from sub-folders and splits from train and test', async () => {
    for (const split of ['train', 'test'])
      for (const label of ['sad', 'glad']) put(`${split}/${label}/1.txt`, story(`${label} ${split}`));
    const data = await open();
    expect(data.classes).toEqual(['glad', 'sad']);
    expect(data.test.name(0)).toContain('test/glad/1.txt');
    expect(data.test.label(0)).toBe(0);
    expect(data.train.label(data.train.length - 1)).toBe(1);
  });

  it('reads JSON Lines, packed or not, and counts the lines that are none', async () => {
    const lines = [1, 2, 3, 4].map((n) => JSON.stringify({ body: story(`hero${n}`), kind: n % 2, name: `story ${n}` }));
    put('all.jsonl.gz', gzipSync([...lines, '{broken', '[1]', '{"body": 3}', '{"body": " "}', ''].join('\n')));
    const data = await open({ textField: 'body', labelField: 'kind' }, 'texts/all.jsonl.gz');
    expect(data.classes).toEqual(['0', '1']);
    expect(data.train.name(0)).toContain('story ');
    const notes = data.notes.join('\n');
    expect(notes).toContain('Left out 4:');
    expect(notes).toContain('all.jsonl.gz:5 (it is no JSON object)');
    expect(notes).toContain('all.jsonl.gz:7 (it has no text in "body")');
    expect(notes).toContain('all.jsonl.gz:8 (it is empty)');
    expect([...Array(data.train.length).keys()].map((i) => data.train.label(i))).toContain(1);
  });

  it('leaves out what is no text, and says so', async () => {
    put('good.txt', story('Ann'));
    put('also.txt', story('Bob'));
    put('latin1.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20, 0x61));
    put('zeros.txt', 'a\0b');
    put('empty.txt', '\n \n');
    put('picture.png', 'x');
    put('torn.txt.gz', gzipSync('some words').subarray(0, 12));
    const data = await open();
    const notes = data.notes.join('\n');
    expect(notes).toContain('Left out 5:');
    expect(notes).toContain('latin1.txt (it is not UTF-8)');
    expect(notes).toContain('zeros.txt (it holds NUL characters, so it is no text)');
    expect(notes).toContain('empty.txt (it is empty)');
    expect(notes).toContain('picture.png (it is no file that ends in');
    expect(notes).toContain('torn.txt.gz');
  });

  it('cuts long files into documents at ends of paragraphs', async () => {
    put('novel.txt', Array.from({ length: 60 }, (_, i) => story(`Hero${i}`)).join('\n'));
    const data = await open({ cut: 1000 }, 'texts/novel.txt');
    const documents = new Set(Array.from({ length: data.train.length }, (_, i) => data.train.get(i).document));
    expect(documents.size).toBeGreaterThan(5);
    expect(data.test.length).toBeGreaterThan(0);
    expect(data.train.name(0)).toContain('novel.txt, part ');
  });

  it('uses a given tokenizer', async () => {
    put('a.txt', story('Ann'));
    put('b.txt', story('Bob'));
    const learned = await open();
    const file = /kept in (.*)\.$/.exec(learned.notes[0]!)![1]!;
    const data = await open({ tokenizer: file, vocabulary: 5000 }, 'texts', 'other');
    expect(data.vocabulary).toEqual(learned.vocabulary);
    await expect(open({ tokenizer: 'none.json' })).rejects.toThrow(/none\.json cannot be read/);
  });

  it('says what is wrong with a path', async () => {
    await expect(open()).rejects.toThrow(/texts does not exist\. Give a text file/);
    mkdirSync(path.join(folder, 'texts'));
    await expect(open()).rejects.toThrow(/has no readable text: it is empty/);
    put('a.txt', '');
    await expect(open()).rejects.toThrow(/has no readable text: a\.txt \(it is empty\)/);
  });
});

it('Jane Austen’s novels: six classes of whole chapters, a fifth held out', async () => {
  const data = await (austen({ vocabulary: 300 }) as unknown as Dataset<Passage>).open({
    baseFolder: '.',
    cacheFolder: folder,
    sampleFolder,
  });
  expect(data.classes).toHaveLength(6);
  expect(data.shape).toEqual([32, 2]);
  expect(data.vocabulary!.tokens).toHaveLength(300);
  expect(data.test.length / data.train.length).toBeCloseTo(0.25, 1);
  const share = (label: number) =>
    Array.from({ length: data.train.length }, (_, i) => data.train.label(i)).filter((own) => own === label).length /
    data.train.length;
  for (let label = 0; label < 6; label++) expect(share(label)).toBeGreaterThan(0.12);
});
