import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { drawNoise, estimateNormalizer, type NceScores, nce, nceByChance } from '../../../src/losses/nce.js';
import { l2Normalize } from '../../../src/nn/l2-normalize.js';
import golden from '../../golden/nce.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const value = (scalar: tf.Scalar) => scalar.dataSync()[0]!;
const random = () => Random.fromSeed(1);

onBackends('NCE with a constant normalizer', () => {
  // All scores alike when Z is estimated: P = 1/n.
  it.each([
    [1, 1.386294],
    [64, 5.166655],
  ])('is the value of chance where all scores are alike: m = %i', (m, expected) => {
    const scores: NceScores = {
      positive: tf.fill([2], 0.7),
      all: tf.fill([2, 1000], 0.7),
      noise: drawNoise(random(), 2, 1000, m),
      draws: m,
    };
    expect(nceByChance(m)).toBeCloseTo(expected, 6);
    // e = 1e-7 beside 1/n adds a ten-thousandth.
    expect(Math.abs(value(nce(scores, estimateNormalizer(scores))) - expected)).toBeLessThan(3e-4);
  });

  it('has the closed form of the paper’s size', () => {
    expect(nceByChance(4096)).toBeCloseTo(9.317888, 6);
  });

  it('is near ln(1 + m/n) where the own row is certain and noise impossible', () => {
    const [m, n] = [8, 32];
    const all = tf.fill<tf.Rank.R2>([2, n], -30);
    const scores = { positive: tf.zeros<tf.Rank.R1>([2]), all, noise: drawNoise(random(), 2, n, m), draws: m };
    expect(value(nce(scores, tf.scalar(1)))).toBeCloseTo(Math.log(1 + m / n), 4);
  });

  it('is as the published code computes it, and so is Z', () => {
    const features = tf.tensor2d(golden.features);
    const all = tf.div<tf.Tensor2D>(tf.matMul(features, tf.tensor2d(golden.bank), false, true), golden.temperature);
    const mask = tf.oneHot(tf.tensor1d(golden.own, 'int32'), golden.bank.length);
    const positive = tf.sum<tf.Tensor1D>(tf.mul(all, mask), 1);
    const scores = { positive, all, noise: tf.tensor2d(golden.counts), draws: golden.draws };
    const z = estimateNormalizer(scores);
    expect(value(z)).toBeCloseTo(golden.normalizer, 4);
    expect(value(nce(scores, z))).toBeCloseTo(golden.loss, 4);
  });

  it('estimates Z / n near exp(1 / (2 dim t^2)) for random unit vectors', () => {
    const [dim, temperature] = [64, 0.1];
    const [f, bank] = [l2Normalize(draws(1, [32, dim])), l2Normalize(draws(2, [500, dim]))];
    const all = tf.div<tf.Tensor2D>(tf.matMul(f, bank, false, true), temperature);
    const scores = {
      positive: tf.reshape<tf.Rank.R1>(tf.slice(all, [0, 0], [32, 1]), [32]),
      all,
      noise: drawNoise(random(), 32, 500, 64),
      draws: 64,
    };
    expect(Math.abs(value(estimateNormalizer(scores)) / 500 - 2.1842)).toBeLessThan(0.3);
  });

  it('has the gradient that finite differences tell', () => {
    const bank = l2Normalize(draws(2, [6, 4]));
    const noise = drawNoise(random(), 3, 6, 5);
    expectGradient(
      (x) => {
        const all = tf.matMul<tf.Tensor2D>(l2Normalize(x as tf.Tensor2D), bank, false, true);
        return nce({ positive: tf.sum(tf.mul(all, tf.eye(3, 6)), 1), all, noise, draws: 5 }, tf.scalar(9));
      },
      draws(1, [3, 4]),
    );
  });

  it('draws as many as it is told for each row, anywhere, and the same again', () => {
    const noise = drawNoise(random(), 4, 50, 30).arraySync();
    for (const row of noise) expect(row.reduce((a, b) => a + b)).toBe(30);
    expect(noise[0]).not.toEqual(noise[1]);
    expect(drawNoise(random(), 4, 50, 30).arraySync()).toEqual(noise);
  });
});
