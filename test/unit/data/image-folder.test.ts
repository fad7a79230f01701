import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encode as encodePng } from 'fast-png';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageFolder } from '../../../src/data/image-folder.js';
import { type DataEnvironment, DataError, type OpenData } from '../../../src/experiment/contracts.js';
import { makePhotographs } from '../../support/photographs.js';

let base: string;
let progress: string[];
let environment: DataEnvironment;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'folder 图 '));
  progress = [];
  environment = {
    baseFolder: base,
    cacheFolder: path.join(base, 'cache'),
    sampleFolder: base,
    progress: (message) => progress.push(message),
  };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A PNG of one gray value. */
function put(name: string, value = 0, side = 5): void {
  const file = path.join(base, 'pictures', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    encodePng({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(value) }),
  );
}
function putBytes(name: string, bytes: Uint8Array | string): void {
  const file = path.join(base, 'pictures', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
const open = (options: Partial<{ size: number; heldOut: number; channels: 1 | 3 }> = {}, folder = 'pictures') =>
  imageFolder(folder, { size: 4, heldOut: 0, ...options }).open(environment);
const names = ({ train }: OpenData) => Array.from({ length: train.length }, (_, i) => train.name(i));
/** The gray value of each training picture. */
const values = ({ train }: OpenData) =>
  Array.from({ length: train.length }, (_, i) => Math.round((train.get(i).data[0] as number) * 255));
const caches = () =>
  readdirSync(path.join(base, 'cache/pictures')).flatMap((slot) =>
    readdirSync(path.join(base, 'cache/pictures', slot)).map((name) => path.join(base, 'cache/pictures', slot, name)),
  );

test("a stranger's folder of photographs opens", async () => {
  makePhotographs(path.join(base, 'pictures'), 60);
  const data = await open({ size: 16, heldOut: 0.2 });
  expect(data.classes).toEqual(['green meadow', 'sunset', '红球']);
  expect([data.train.length, data.test.length, data.shape]).toEqual([48, 12, [16, 16, 3]]);
  expect(data.notes).toEqual([
    expect.stringMatching(/^Left out 1 picture: sunset\/broken download\.jpg \(it is damaged/),
  ]);
  for (const split of [data.train, data.test]) {
    for (let i = 0; i < split.length; i++) {
      expect(split.name(i).split('/')[0]).toBe(data.classes[split.label(i)]);
      const { data: pixels, shape } = split.get(i);
      expect(shape).toEqual([16, 16, 3]);
      expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  }
});

describe('labels and splits', () => {
  test('files are in the order of their code units, whatever they are called', async () => {
    for (const [i, name] of ['b.png', 'B.PNG', 'a b.png', '照片.png', 'a.png', 'é.png'].entries()) put(name, i);
    const data = await open();
    expect(names(data)).toEqual(['B.PNG', 'a b.png', 'a.png', 'b.png', 'é.png', '照片.png']);
    expect(values(data)).toEqual([1, 2, 4, 0, 5, 3]);
    expect([data.classes, data.train.label(0)]).toEqual([[], -1]);
    expect(data.notes.join()).toMatch(/No labels/);
  });

  test('deeper folders belong to the class above; pictures beside the classes are left out', async () => {
    for (const name of ['cat/one/x.png', 'cat/y.png', 'dog/z.png', 'loose.png']) put(name);
    const data = await open();
    expect(names(data)).toEqual(['cat/one/x.png', 'cat/y.png', 'dog/z.png']);
    expect([0, 1, 2].map((i) => data.train.label(i))).toEqual([0, 0, 1]);
    expect(data.notes).toEqual(['Left out 1 picture beside the class folders, without a label.']);
  });

  test('a single sub-folder is no class', async () => {
    for (const name of ['trip/x.png', 'y.png']) put(name);
    const data = await open();
    expect([data.train.length, data.classes]).toEqual([2, []]);
  });

  test('train and test folders are the splits', async () => {
    for (const name of ['Train/a/1.png', 'Train/b/2.png', 'val/b/3.png', 'extra/4.png']) put(name);
    const data = await open({ heldOut: 0.5 });
    expect(names(data)).toEqual(['Train/a/1.png', 'Train/b/2.png']);
    expect([data.test.name(0), data.test.label(0), data.classes]).toEqual(['val/b/3.png', 1, ['a', 'b']]);
    expect(data.notes).toEqual(['Left out 1 picture outside of Train and val.']);
  });

  test('a class may be called train', async () => {
    for (const name of ['train/1.png', 'plane/2.png']) put(name);
    expect((await open()).classes).toEqual(['plane', 'train']);
  });

  test('the held-out part is the same share of each class, and a new picture does not reshuffle it', async () => {
    for (let i = 0; i < 20; i++) put(`a/${i}.png`, i);
    for (let i = 0; i < 10; i++) put(`b/${i}.png`, i);
    put('c/only.png');
    const held = ({ test: { length, name } }: OpenData) => Array.from({ length }, (_, i) => name(i));
    const before = held(await open({ heldOut: 0.2 }));
    expect(before.map((name) => name[0]).join('')).toBe('aaaabb');
    put('a/another.png');
    const after = held(await open({ heldOut: 0.2 }));
    expect(before.filter((name) => !after.includes(name)).length).toBeLessThanOrEqual(1);
  });
});

describe('what cannot be used', () => {
  test.each<[string, () => void, RegExp]>([
    ['a missing folder', () => {}, /pictures does not exist\. Give the folder/],
    ['a file', () => writeFileSync(path.join(base, 'pictures'), 'x'), /is a file, not a folder/],
    ['an empty folder', () => mkdirSync(path.join(base, 'pictures')), /has no readable picture: it is empty\. Put PNG/],
    ['other files only', () => putBytes('notes.txt', 'x'), /no readable picture: notes\.txt \(it is no file that ends/],
    ['damaged pictures only', () => putBytes('a.png', 'no'), /no readable picture: a\.png \(its content is neither/],
  ])('%s is refused', async (_, make, message) => {
    make();
    const opened = open();
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(path.join(base, 'pictures'));
    await expect(opened).rejects.toBeInstanceOf(DataError);
  });

  test('single files are left out, counted and named', async () => {
    put('good.png');
    put('really a png.jpg', 9);
    putBytes('empty.png', '');
    putBytes('text.jpg', 'not a picture');
    putBytes('cut.png', readFileSync(path.join(base, 'pictures/good.png')).subarray(0, 40));
    putBytes('readme.md', 'x');
    putBytes('.hidden.png', 'x');
    const data = await open();
    expect(names(data)).toEqual(['good.png', 'really a png.jpg']);
    const [pictures, others] = data.notes;
    expect(pictures).toMatch(/^Left out 3 pictures: cut\.png \(it is damaged .*empty\.png \(it is empty\)/);
    expect(pictures).toMatch(/text\.jpg \(its content is neither PNG nor JPEG nor WebP\)\.$/);
    expect(others).toMatch(/^Left out 1 other file: readme\.md/);
  });

  test('only the first few of many are named', async () => {
    put('good.png');
    for (let i = 0; i < 9; i++) putBytes(`bad${i}.png`, 'x');
    expect((await open()).notes[0]).toMatch(/^Left out 9 pictures: bad0.*bad4\.png \([^)]*\) and 4 more\.$/);
  });

  test.skipIf(process.platform === 'win32')(
    'links that lead back, or nowhere, are left out; others are followed',
    async () => {
      put('a/x.png', 1);
      put('b/y.png', 2);
      symlinkSync('..', path.join(base, 'pictures/a/loop'));
      symlinkSync('nowhere.png', path.join(base, 'pictures/a/broken.png'));
      mkdirSync(path.join(base, 'elsewhere'));
      writeFileSync(path.join(base, 'elsewhere/z.png'), readFileSync(path.join(base, 'pictures/a/x.png')));
      symlinkSync(path.join(base, 'elsewhere'), path.join(base, 'pictures/c'));
      const data = await open();
      expect(names(data)).toEqual(['a/x.png', 'b/y.png', 'c/z.png']);
      expect(data.notes[0]).toMatch(/a\/broken\.png \(it cannot be read \(ENOENT\)\), a\/loop \(it links back/);
    },
  );
});

describe('the cache', () => {
  test('is used again; a changed, new or removed picture decodes nothing else', async () => {
    for (let i = 0; i < 5; i++) put(`${i}.png`, i);
    putBytes('bad.png', 'x');
    expect(values(await open())).toEqual([0, 1, 2, 3, 4]);
    expect(progress.at(-1)).toBe('Decoding pictures: 6 of 6');
    progress.length = 0;
    expect(values(await open())).toEqual([0, 1, 2, 3, 4]);
    expect(progress).toEqual([]);
    put('2.png', 200, 7);
    put('9.png', 9);
    rmSync(path.join(base, 'pictures/0.png'));
    const data = await open();
    expect(values(data)).toEqual([1, 200, 3, 4, 9]);
    expect(progress.at(-1)).toBe('Decoding pictures: 2 of 2');
    expect(data.notes[0]).toMatch(/bad\.png/);
    // The earlier cache is gone, and no drafts are left.
    expect(caches()).toHaveLength(1);
  });

  test('depends on size and channels', async () => {
    put('a.png', 100);
    const data = [await open(), await open({ size: 8 }), await open({ channels: 1 })];
    expect(data.map(({ train }) => train.get(0).data.length)).toEqual([48, 192, 16]);
    expect(caches()).toHaveLength(3);
  });

  test('that is damaged is made again', async () => {
    for (let i = 0; i < 3; i++) put(`${i}.png`, i + 1);
    await open();
    const [cache] = caches() as [string];
    truncateSync(path.join(cache, 'pixels.bin'), 50);
    expect(values(await open())).toEqual([1, 2, 3]);
    appendFileSync(path.join(cache, 'manifest.json'), '}');
    expect(values(await open())).toEqual([1, 2, 3]);
  });

  test('that two make at once is whole', async () => {
    for (let i = 0; i < 8; i++) put(`${i}.png`, i);
    const both = await Promise.all([open(), open()]);
    for (const data of both) expect(values(data)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(caches()).toHaveLength(1);
  });

  test('is not left half made when decoding is aborted', async () => {
    for (let i = 0; i < 8; i++) put(`${i}.png`, i);
    const aborter = new AbortController();
    const opened = imageFolder('pictures', { size: 4 }).open({
      ...environment,
      signal: aborter.signal,
      progress: () => aborter.abort(new Error('enough')),
    });
    await expect(opened).rejects.toThrow('enough');
    expect(caches()).toEqual([]);
  });

  test('that cannot be written is explained', async () => {
    put('a.png');
    writeFileSync(path.join(base, 'cache'), 'a file where a folder should be');
    await expect(open()).rejects.toThrow(/The decoded pictures of .* cannot be kept in .*They need 1 MB/);
  });

  test('pictures that end with damaged ones are read back', async () => {
    put('a.png', 5);
    for (const name of ['y.png', 'z.png']) putBytes(name, 'x');
    for (let i = 0; i < 2; i++) expect(values(await open())).toEqual([5]);
    expect(progress.filter((message) => message.endsWith('3 of 3'))).toHaveLength(1);
  });
});
