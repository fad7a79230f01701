import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { type RankingOptions, trackRanking } from '../../../src/losses/track-ranking.js';
import golden from '../../golden/temporal.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const lossOf = (first: tf.Tensor, last: tf.Tensor, options: Partial<RankingOptions> = {}) =>
  trackRanking(first as tf.Tensor2D, last as tf.Tensor2D, {
    margin: 0.5,
    negatives: 100,
    hard: 0,
    mirrored: true,
    random: Random.fromSeed(1),
    ...options,
  });
const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;

onBackends('ranking loss of tracks', () => {
  it('is the margin where all embeddings are alike', () => {
    for (const mirrored of [true, false])
      expect(read(lossOf(tf.ones([4, 3]), tf.ones([4, 3]), { mirrored }))).toBeCloseTo(0.5, 5);
  });

  it('is 0.3 one-sided, 0.66 with the roles exchanged, 0.48 mirrored', () => {
    // Two tracks of one triplet each; both patches of the other track are the same, so there is one kind of negative.
    const first = tf.tensor2d([[1, 0]]);
    const last = tf.tensor2d([[0.8, 0.6]]);
    const negative = tf.tensor2d([[0.6, 0.8]]);
    // Rows of the second track, whose positive is itself: D⁺ = 0, D(x⁻, x) = 0.4, D(x⁻, x⁺) = 0.04.
    const [x, y] = [tf.concat([first, negative]), tf.concat([last, negative])];
    const other = (0.5 - 0.4 + (0.5 - 0.04)) / 2;
    expect(read(lossOf(x, y, { mirrored: false }))).toBeCloseTo((0.3 + other) / 2, 5);
    expect(read(lossOf(y, x, { mirrored: false }))).toBeCloseTo((0.66 + other) / 2, 5);
    expect(read(lossOf(x, y))).toBeCloseTo((0.48 + other) / 2, 5);
  });

  it('agrees with PyTorch on the hardest negatives, value and gradient', () => {
    const { first, last, loss, gradient } = golden.ranking;
    const own = (z: tf.Tensor) => lossOf(z, tf.tensor2d(last, [6, 4]), { negatives: 3, hard: 3 });
    const at = tf.tensor2d(first, [6, 4]);
    expect(read(own(at))).toBeCloseTo(loss, 5);
    const computed = tf.grad(own)(at).dataSync();
    gradient.forEach((value, i) => {
      expect(computed[i]).toBeCloseTo(value, 4);
    });
  });

  it('does not depend on the lengths of embeddings', () => {
    const [first, last] = [draws(1, [5, 4]), draws(2, [5, 4])];
    expect(read(lossOf(tf.mul(first, 7), last))).toBeCloseTo(read(lossOf(first, last)), 5);
  });

  it('never takes a patch of the same track as negative, and repeats its draws', () => {
    // Own patches are equal, others opposite: with any own patch among the negatives the loss would be above 0.
    const rows = tf.tensor2d([
      [1, 0],
      [-1, 0],
    ]);
    for (const hard of [0, 1, 2]) expect(read(lossOf(rows, rows, { negatives: 2, hard }))).toBe(0);
    const [first, last] = [draws(3, [8, 4]), draws(4, [8, 4])];
    const with_ = (seed: number) => read(lossOf(first, last, { negatives: 2, random: Random.fromSeed(seed) }));
    expect(with_(5)).toBe(with_(5));
    expect(with_(5)).not.toBe(with_(6));
  });

  it('is larger for harder negatives', () => {
    const [first, last] = [draws(5, [8, 4]), draws(6, [8, 4])];
    const share = (hard: number) => read(lossOf(first, last, { negatives: 4, hard, mirrored: false }));
    expect(share(4)).toBeGreaterThan(share(0));
  });

  it('has the gradient that finite differences tell', () => {
    const last = draws(8, [4, 3]);
    expectGradient((z) => lossOf(z, last, { margin: 3 }), draws(7, [4, 3]));
  });
});
