import { expect, test } from 'vitest';
import { balancedSubset } from '../../../src/data/balanced-subset.js';
import { Random } from '../../../src/experiment/random.js';

const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : i < 90 ? 1 : i < 92 ? 2 : -1));

test('a labelled subset has the fraction of each class, at least one of each, and nothing without a label', () => {
  const subset = balancedSubset(labels, { fraction: 0.1 }, Random.fromSeed(1));
  const count = (label: number) => subset.filter((i) => labels[i] === label).length;
  expect([count(0), count(1), count(2), count(-1)]).toEqual([7, 2, 1, 0]);
  expect(new Set(subset).size).toBe(subset.length);
});

test('the subset is a function of the seed', () => {
  const subset = (seed: number) => [...balancedSubset(labels, { fraction: 0.2 }, Random.fromSeed(seed))];
  expect(subset(1)).toEqual(subset(1));
  expect(subset(1)).not.toEqual(subset(2));
});

test('a number per class takes at most what a class has', () => {
  const subset = balancedSubset(labels, { perClass: 5 }, Random.fromSeed(1));
  const count = (label: number) => subset.filter((i) => labels[i] === label).length;
  expect([count(0), count(1), count(2), count(-1)]).toEqual([5, 5, 2, 0]);
});
