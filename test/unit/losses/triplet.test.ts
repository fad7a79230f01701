import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { semiHardTriplets, squaredDistances } from '../../../src/losses/triplet.js';
import { l2Normalize } from '../../../src/nn/l2-normalize.js';
import golden from '../../golden/temporal.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

/** Masks of a single view: positives at most r apart, negatives more than R. */
function masks(times: tf.Tensor2D, r: number, R: number): [tf.Tensor3D, tf.Tensor3D] {
  const gap = tf.abs(tf.sub(tf.expandDims(times, 2), tf.expandDims(times, 1)));
  const as = (mask: tf.Tensor) => tf.cast(mask, 'float32') as tf.Tensor3D;
  return [as(tf.logicalAnd(tf.greater(gap, 0), tf.lessEqual(gap, r))), as(tf.greater(gap, R))];
}
const tripletsOf = (x: tf.Tensor3D, times: tf.Tensor2D, r: number, R: number, margin: number) =>
  semiHardTriplets(squaredDistances(x), ...masks(times, r, R), margin);
const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;

onBackends('semi-hard triplet loss', () => {
  it('is the margin where all embeddings are alike', () => {
    const times = tf.reshape(tf.range(0, 10), [1, 10]) as tf.Tensor2D;
    const { loss, violations } = tripletsOf(tf.ones([1, 10, 4]), times, 2, 4, 0.2);
    expect(read(loss)).toBeCloseTo(0.2, 5);
    expect(read(violations)).toBe(1);
    const [positives, negatives] = masks(times, 2, 4);
    expect([read(tf.sum(positives)), read(tf.sum(negatives))]).toEqual([34, 30]);
  });

  it('takes the farthest negative where none is farther than the positive', () => {
    const x = tf.tensor3d([0, 0.3, 1], [1, 3, 1]);
    const times = tf.tensor2d([[0, 1, 10]]);
    expect(read(tripletsOf(x, times, 1, 5, 0.2).loss)).toBeCloseTo(0, 6);
    expect(read(tripletsOf(x, times, 1, 5, 1).loss)).toBeCloseTo(0.345, 5);
    // The negative of 0 is now nearer than its positive: (0.09 - 0.01) + 0.2; that of 0.3 is farther: 0.09 - 0.16 + 0.2.
    const near = tf.tensor3d([0, 0.3, -0.1], [1, 3, 1]);
    const { loss, violations } = tripletsOf(near, times, 1, 5, 0.2);
    expect(read(loss)).toBeCloseTo((0.28 + 0.13) / 2, 5);
    expect(read(violations)).toBe(0.5);
  });

  it('takes the nearest of the negatives that are farther', () => {
    const x = tf.tensor3d([0, 0.5, 0.2, 0.9, 0.6], [1, 5, 1]);
    const times = tf.tensor2d([[0, 1, 10, 20, 30]]);
    expect(tripletsOf(x, times, 1, 5, 0.2).chosen.arraySync()[0]![0]![1]).toBe(4);
  });

  it('agrees with PyTorch, value and gradient', () => {
    const { x, times, loss, violations, gradient } = golden.triplet;
    const at = tf.tensor3d(x, [2, 10, 4]);
    const own = (z: tf.Tensor) => tripletsOf(l2Normalize(z) as tf.Tensor3D, tf.tensor2d(times, [2, 10]), 5, 8, 0.2);
    expect(read(own(at).loss)).toBeCloseTo(loss, 5);
    expect(read(own(at).violations)).toBeCloseTo(violations, 5);
    const computed = tf
      .grad((z: tf.Tensor) => own(z).loss)(at)
      .dataSync();
    gradient.forEach((value, i) => {
      expect(computed[i]).toBeCloseTo(value, 4);
    });
  });

  it('does not depend on the order of frames, nor on a common shift', () => {
    const x = draws(1, [1, 8, 3]) as tf.Tensor3D;
    const times = tf.tensor2d([[0, 1, 2, 9, 10, 20, 21, 30]]);
    const loss = read(tripletsOf(x, times, 2, 5, 0.2).loss);
    const order = tf.tensor1d([3, 1, 7, 0, 2, 6, 5, 4], 'int32');
    expect(read(tripletsOf(tf.gather(x, order, 1), tf.gather(times, order, 1), 2, 5, 0.2).loss)).toBeCloseTo(loss, 5);
    expect(read(tripletsOf(tf.add(x, 3), times, 2, 5, 0.2).loss)).toBeCloseTo(loss, 4);
  });

  it('has the gradient that finite differences tell, and none through the choice', () => {
    const times = tf.tensor2d([[0, 1, 2, 9, 10, 20]]);
    expectGradient((z) => tripletsOf(z as tf.Tensor3D, times, 2, 5, 3).loss, draws(2, [1, 6, 3]), { step: 1e-3 });
  });

  it('is 0, with a gradient of 0, where there is no pair', () => {
    const times = tf.tensor2d([[0, 10, 20]]);
    const x = draws(3, [1, 3, 2]) as tf.Tensor3D;
    expect(read(tripletsOf(x, times, 1, 5, 0.2).loss)).toBe(0);
    const gradient = tf.grad((z: tf.Tensor) => tripletsOf(z as tf.Tensor3D, times, 1, 5, 0.2).loss)(x);
    expect(read(tf.max(tf.abs(gradient)))).toBe(0);
  });
});
