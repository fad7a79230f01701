import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { maskedCrossEntropy } from '../../../src/losses/masked-cross-entropy.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const truth = () => tf.tensor1d([1, 0, 2, 4], 'int32');
const weights = (values: number[]) => tf.tensor1d(values, 'float32');
const value = (tensor: tf.Tensor) => tensor.dataSync()[0]!;

onBackends('masked cross-entropy', () => {
  it('is ln V with zero logits, whatever the padding', () => {
    // Sheet, 3.1: V = 1000 gives 6.907755; two classes ln 2. 1e-5 in the denominator is the published code's.
    const loss = (V: number, slots: number, used: number) =>
      value(
        maskedCrossEntropy(
          tf.zeros([slots, V]),
          tf.zeros([slots], 'int32'),
          weights(Array.from({ length: slots }, (_, i) => (i < used ? 1 : 0))),
        ).loss,
      );
    expect(loss(1000, 64, 64)).toBeCloseTo(6.907755 * (64 / (64 + 1e-5)), 4);
    expect(loss(30_522, 20, 20)).toBeCloseTo(10.326203, 4);
    expect(loss(2, 8, 8)).toBeCloseTo(Math.LN2, 5);
    expect(loss(1000, 64, 40)).toBeCloseTo(loss(1000, 40, 40), 5);
    expect(loss(1000, 64, 0)).toBeCloseTo(0, 10);
  });

  it('does not see slots of weight 0, and its accuracy counts the others', () => {
    const logits = draws(1, [4, 5]) as tf.Tensor2D;
    const changed = tf.add(
      logits,
      tf.tensor2d([
        [0, 0, 0, 0, 0],
        [9, -9, 3, 1, 0],
        [0, 0, 0, 0, 0],
        [5, 0, 0, 0, -7],
      ]),
    );
    const used = weights([1, 0, 1, 0]);
    const [a, b] = [logits, changed as tf.Tensor2D].map((own) => maskedCrossEntropy(own, truth(), used));
    expect(value(b!.loss)).toBe(value(a!.loss));
    const right = tf.mul(tf.cast(tf.oneHot(truth(), 5), 'float32'), 10) as tf.Tensor2D;
    expect(value(maskedCrossEntropy(right, truth(), used).accuracy)).toBeCloseTo(1, 4);
    expect(value(maskedCrossEntropy(tf.neg(right), truth(), used).accuracy)).toBe(0);
  });

  it('has the gradient of its definition', () => {
    expectGradient((x) => maskedCrossEntropy(x as tf.Tensor2D, truth(), weights([1, 1, 0, 1])).loss, draws(2, [4, 5]));
  });

  it('both of two classes have a gradient', () => {
    // The error of codertimo/BERT-pytorch: with a label that is ignored, half of the pairs teach nothing.
    for (const label of [0, 1]) {
      const gradient = tf.grad(
        (x) => maskedCrossEntropy(x as tf.Tensor2D, tf.tensor1d([label], 'int32'), weights([1])).loss,
      );
      expect(Math.abs(gradient(tf.zeros([1, 2])).dataSync()[label]!)).toBeCloseTo(0.5, 4);
    }
  });
});
