import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { nPairs } from '../../../src/losses/n-pairs.js';
import golden from '../../golden/temporal.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;

onBackends('N-pairs loss', () => {
  it('is ln N and the regularizer where all are the same unit vector', () => {
    const same = tf.fill([1, 16, 4], 0.5) as tf.Tensor3D;
    expect(read(nPairs(same, same, 0.002).loss)).toBeCloseTo(2.773589, 5);
  });

  it('is softplus(-1) and the regularizer for two orthonormal pairs', () => {
    const rows = tf.reshape(tf.eye(2), [1, 2, 2]) as tf.Tensor3D;
    const { loss, accuracy } = nPairs(rows, rows, 0.002);
    expect(read(loss)).toBeCloseTo(0.314262, 5);
    expect(read(accuracy)).toBe(1);
  });

  it('does not compare across groups', () => {
    const rows = draws(1, [1, 4, 3]) as tf.Tensor3D;
    const other = draws(2, [1, 4, 3]) as tf.Tensor3D;
    const alone = read(nPairs(rows, rows, 0).loss) + read(nPairs(other, other, 0).loss);
    const both = tf.concat([rows, other]) as tf.Tensor3D;
    expect(read(nPairs(both, both, 0).loss)).toBeCloseTo(alone / 2, 5);
  });

  it('agrees with PyTorch, value and gradient', () => {
    const { anchors, positives, loss, gradient } = golden.nPairs;
    const own = (a: tf.Tensor) => nPairs(a as tf.Tensor3D, tf.tensor3d(positives, [2, 6, 5]), 0.002).loss;
    const at = tf.tensor3d(anchors, [2, 6, 5]);
    expect(read(own(at))).toBeCloseTo(loss, 5);
    const computed = tf.grad(own)(at).dataSync();
    gradient.forEach((value, i) => {
      expect(computed[i]).toBeCloseTo(value, 4);
    });
  });

  it('has the gradient that finite differences tell', () => {
    const positives = draws(4, [2, 3, 4]) as tf.Tensor3D;
    expectGradient((a) => nPairs(a as tf.Tensor3D, positives, 0.002).loss, draws(3, [2, 3, 4]));
  });
});
