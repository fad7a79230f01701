/**
 * Noise-contrastive estimation with a constant normalizer, as InstDisc and CMC use it to tell a sample's own row of a
 * memory bank from rows drawn at random, without a softmax over the whole bank. Gutmann & Hyvärinen (AISTATS 2010); Wu et
 * al. (CVPR 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../experiment/random.js';

const EPSILON = 1e-7;

export interface NceScores {
  /** `[batch]`: similarity / temperature of each feature and its own row. */
  readonly positive: tf.Tensor1D;
  /** `[batch, samples]`: similarity / temperature of each feature and every row. */
  readonly all: tf.Tensor2D;
  /** `[batch, samples]`: how often each row was drawn as noise; see `drawNoise`. */
  readonly noise: tf.Tensor2D;
  /** Draws per feature, m. */
  readonly draws: number;
}

/** Noise for each of `batch` features: `draws` rows, uniform with replacement, counted by row: `[batch, samples]`. */
export function drawNoise(random: Random, batch: number, samples: number, draws: number): tf.Tensor2D {
  const counts = new Float32Array(batch * samples);
  for (let row = 0; row < batch; row++)
    for (let i = 0; i < draws; i++) counts[row * samples + random.integer(samples)]! += 1;
  return tf.tensor2d(counts, [batch, samples]);
}

/**
 * With P = exp(score) / Z and noise of density 1 / n, the mean over the batch of
 * -ln( P+ / (P+ + m/n + e) ) - sum over m noise rows j of ln( (m/n) / (P_j + m/n + e) ), e = 1e-7.
 * Where all P are 1/n it is ln(1 + m) + m ln((1 + m) / m).
 * @param normalizer Z, a constant of the training: see `estimateNormalizer`.
 */
export function nce({ positive, all, noise, draws }: NceScores, normalizer: tf.Scalar): tf.Scalar {
  const level = draws / all.shape[1];
  const own = tf.div(tf.exp(positive), normalizer);
  const found = tf.log(tf.div(own, tf.add(own, level + EPSILON)));
  const rejected = tf.log(tf.div(level, tf.add(tf.div(tf.exp(all), normalizer), level + EPSILON)));
  return tf.neg(tf.mean(tf.add(found, tf.sum(tf.mul(noise, rejected), 1))));
}

/**
 * Z as it is estimated once, from the scores of the first batch: n times the mean of exp(score) over each feature's own
 * row and its noise. About n exp(1 / (2 dim t^2)) for random unit vectors; far from that, features are not normalized or
 * the temperature t is wrong.
 */
export function estimateNormalizer({ positive, all, noise, draws }: NceScores): tf.Scalar {
  const [batch, samples] = all.shape;
  const total = tf.add(tf.sum(tf.exp(positive)), tf.sum(tf.mul(noise, tf.exp(all))));
  return tf.mul(total, samples / (batch * (draws + 1)));
}

/** The loss where every row is as probable as any other. */
export const nceByChance = (draws: number): number => Math.log(1 + draws) + draws * Math.log((1 + draws) / draws);
