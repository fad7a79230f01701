import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { layerNorm } from '../../../src/nn/layer-norm.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const training = { training: true };
/** A scalar that depends on every element of a tensor in its own way. */
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));

onBackends('layer norm', () => {
  it('gives each position, or each sample, mean 0 and variance 1', () => {
    const x = tf.add(tf.mul(draws(1, [2, 3, 3, 4]), 5), 2);
    for (const [over, axes] of [
      ['channels', [3]],
      ['sample', [1, 2, 3]],
    ] as const) {
      const norm = layerNorm(4, { over });
      const { mean, variance } = tf.moments(norm.apply(x, training), [...axes]);
      for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 5);
      for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 3);
      disposeVariables(norm);
    }
  });

  it('scales and shifts each channel', () => {
    const norm = layerNorm(2);
    const [scale, offset] = norm.variables();
    scale!.variable.assign(tf.tensor1d([2, 3]));
    offset!.variable.assign(tf.tensor1d([10, 20]));
    // The two channels of a position are -1 and 1 after normalization.
    const y = norm.apply(tf.tensor2d([[5, 9]]), training).dataSync();
    expect(y[0]).toBeCloseTo(8, 3);
    expect(y[1]).toBeCloseTo(23, 3);
    disposeVariables(norm);
  });

  it('keeps samples, and positions, apart', () => {
    const x = draws(2, [2, 4, 3]);
    for (const over of ['channels', 'sample'] as const) {
      const norm = layerNorm(3, { over });
      // What the first position of the first sample gives depends on that sample, or on that position, alone.
      const slope = tf.grad((input) => mixed(tf.slice(norm.apply(input, training), [0, 0, 0], [1, 1, 3])))(x);
      const reached = tf.greater(tf.sum(tf.abs(slope), 2), 1e-6).arraySync();
      expect(reached).toEqual([over === 'channels' ? [1, 0, 0, 0] : [1, 1, 1, 1], [0, 0, 0, 0]]);
      disposeVariables(norm);
    }
  });

  it('has the gradients that finite differences tell, and finite ones for constant rows', () => {
    const norm = layerNorm(4, { over: 'sample' });
    const [scale] = norm.variables();
    scale!.variable.assign(tf.tensor1d([1, 2, -1, 0.5]));
    expectGradient((x) => mixed(norm.apply(x, training)), draws(4, [2, 2, 4]));
    const { value, grads } = tf.variableGrads(
      () => mixed(norm.apply(tf.ones([2, 2, 4]), training)) as tf.Scalar,
      norm.variables().map(({ variable }) => variable),
    );
    for (const tensor of [value, ...Object.values(grads)]) expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
    disposeVariables(norm);
  });
});
