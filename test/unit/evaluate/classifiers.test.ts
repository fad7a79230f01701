import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knn, kthLargest, nearestNeighborClasses } from '../../../src/evaluate/knn.js';
import { lbfgs } from '../../../src/evaluate/lbfgs.js';
import { linearProbe, standardized } from '../../../src/evaluate/linear-probe.js';
import { fitLogistic } from '../../../src/evaluate/logistic.js';
import type { EvaluationContext } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

/** A unit vector whose cosine with (1, 0) is `s`. */
const at = (s: number) => [s, Math.sqrt(1 - s * s)];

test('kNN votes: two neighbors at 0.9 against three at 0.8 win at temperature 0.07 and lose at 1', async () => {
  const features = tf.tensor2d([at(0.9), at(0.9), at(0.8), at(0.8), at(0.8), at(-1)]);
  const train = { features, labels: Int32Array.from([0, 0, 1, 1, 1, 1]) };
  const test = tf.tensor2d([[2, 0]]);
  // Sheet, section 9: vote ratio A/B = (2/3) e^(0.1/τ) = 2.7818 at 0.07, 1.8122 at 0.1, 0.7368 at 1.
  const vote = (temperature: number) => nearestNeighborClasses(train, test, { k: 5, temperature, classes: 2 });
  expect([...(await vote(0.07))]).toEqual([0]);
  expect([...(await vote(0.1))]).toEqual([0]);
  expect([...(await vote(1))]).toEqual([1]);
});

test('kNN counts only k neighbors, and of equally far ones the first', async () => {
  const train = { features: tf.tensor2d([at(0.5), at(0.9), at(0.5), at(0.5)]), labels: Int32Array.from([2, 0, 1, 1]) };
  const test = tf.tensor2d([[1, 0]]);
  const vote = (k: number) => nearestNeighborClasses(train, test, { k, temperature: 10, classes: 3 });
  expect([...(await vote(1))]).toEqual([0]);
  // At this temperature 0.9 hardly outweighs 0.5, so two at 0.5 win once both are counted: only with all four.
  expect([...(await vote(2))]).toEqual([0]);
  expect([...(await vote(4))]).toEqual([1]);
  expect([...(await vote(100))]).toEqual([1]);
});

test('the k-th largest value is the one of the sorted list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true })), { minLength: 1 }),
      fc.nat(),
      (list, n) => {
        const values = Float32Array.from(list);
        const k = (n % values.length) + 1;
        expect(kthLargest(values, k)).toBe(values.slice().sort()[values.length - k]);
      },
    ),
  );
});

test('L-BFGS finds the minimum of the Rosenbrock function', async () => {
  const minimum = await lbfgs(
    Float64Array.from([-1.2, 1]),
    async ([x, y]) => ({
      value: (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
      gradient: Float64Array.from([-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)]),
    }),
    { steps: 200, tolerance: 1e-8 },
  );
  expect(minimum[0]).toBeCloseTo(1, 6);
  expect(minimum[1]).toBeCloseTo(1, 6);
});

test('logistic regression on one feature meets its optimality condition', async () => {
  // With labels 0 1 at x = -1 +1 the logit difference u = w1 - w0 solves sigmoid(-u) = decay·u/2 (each |w| = u/2).
  const features = tf.tensor2d([[-1], [1]]);
  const weights = await fitLogistic(
    { features, labels: Int32Array.from([0, 1]) },
    { classes: 2, weightDecay: 0.1, steps: 100 },
  );
  const [w0, w1] = weights as unknown as [number, number];
  expect(w0).toBeCloseTo(-w1, 4);
  expect(1 / (1 + Math.exp(2 * w1))).toBeCloseTo(0.1 * w1, 4);
});

test('standardized columns have mean 0 and deviation 1, a dead one is 0', async () => {
  const [x, y] = standardized(tf.tensor2d([1, 5, 3, 5], [2, 2]), tf.tensor2d([2, 5, 5, 5], [2, 2]));
  expect([...(await x.data())]).toEqual([-1, 0, 1, 0]);
  expect([...(await y.data())]).toEqual([0, 0, 3, 0]);
});

/** Features in which a class is a shifted cloud, and one feature that is a thousand times greater and means nothing. */
function clouds(count: number, seed: number) {
  const random = Random.fromSeed(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const rows = Array.from(labels, (label) => [
    (label === 0 ? 3 : 0) + random.normal(),
    (label === 1 ? 3 : 0) + random.normal(),
    1000 * random.normal(),
  ]);
  return { features: tf.tensor2d(rows), labels };
}
function context(train: ReturnType<typeof clouds>, test: ReturnType<typeof clouds>): EvaluationContext {
  const partial = {
    data: { classes: ['a', 'b', 'c'] },
    features: async (split: 'train' | 'test') => (split === 'train' ? train : test),
    random: Random.fromSeed(0),
    signal: new AbortController().signal,
  };
  return partial as unknown as EvaluationContext;
}

test('the linear probe classifies shifted clouds, the same way twice, and leaks no tensor', async () => {
  const [train, test] = [clouds(600, 1), clouds(300, 2)];
  const before = tf.memory().numTensors;
  const first = await linearProbe().run(context(train, test));
  expect(first.accuracy).toBeGreaterThan(0.9);
  expect(await linearProbe().run(context(train, test))).toEqual(first);
  expect(tf.memory().numTensors).toBe(before);
});

test('samples without a label neither vote nor count', async () => {
  const [train, test] = [clouds(60, 1), clouds(30, 2)];
  const sane = { ...train, features: tf.mul<tf.Tensor2D>(train.features, [[1, 1, 0]]) };
  const full = await knn({ k: 5 }).run(context(sane, test));
  const unlabelled = { features: tf.tensor2d([[100, 100, 0]]), labels: Int32Array.from([-1]) };
  const mixed = {
    features: tf.concat2d([unlabelled.features, sane.features], 0),
    labels: Int32Array.from([-1, ...sane.labels]),
  };
  const before = tf.memory().numTensors;
  expect(await knn({ k: 5 }).run(context(mixed, test))).toEqual(full);
  expect(tf.memory().numTensors).toBe(before);
});
