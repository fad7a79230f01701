/**
 * Predicting a distribution over color bins for each pixel: Zhang, Isola & Efros, "Colorful image colorization" (ECCV
 * 2016), arXiv:1603.08511. Pixels are rows; bins are columns.
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * A color as weights of its nearest bins, exp(-d^2 / (2 sigma^2)), that sum to 1.
 * @param ab `[pixels, 2]`.
 * @param centers `[bins, 2]`.
 * @param neighbors How many bins; of equally distant ones all are taken.
 */
export function softEncoding(ab: tf.Tensor2D, centers: tf.Tensor2D, sigma: number, neighbors: number): tf.Tensor2D {
  const bins = centers.shape[0];
  const squares = tf.add(tf.sum(tf.square(ab), 1, true), tf.reshape(tf.sum(tf.square(centers), 1), [1, bins]));
  const distance = tf.sub(squares, tf.mul(tf.matMul(ab, centers, false, true), 2));
  const { values } = tf.topk(tf.neg(distance), Math.min(neighbors, bins));
  const nearest = tf.slice(values, [0, 0], [-1, 1]);
  const farthest = tf.slice(values, [0, (values.shape[1] as number) - 1], [-1, 1]);
  // Rounding must not part equal distances.
  const among = tf.cast(tf.greaterEqual(tf.neg(distance), tf.sub(farthest, 1e-2)), 'float32');
  // Relative to the nearest bin, so that a color far from all of them has weights too.
  const weights = tf.mul(tf.exp(tf.div(tf.neg(tf.add(distance, nearest)), 2 * sigma ** 2)), among);
  return tf.div(weights, tf.sum(weights, 1, true));
}

/** How much each bin counts: 1 / ((1 - lambda) share + lambda / bins), scaled such that the mean over all pixels is 1. */
export function rebalancing(shares: readonly number[], lambda: number): number[] {
  const weights = shares.map((share) => 1 / ((1 - lambda) * share + lambda / shares.length));
  const mean = weights.reduce((sum, weight, i) => sum + weight * (shares[i] as number), 0);
  return weights.map((weight) => weight / mean);
}

/** Shares of neighboring bins spread over each other, as a Gaussian of `sigma` does; they sum to 1. */
export function smoothed(
  shares: readonly number[],
  centers: readonly (readonly [number, number])[],
  sigma: number,
): number[] {
  const near = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
    Math.exp(-((a - c) ** 2 + (b - d) ** 2) / (2 * sigma ** 2));
  // Each bin gives all of its share away, to the bins that there are.
  const spread = new Array<number>(shares.length).fill(0);
  centers.forEach((from, i) => {
    const kernel = centers.map((to) => near(from, to));
    const total = kernel.reduce((sum, value) => sum + value, 0);
    kernel.forEach((value, j) => {
      spread[j] = (spread[j] as number) + ((shares[i] as number) * value) / total;
    });
  });
  return spread;
}

/** Cross-entropy of each row with its target distribution, in nats: ln(bins) for equal logits, whatever the target. */
export function softCrossEntropy(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), 1));
}

/**
 * One color for each row, `[pixels, 2]`: the mean of the bins under the distribution with its logits divided by the
 * temperature, between the mode (0) and the mean (1); published: 0.38.
 */
export function annealedMean(logits: tf.Tensor2D, centers: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.matMul(tf.softmax(tf.div(logits, temperature)), centers);
}
