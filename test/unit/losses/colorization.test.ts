import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { labOf } from '../../../src/augment/lab.js';
import type { Image } from '../../../src/experiment/contracts.js';
import {
  annealedMean,
  rebalancing,
  smoothed,
  softCrossEntropy,
  softEncoding,
} from '../../../src/losses/colorization.js';
import { lightness } from '../../../src/nn/lightness.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

/** A grid of 10 around the origin. */
const grid = Array.from({ length: 49 }, (_, i): [number, number] => [10 * (Math.floor(i / 7) - 3), 10 * ((i % 7) - 3)]);
const rounded = (values: ArrayLike<number>) => Array.from(values, (v) => Number(v.toFixed(5)));

test('weights: rare colors count more, the mean over all pixels is 1', () => {
  const [common, rare] = rebalancing([0.9, 0.1], 0.5);
  expect(common).toBeCloseTo(15 / 17, 6);
  expect(rare).toBeCloseTo(35 / 17, 6);
  expect(rebalancing([0.7, 0.2, 0.1], 1)).toEqual([1, 1, 1].map((v) => expect.closeTo(v, 10)));
  // A share of 0 has a finite weight.
  expect(rebalancing([1, 0], 0.5)[1]).toBeCloseTo(3, 6);
});

test('smoothing keeps the sum and gives to neighbors first', () => {
  const spread = smoothed(
    [1, 0, 0],
    [
      [0, 0],
      [10, 0],
      [40, 0],
    ],
    5,
  );
  expect(spread.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 10);
  expect(spread[0]!).toBeGreaterThan(spread[1]!);
  expect(spread[1]!).toBeGreaterThan(1000 * spread[2]!);
});

onBackends('colors as distributions over bins', () => {
  const centers = () => tf.tensor2d(grid);
  const encode = (ab: [number, number], neighbors: number) => softEncoding(tf.tensor2d([ab]), centers(), 5, neighbors);
  const entropy = (p: tf.Tensor) => -[...p.dataSync()].reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);

  test('a color on a bin has the weights and the entropy of the sheet, with 5 and with 9 neighbors', () => {
    const five = encode([0, 0], 5);
    expect(
      rounded(five.dataSync())
        .filter((v) => v > 0)
        .sort(),
    ).toEqual([0.0878, 0.0878, 0.0878, 0.0878, 0.64879]);
    expect(entropy(five)).toBeCloseTo(1.135082, 4);
    const nine = rounded(encode([0, 0], 9).dataSync());
    expect([nine[24], nine[25], nine[32]]).toEqual([0.61935, 0.08382, 0.01134]);
    expect(entropy(encode([0, 0], 9))).toBeCloseTo(1.331145, 4);
  });

  test('weights sum to 1 and lie around the color; far from all bins too', () => {
    const far = encode([200, 0], 5);
    expect(tf.sum(far).dataSync()[0]).toBeCloseTo(1, 5);
    const mean = tf.matMul(encode([4, -3], 5), centers()).dataSync();
    expect(Math.hypot(mean[0]! - 4, mean[1]! + 3)).toBeLessThan(2);
  });

  test('equal logits cost ln(bins) for any target, and the least is the entropy of the target', () => {
    const target = softEncoding(tf.mul(draws(1, [6, 2]), 10) as tf.Tensor2D, centers(), 5, 5);
    for (const loss of softCrossEntropy(tf.zeros([6, 49]), target).dataSync())
      expect(loss).toBeCloseTo(Math.log(49), 4);
    expect(softCrossEntropy(tf.zeros([1, 313]), tf.oneHot([4], 313) as tf.Tensor2D).dataSync()[0]).toBeCloseTo(
      5.746203,
      4,
    );
    const own = encode([0, 0], 5);
    expect(softCrossEntropy(tf.log(tf.maximum(own, 1e-20)) as tf.Tensor2D, own).dataSync()[0]).toBeCloseTo(1.135082, 3);
    const few = tf.slice(target, [0, 20], [6, 9]) as tf.Tensor2D;
    expectGradient((x) => tf.sum(softCrossEntropy(x as tf.Tensor2D, few)), draws(2, [6, 9]));
  });

  test('the annealed mean goes from the mean to the mode', () => {
    const logits = tf.log(tf.tensor2d([[0.75, 0.25]])) as tf.Tensor2D;
    const told = (t: number) =>
      annealedMean(
        logits,
        tf.tensor2d([
          [0, 0],
          [10, 0],
        ]),
        t,
      ).dataSync()[0];
    expect(told(1)).toBeCloseTo(2.5, 4);
    expect(told(0.5)).toBeCloseTo(1, 4);
    expect(told(0.38)).toBeCloseTo(0.52596, 4);
  });

  test('lightness is L of Lab', () => {
    const data = Float32Array.of(
      0,
      0,
      0,
      1,
      1,
      1,
      1,
      0,
      0,
      0.02,
      0.03,
      0.01,
      0.3,
      0.6,
      0.9,
      128 / 255,
      128 / 255,
      128 / 255,
    );
    const image: Image = { data, shape: [2, 3, 3] };
    const expected = labOf(image).data.filter((_, i) => i % 3 === 0);
    const own = lightness(tf.tensor4d(data, [1, 2, 3, 3])).dataSync();
    own.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 2);
    });
    expect(own[5]).toBeCloseTo(53.585, 2);
  });
});
