import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cifar10, cifar100 } from '../../../src/data/cifar.js';
import { emoji } from '../../../src/data/emoji.js';
import { idx } from '../../../src/data/idx-dataset.js';
import { stl10 } from '../../../src/data/stl10.js';
import { type DataEnvironment, DataError, type Dataset } from '../../../src/experiment/contracts.js';
import { sampleFolder } from '../../../src/experiment/package-files.js';

let folder: string;
let environment: DataEnvironment;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'records-'));
  environment = { baseFolder: folder, cacheFolder: path.join(folder, 'cache'), sampleFolder };
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, Buffer | string | undefined>, inside = '.'): void {
  mkdirSync(path.join(folder, inside), { recursive: true });
  for (const [name, bytes] of Object.entries(files))
    if (bytes !== undefined) writeFileSync(path.join(folder, inside, name), bytes);
}

/** A picture whose pixel at (row, column, channel) is a function of its place. */
const value = (row: number, column: number, channel: number) => (row * 7 + column * 3 + channel * 101) % 256;
const planes = (side: number, columnsFirst = false) =>
  Buffer.from(
    Array.from({ length: 3 * side * side }, (_, i) => {
      const [channel, slow, fast] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
      return columnsFirst ? value(fast, slow, channel) : value(slow, fast, channel);
    }),
  );
function expectPlaces(data: Float32Array, side: number): void {
  const found = Array.from(data, (pixel) => Math.round(pixel * 255));
  const wanted = Array.from(found, (_, i) => value(Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3));
  expect(found).toEqual(wanted);
}
const record = (...labels: number[]) => Buffer.concat([Buffer.from(labels), planes(32)]);
const cifar10Files = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, Buffer.concat([record(i), record(9)])])),
  'test_batch.bin': record(0),
};

describe('CIFAR', () => {
  test('10 is read across its files, from the folder or the one above', async () => {
    write(cifar10Files, 'cifar-10-batches-bin');
    for (const given of ['.', 'cifar-10-batches-bin']) {
      const { train, test: held, classes, shape } = await cifar10(given, { train: 7 }).open(environment);
      expect([train.length, held.length, shape, classes[9]]).toEqual([7, 1, [32, 32, 3], 'truck']);
      expect(Array.from({ length: 7 }, (_, i) => train.label(i))).toEqual([1, 9, 2, 9, 3, 9, 4]);
      expectPlaces(train.get(5).data, 32);
      expect([train.name(5), held.name(0)]).toEqual(['train/5', 'test/0']);
    }
  });

  test('100 has fine or coarse classes', async () => {
    write({
      'train.bin': Buffer.concat([record(3, 99), record(19, 0)]),
      'test.bin.gz': gzipSync(record(7, 8)),
      'coarse_label_names.txt': `${Array.from({ length: 20 }, (_, i) => `group ${i}`).join('\n')}\n\n`,
    });
    const fine = await cifar100('.').open(environment);
    expect([fine.train.label(0), fine.test.label(0), fine.classes.length]).toEqual([99, 8, 100]);
    expectPlaces(fine.test.get(0).data, 32);
    const coarse = await cifar100('.', { labels: 'coarse' }).open(environment);
    expect([coarse.train.label(0), coarse.test.label(0), coarse.classes[19]]).toEqual([3, 7, 'group 19']);
  });

  test.each<[string, Record<string, Buffer | undefined>, RegExp]>([
    [
      'the Python version',
      { data_batch_1: Buffer.of(1) },
      /data_batch_1\.bin is missing; the folder has .*Unpack cifar-10-binary/,
    ],
    [
      'a short file',
      { ...cifar10Files, 'data_batch_3.bin': Buffer.alloc(3000) },
      /data_batch_3\.bin cannot be used: it has 3000 bytes/,
    ],
    [
      'an empty file',
      { ...cifar10Files, 'test_batch.bin': Buffer.alloc(0) },
      /test_batch\.bin cannot be used: it has 0 bytes/,
    ],
    [
      'another label',
      { ...cifar10Files, 'data_batch_2.bin': record(10) },
      /data_batch_2\.bin, record 0 has the label 10; 0 to 9/,
    ],
  ])('with %s is refused with path, cause and remedy', async (_, files, message) => {
    write(files);
    const opened = cifar10('.').open(environment);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(folder);
    await expect(opened).rejects.toBeInstanceOf(DataError);
  });
});

