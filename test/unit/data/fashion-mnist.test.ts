import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fashionMnist } from '../../../src/data/fashion-mnist.js';
import { type DataEnvironment, DataError } from '../../../src/experiment/contracts.js';
import { sampleFolder } from '../../../src/experiment/package-files.js';

let folder: string;
let environment: DataEnvironment;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'fashion-'));
  environment = { baseFolder: folder, cacheFolder: path.join(folder, 'cache'), sampleFolder };
});
afterEach(() => rmSync(folder, { recursive: true }));

function idx(dimensions: number[], items: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x800 + dimensions.length);
  for (const [i, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, Buffer.from(items)]);
}

/** Writes a copy with two training pictures and one test picture of 2 x 3 pixels, with some files replaced. */
function writeCopy(changes: Record<string, Buffer | undefined> = {}): void {
  const files: Record<string, Buffer | undefined> = {
    'train-images-idx3-ubyte.gz': gzipSync(idx([2, 2, 3], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6])),
    'train-labels-idx1-ubyte.gz': gzipSync(idx([2], [9, 0])),
    't10k-images-idx3-ubyte.gz': gzipSync(idx([1, 2, 3], [7, 7, 7, 7, 7, 7])),
    't10k-labels-idx1-ubyte.gz': gzipSync(idx([1], [3])),
    ...changes,
  };
  mkdirSync(path.join(folder, 'copy'), { recursive: true });
  for (const [name, bytes] of Object.entries(files))
    if (bytes !== undefined) writeFileSync(path.join(folder, 'copy', name), bytes);
}

describe('the pictures that come with Autodidact', () => {
  test('are the first ones of Fashion-MNIST', async () => {
    const { train, test: held, shape, classes, kind, notes } = await fashionMnist().open(environment);
    expect([train.length, held.length, shape, kind, notes]).toEqual([10_000, 2_000, [28, 28, 1], 'image', []]);
    // The published labels of the first ten pictures of each split.
    const labels = (split: typeof train) => Array.from({ length: 10 }, (_, i) => split.label(i));
    expect(labels(train)).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect(labels(held)).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
    expect(classes[train.label(0)]).toBe('Ankle boot');
    const { data, shape: pictured } = train.get(0);
    expect(pictured).toEqual([28, 28, 1]);
    expect(data.reduce((sum, value) => sum + value * 255, 0)).toBeCloseTo(76247, 0);
    const counts = new Array(10).fill(0);
    for (let i = 0; i < train.length; i++) counts[train.label(i)]++;
    expect(Math.min(...counts)).toBeGreaterThan(900);
  });

  test('can be limited', async () => {
    const { train, test: held } = await fashionMnist({ train: 100, test: 7 }).open(environment);
    expect([train.length, held.length]).toEqual([100, 7]);
    expect(() => train.get(100)).toThrow('there is no sample 100: the split has 100');
  });
});

describe('a copy', () => {
  test('is read packed or unpacked, and samples are the caller’s own', async () => {
    writeCopy({ 'train-labels-idx1-ubyte.gz': undefined, 'train-labels-idx1-ubyte': idx([2], [9, 0]) });
    const { train, test: held, shape, notes } = await fashionMnist({ path: 'copy', train: 5 }).open(environment);
    expect(shape).toEqual([2, 3, 1]);
    expect([...train.get(0).data]).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => expect.closeTo(value, 6)));
    train.get(1).data.fill(9);
    expect(train.get(1).data[0]).toBeCloseTo(1 / 255, 6);
    expect([train.label(0), held.label(0), held.name(0)]).toEqual([9, 3, 't10k/0']);
    expect(notes).toEqual(['5 train pictures were asked for; the copy has 2.']);
  });

  const images = 'train-images-idx3-ubyte.gz';
  const whole = idx([2, 2, 3], new Array(12).fill(1));
  test.each<[string, Record<string, Buffer | undefined>, RegExp]>([
    ['a missing file', { [images]: undefined }, /train-images-idx3-ubyte\.gz is missing\. Give the folder/],
    ['an empty file', { [images]: Buffer.alloc(0) }, /it has 0 bytes, fewer than its header of 16/],
    [
      'a wrong magic number',
      { [images]: idx([2], [1, 2, 3, 4, 5, 6, 7, 8, 9]) },
      /starts with 0x00000801, but 0x00000803/,
    ],
    ['a short file', { [images]: whole.subarray(0, 20) }, /2 x 2 x 3 = 12 bytes, but 4 bytes follow/],
    ['a long file', { [images]: Buffer.concat([whole, whole]) }, /2 x 2 x 3 = 12 bytes, but 40 bytes follow/],
    [
      'absurd dimensions',
      { [images]: idx([2, 4e9, 4e9], [1]) },
      /items of 4000000000 x 4000000000; sides of 1 to 1024/,
    ],
    ['pictures of no size', { [images]: idx([2, 0, 3], []) }, /items of 0 x 3/],
    ['no pictures', { [images]: idx([0, 2, 3], []) }, /the train split holds no pictures/],
    ['a cut gzip file', { [images]: gzipSync(whole).subarray(0, 25) }, /cannot be read: .*Copy the file again/],
    ['too few labels', { 'train-labels-idx1-ubyte.gz': idx([1], [0]) }, /has 1 labels for 2 pictures/],
    ['a label that is no class', { 'train-labels-idx1-ubyte.gz': idx([2], [0, 10]) }, /label 10 of picture 1/],
    [
      'another size of test pictures',
      { 't10k-images-idx3-ubyte.gz': idx([1, 1, 1], [0]) },
      /2 x 3 x 1, test pictures 1 x 1 x 1/,
    ],
  ])('with %s is refused with path, cause and remedy', async (_, changes, message) => {
    writeCopy(changes);
    const opened = fashionMnist({ path: 'copy' }).open(environment);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(path.join(folder, 'copy'));
    await expect(opened).rejects.toBeInstanceOf(DataError);
  });
});
