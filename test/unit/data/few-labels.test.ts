import { expect, test } from 'vitest';
import { fashionMnist } from '../../../src/data/fashion-mnist.js';
import { fewLabels } from '../../../src/data/few-labels.js';
import { labelledIndices } from '../../../src/data/labelled.js';
import { dataset } from '../../../src/experiment/custom.js';
import { sampleFolder } from '../../../src/experiment/package-files.js';

const environment = { baseFolder: '/', cacheFolder: '/', sampleFolder };

test('a balanced subset keeps its labels; samples, classes and test labels stay', async () => {
  const full = await fashionMnist({ test: 50 }).open(environment);
  const few = await fewLabels(fashionMnist({ test: 50 }), { perClass: 7 }).open(environment);
  const kept = labelledIndices(few.train);
  expect(kept).toHaveLength(70);
  const counts = new Array(10).fill(0);
  for (const i of kept) {
    expect(few.train.label(i)).toBe(full.train.label(i));
    counts[few.train.label(i)]++;
  }
  expect(counts).toEqual(new Array(10).fill(7));
  expect([few.train.length, few.classes, few.title]).toEqual([10_000, full.classes, 'Fashion-MNIST, 70 labels']);
  expect(few.train.get(3)).toEqual(full.train.get(3));
  for (let i = 0; i < 50; i++) expect(few.test.label(i)).toBe(full.test.label(i));
  expect(() => few.train.label(10_000)).toThrow('there is no sample 10000');
});

test('the seed decides which, and nothing else does', async () => {
  const kept = async (seed: number) =>
    labelledIndices((await fewLabels(fashionMnist(), { fraction: 0.01, seed }).open(environment)).train);
  expect(await kept(1)).toEqual(await kept(1));
  expect(await kept(1)).not.toEqual(await kept(2));
  expect(Math.abs((await kept(1)).length - 100)).toBeLessThan(10);
});

test('mistakes are told', async () => {
  expect(() => fewLabels(fashionMnist())).toThrow('give either `perClass` or `fraction`');
  expect(() => fewLabels(fashionMnist(), { perClass: 1, fraction: 0.5 })).toThrow('give either');
  const split = {
    length: 2,
    get: () => ({ data: new Float32Array(1), shape: [1, 1, 1] as const }),
    label: () => -1,
    name: String,
  };
  const bare = dataset({
    name: 'bare',
    open: async () => ({
      kind: 'image' as const,
      title: 'bare',
      shape: [1, 1, 1],
      classes: [],
      train: split,
      test: split,
      notes: [],
    }),
  });
  await expect(fewLabels(bare, { perClass: 1 }).open(environment)).rejects.toThrow(
    'bare has no labels that could be kept',
  );
});