describe('STL-10', () => {
  const picture = planes(96, true);
  const files = {
    'train_X.bin': Buffer.concat([picture, picture]),
    'train_y.bin': Buffer.of(1, 10),
    'unlabeled_X.bin': Buffer.concat([picture, picture, picture]),
    'test_X.bin': picture,
    'test_y.bin': Buffer.of(2),
  };

  test('has its labelled pictures first, then those without', async () => {
    write(files, 'stl10_binary');
    const { train, test: held } = await stl10('.').open(environment);
    expect(Array.from({ length: 5 }, (_, i) => train.label(i))).toEqual([0, 9, -1, -1, -1]);
    expect([train.length, held.label(0), train.name(1), train.name(4)]).toEqual([5, 1, 'train/1', 'unlabeled/2']);
    expectPlaces(train.get(4).data, 96);
    expect((await stl10('.', { unlabelled: false }).open(environment)).train.length).toBe(2);
  });

  test.each<[string, Record<string, Buffer | undefined>, RegExp]>([
    [
      'without a file',
      { ...files, 'unlabeled_X.bin': undefined },
      /unlabeled_X\.bin is missing; the folder has test_X\.bin/,
    ],
    ['with too few labels', { ...files, 'train_y.bin': Buffer.of(1) }, /train_y\.bin has 1 labels for 2 pictures/],
    ['with a label 0', { ...files, 'test_y.bin': Buffer.of(0) }, /test_y\.bin: label 0 of picture 0; 1 to 10/],
  ])('%s is refused', async (_, changed, message) => {
    write(changed);
    await expect(stl10('.').open(environment)).rejects.toThrow(message);
  });
});

describe('IDX files', () => {
  function idxFile(dimensions: number[], items: number[]): Buffer {
    const header = Buffer.alloc(4 + 4 * dimensions.length);
    header.writeUInt32BE(0x800 + dimensions.length);
    for (const [i, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * i);
    return Buffer.concat([header, Buffer.from(items)]);
  }

  test('of any relative of MNIST are read, by other names and transposed too', async () => {
    write({
      'emnist-train-images-idx3-ubyte': idxFile([1, 2, 3], [0, 51, 102, 153, 204, 255]),
      'emnist-train-labels-idx1-ubyte': idxFile([1], [26]),
      'emnist-test-images-idx3-ubyte.gz': gzipSync(idxFile([1, 2, 3], [7, 7, 7, 7, 7, 7])),
      'emnist-test-labels-idx1-ubyte.gz': gzipSync(idxFile([1], [1])),
    });
    const named = { trainFiles: 'emnist-train', testFiles: 'emnist-test' };
    const plain = await idx('.', named).open(environment);
    expect([plain.shape, plain.classes.length, plain.train.label(0), plain.test.label(0)]).toEqual([
      [2, 3, 1],
      27,
      26,
      1,
    ]);
    const turned = await idx('.', { ...named, transposed: true }).open(environment);
    expect(turned.shape).toEqual([3, 2, 1]);
    expect(Array.from(turned.train.get(0).data, (pixel) => Math.round(5 * pixel))).toEqual([0, 3, 1, 4, 2, 5]);
    await expect(idx('.').open(environment)).rejects.toThrow(/train-images-idx3-ubyte\.gz is missing.*`trainFiles`/);
    await expect(idx('.', { ...named, classes: ['a', 'b'] }).open(environment)).rejects.toThrow(
      /label 26 of picture 0/,
    );
  });
});

test('the emoji that come with Autodidact', async () => {
  const { train, test: held, classes, shape } = await (emoji() as unknown as Dataset).open(environment);
  expect([train.length, held.length, shape, classes.length]).toEqual([3700, 794, [32, 32, 3], 12]);
  for (const split of [train, held]) {
    const counts = new Array(12).fill(0);
    for (let i = 0; i < split.length; i++) counts[split.label(i)]++;
    expect(Math.min(...counts)).toBeGreaterThan(10);
  }
  // A red heart: white corners, red in the middle.
  const heart = Array.from({ length: train.length }, (_, i) => i).find((i) => train.name(i) === 'noto/heart') as number;
  const pixel = (row: number, column: number) => [
    ...train.get(heart).data.subarray((row * 32 + column) * 3, (row * 32 + column) * 3 + 3),
  ];
  expect(pixel(0, 0)).toEqual([1, 1, 1]);
  const [red, green, blue] = pixel(14, 16) as [number, number, number];
  expect(red).toBeGreaterThan(0.7);
  expect(Math.max(green, blue)).toBeLessThan(0.4);
  // No emoji is in both splits, by any artist.
  const own = (split: typeof train) =>
    new Set(Array.from({ length: split.length }, (_, i) => split.name(i).replace(/^\w+\/| .*$/g, '')));
  const inTest = own(held);
  expect([...own(train)].filter((name) => inTest.has(name))).toEqual([]);
});
