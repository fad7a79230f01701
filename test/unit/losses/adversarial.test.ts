import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { discriminatorLoss, generatorLoss } from '../../../src/losses/adversarial.js';
import { psnr, regionError } from '../../../src/losses/reconstruction.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const read = (tensor: tf.Tensor) => tensor.dataSync()[0] as number;

onBackends('adversarial and reconstruction losses', () => {
  test('a discriminator that cannot tell costs ln 2 and 2 ln 2; the total with unit error is that of the sheet', () => {
    const undecided = tf.zeros([5, 1]);
    expect(read(generatorLoss(undecided))).toBeCloseTo(Math.LN2, 6);
    expect(read(discriminatorLoss(undecided, undecided))).toBeCloseTo(1.386294, 5);
    expect(0.999 * 1 + 0.001 * read(generatorLoss(undecided))).toBeCloseTo(0.999693, 6);
  });

  test('they are -ln of the probabilities, and stay finite where these are 0', () => {
    const [real, fake] = [draws(1, [6, 1]), draws(2, [6, 1])];
    const p = (logits: tf.Tensor) => [...tf.sigmoid(logits).dataSync()];
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(read(generatorLoss(fake))).toBeCloseTo(mean(p(fake).map((d) => -Math.log(d))), 5);
    const expected = mean(p(real).map((d) => -Math.log(d))) + mean(p(fake).map((d) => -Math.log(1 - d)));
    expect(read(discriminatorLoss(real, fake))).toBeCloseTo(expected, 5);
    expect(read(generatorLoss(tf.fill([1, 1], -200)))).toBeCloseTo(200, 3);
    expectGradient((x) => generatorLoss(x), fake);
    expectGradient((x) => discriminatorLoss(real, x), fake);
  });

  test('weights multiply the squared error; elements without weight do not count', () => {
    const band = (side: number, width: number) =>
      tf.tensor4d(
        Array.from({ length: side * side }, (_, i) => {
          const [y, x] = [Math.floor(i / side), i % side];
          return Math.min(x, y, side - 1 - x, side - 1 - y) < width ? 10 : 1;
        }),
        [1, side, side, 1],
      );
    const unit = (side: number) =>
      read(
        regionError(
          tf.ones([1, side, side, 3]),
          tf.zeros([1, side, side, 3]),
          band(side, side / 16 + (side === 16 ? 1 : 0)),
        ),
      );
    // Sheet: 16 pixels with a band of 2, 64 pixels with a band of 4.
    expect(unit(16)).toBeCloseTo(4.9375, 4);
    expect(unit(64)).toBeCloseTo(3.109375, 4);
    const weight = tf.tensor4d([0, 1, 0, 1], [1, 2, 2, 1]);
    const truth = tf.zeros([1, 2, 2, 1]) as tf.Tensor4D;
    const of = (values: number[]) => read(regionError(tf.tensor4d(values, [1, 2, 2, 1]), truth, weight));
    expect(of([9, 1, -9, 3])).toBeCloseTo(5, 5);
    expect(of([0, 1, 100, 3])).toBe(of([9, 1, -9, 3]));
    expectGradient((x) => regionError(x as tf.Tensor4D, truth, weight), draws(3, [1, 2, 2, 1]));
    expect(read(psnr(tf.scalar(0.01)))).toBeCloseTo(20, 4);
  });
});
