import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { ntXent } from '../../../src/losses/nt-xent.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const lossOf = (z: tf.Tensor, temperature: number) => ntXent(z as tf.Tensor2D, temperature).loss.dataSync()[0]!;

onBackends('NT-Xent', () => {
  // All rows alike: every other row is as probable, ln(2N - 1). An unmasked diagonal would give ln(2N).
  it.each([
    [2, 1.098612],
    [4, 1.94591],
    [128, 5.541264],
    [256, 6.23637],
  ])('is ln(2N - 1) for %i pairs of identical rows', (pairs, expected) => {
    for (const temperature of [0.1, 0.5, 1])
      expect(lossOf(tf.ones([2 * pairs, 8]), temperature)).toBeCloseTo(expected, 5);
  });

  // Views agree, pictures are orthogonal: ln(1 + (2N - 2) exp(-1 / t)).
  it.each([
    [2, 0.5, 0.239545],
    [128, 0.5, 3.56601],
    [128, 0.1, 0.011466],
  ])('is ln(1 + (2N - 2) exp(-1/t)) for %i aligned orthogonal pairs, t = %f', (pairs, temperature, expected) => {
    const { loss, accuracy, positiveSimilarity } = ntXent(
      tf.concat([tf.eye(pairs), tf.eye(pairs)]) as tf.Tensor2D,
      temperature,
    );
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(accuracy.dataSync()[0]).toBe(1);
    expect(positiveSimilarity.dataSync()[0]).toBeCloseTo(1, 6);
  });

  it('is the mean over anchors of the definition, computed one by one', () => {
    const [pairs, dimensions, temperature] = [3, 4, 0.2];
    const z = draws(1, [2 * pairs, dimensions]);
    const rows = z.arraySync() as number[][];
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    let expected = 0;
    let found = 0;
    for (const [i, anchor] of rows.entries()) {
      const weights = rows.map((row, k) => (k === i ? 0 : Math.exp(cosine(anchor, row) / temperature)));
      const partner = (i + pairs) % (2 * pairs);
      expected -= Math.log(weights[partner]! / weights.reduce((a, b) => a + b)) / rows.length;
      if (weights[partner] === Math.max(...weights)) found += 1 / rows.length;
    }
    const { loss, accuracy } = ntXent(z as tf.Tensor2D, temperature);
    expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(accuracy.dataSync()[0]).toBeCloseTo(found, 6);
  });

  it('does not depend on the lengths of rows', () => {
    const z = draws(2, [8, 5]);
    const factors = tf.reshape(tf.range(1, 9), [8, 1]);
    expect(lossOf(tf.mul(z, factors), 0.3)).toBeCloseTo(lossOf(z, 0.3), 5);
  });

  it('does not depend on the order of pairs, nor on which view comes first', () => {
    const z = draws(3, [8, 5]);
    const order = tf.tensor1d([2, 0, 3, 1, 6, 4, 7, 5], 'int32');
    expect(lossOf(tf.gather(z, order), 0.3)).toBeCloseTo(lossOf(z, 0.3), 5);
    const [first, second] = tf.split(z, 2) as [tf.Tensor, tf.Tensor];
    expect(lossOf(tf.concat([second, first]), 0.3)).toBeCloseTo(lossOf(z, 0.3), 5);
  });

  it('depends on which rows are pairs', () => {
    const z = tf.concat([tf.eye(4), tf.eye(4)]);
    const order = tf.tensor1d([0, 1, 2, 3, 5, 4, 7, 6], 'int32');
    expect(lossOf(tf.gather(z, order), 0.5)).toBeGreaterThan(lossOf(z, 0.5) + 1);
  });

  it('has the gradient that finite differences tell', () => {
    for (const temperature of [0.2, 1])
      expectGradient((z) => ntXent(z as tf.Tensor2D, temperature).loss, draws(4, [6, 4]));
  });

  it('has no gradient at full collapse, and a finite one at zero', () => {
    const gradient = (z: tf.Tensor) =>
      tf
        .grad((x) => ntXent(x as tf.Tensor2D, 0.5).loss)(z)
        .dataSync();
    for (const value of gradient(tf.ones([8, 4]))) expect(Math.abs(value)).toBeLessThan(1e-7);
    for (const value of gradient(tf.zeros([8, 4]))) expect(Number.isFinite(value)).toBe(true);
  });

  it('stays finite at small temperatures', () => {
    expect(Number.isFinite(lossOf(draws(5, [16, 4]), 0.01))).toBe(true);
  });

  it('wants pairs', () => {
    expect(() => ntXent(tf.ones([3, 2]), 0.5)).toThrow('even number of rows');
  });
});
