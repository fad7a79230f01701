import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { infoNce, mutualInfoNce } from '../../../src/losses/info-nce.js';
import { l2Normalize } from '../../../src/nn/l2-normalize.js';
import golden from '../../golden/info_nce.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const value = (scalar: tf.Scalar) => scalar.dataSync()[0]!;
const against = (q: tf.Tensor, k: tf.Tensor, queue: tf.Tensor, temperature: number) => {
  const [a, b] = [l2Normalize(q), l2Normalize(k)];
  const negatives = tf.matMul<tf.Tensor2D>(a, queue, false, true);
  return infoNce(tf.sum<tf.Tensor1D>(tf.mul(a, b), 1), negatives, temperature);
};

onBackends('InfoNCE', () => {
  it.each([
    [1024, 6.932448],
    [4096, 8.31801],
    [65536, 11.09037],
  ])('is ln(1 + K) for K = %i where all are alike, and nothing is found', (size, expected) => {
    const { loss, accuracy } = infoNce(tf.fill([1], 0.3), tf.fill([1, size], 0.3), 0.07);
    expect(value(loss)).toBeCloseTo(expected, 4);
    expect(value(accuracy)).toBe(0);
  });

  it.each([
    [0.07, 0.002556],
    [0.1, 0.170551],
    [0.2, 3.353359],
  ])('is ln(1 + K exp(-1/t)) where only the key is like the query: K = 4096, t = %f', (temperature, expected) => {
    const { loss, accuracy } = infoNce(tf.ones([2]), tf.zeros([2, 4096]), temperature);
    expect(value(loss)).toBeCloseTo(expected, 5);
    expect(value(accuracy)).toBe(1);
  });

  it.each(golden.cases)(
    'is as PyTorch and lightly compute it at t = $temperature',
    ({ temperature, moco, lightly, mutual }) => {
      const [q, k, queue] = [tf.tensor2d(golden.q), tf.tensor2d(golden.k), tf.tensor2d(golden.queue)];
      const { loss } = against(q, k, queue, temperature);
      expect(value(loss)).toBeCloseTo(moco, 4);
      expect(value(loss)).toBeCloseTo(lightly, 4);
      expect(value(mutualInfoNce(q, k, temperature).loss)).toBeCloseTo(mutual, 4);
    },
  );

  it('has the gradient that finite differences tell', () => {
    const [k, queue] = [draws(2, [3, 4]), l2Normalize(draws(3, [5, 4]))];
    expectGradient((q) => against(q, k, queue, 0.3).loss, draws(1, [3, 4]));
    expectGradient((q) => mutualInfoNce(q as tf.Tensor2D, k as tf.Tensor2D, 0.3).loss, draws(1, [3, 4]));
  });

  it('does not depend on the order of negatives', () => {
    const [q, k, queue] = [draws(1, [3, 4]), draws(2, [3, 4]), l2Normalize(draws(3, [5, 4]))];
    const loss = value(against(q, k, queue, 0.2).loss);
    expect(value(against(q, k, tf.reverse(queue, 0), 0.2).loss)).toBeCloseTo(loss, 5);
  });

  it('stays finite at small temperatures', () => {
    const [q, k, queue] = [draws(1, [3, 4]), draws(2, [3, 4]), l2Normalize(draws(3, [5, 4]))];
    expect(Number.isFinite(value(against(q, k, queue, 0.005).loss))).toBe(true);
  });
});

onBackends('InfoNCE among two views', () => {
  it('is ln(rows) where all are alike', () => {
    const { loss, accuracy } = mutualInfoNce(tf.ones([8, 3]), tf.ones([8, 3]), 0.2);
    expect(value(loss)).toBeCloseTo(Math.log(8), 5);
    expect(value(accuracy)).toBe(0);
  });

  it('finds partners, in whatever order samples come, and not where they are mixed up', () => {
    const first = draws(1, [6, 16]) as tf.Tensor2D;
    const second = tf.add<tf.Tensor2D>(first, tf.mul(draws(2, [6, 16]), 0.1));
    const { loss, accuracy, positiveSimilarity } = mutualInfoNce(first, second, 0.2);
    expect(value(accuracy)).toBe(1);
    expect(value(positiveSimilarity)).toBeGreaterThan(0.9);
    const order = tf.tensor1d([3, 0, 5, 1, 4, 2], 'int32');
    const [a, b] = [tf.gather(first, order), tf.gather(second, order)];
    expect(value(mutualInfoNce(a, b, 0.2).loss)).toBeCloseTo(value(loss), 5);
    expect(value(mutualInfoNce(second, first, 0.2).loss)).toBeCloseTo(value(loss), 5);
    expect(value(mutualInfoNce(first, tf.reverse(second, 0), 0.2).accuracy)).toBeLessThan(0.5);
  });
});
