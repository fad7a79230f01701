import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { alignment, uniformity } from '../../../src/evaluate/alignment-uniformity.js';
import { rankMe } from '../../../src/evaluate/effective-rank.js';
import { spread } from '../../../src/evaluate/embedding-std.js';
import { Random } from '../../../src/experiment/random.js';

// Sheet, section 9; each value also follows by hand from the definition in the name of the test.
const identity = (n: number) => Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
const normal = (count: number, seed = 1) => {
  const random = Random.fromSeed(seed);
  return Float32Array.from({ length: count }, () => random.normal());
};

test('alignment is the mean squared distance: 0 for equal views, 4 for opposite ones, whatever their length', async () => {
  const x = tf.tensor2d([1, 0, 0, 3], [2, 2]);
  expect(await alignment(x, tf.mul(x, 5))).toBeCloseTo(0, 6);
  expect(await alignment(x, tf.neg(x))).toBeCloseTo(4, 6);
  expect(await alignment(x, tf.reverse(x, 0))).toBeCloseTo(2, 6);
});

test('uniformity: 0 for one point, -8 for two opposite ones, -4.396349 for a square', async () => {
  expect(await uniformity(tf.tensor2d([3, 4, 0.6, 0.8, 6, 8], [3, 2]))).toBeCloseTo(0, 5);
  expect(await uniformity(tf.tensor2d([1, 0, -1, 0], [2, 2]))).toBeCloseTo(-8, 5);
  expect(await uniformity(tf.tensor2d([1, 0, 0, 1, -1, 0, 0, -1], [4, 2]))).toBeCloseTo(-4.396349, 5);
});

test('uniformity of uniform directions in 128 dimensions is about -3.9376, also over several chunks', async () => {
  expect(await uniformity(tf.tensor2d(normal(1500 * 128), [1500, 128]))).toBeCloseTo(-3.9376, 2);
});

test('RankMe: all of 8 equal directions, one direction, and diag(3, 1)', () => {
  expect(rankMe(identity(8), 8)).toBeCloseTo(8.00000690842629, 6);
  expect(rankMe(Float32Array.from([1, 2, 2, 4, 3, 6]), 2)).toBeCloseTo(1, 4);
  expect(rankMe(Float32Array.from([3, 0, 0, 1]), 2)).toBeCloseTo(1.7547652933937916, 6);
});

test('RankMe does not change under rotation, and is 0 where nothing is', () => {
  const turned = Float32Array.from([3 * Math.cos(1), 3 * Math.sin(1), -Math.sin(1), Math.cos(1)]);
  expect(rankMe(turned, 2)).toBeCloseTo(1.7547652933937916, 5);
  expect(rankMe(new Float32Array(6), 3)).toBe(0);
});

test('embedding std: 1 for uniform directions, 0 when all vectors point the same way', async () => {
  expect(await spread(tf.tensor2d(normal(2000 * 128), [2000, 128]))).toBeCloseTo(1, 2);
  expect(await spread(tf.tensor2d([1, 2, 2, 4, 0.5, 1], [3, 2]))).toBeCloseTo(0, 6);
});

test('embedding std does not see that only some of the dimensions are used', async () => {
  const few = normal(2000 * 64).map((v, i) => (i % 64 < 16 ? v : 0));
  // 16 of 64 dimensions with deviation 1/√16 each: (16 / 64) · (1/4) · √64 = 0.5.
  expect(await spread(tf.tensor2d(few, [2000, 64]))).toBeCloseTo(0.5, 2);
  expect(rankMe(few, 64)).toBeLessThan(16.1);
});
