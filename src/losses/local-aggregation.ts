/**
 * Zhuang, Zhai & Yamins, "Local aggregation for unsupervised learning of visual embeddings" (ICCV 2019): a feature is drawn
 * to its close neighbors, relative to its background neighbors.
 */
import * as tf from '@tensorflow/tfjs-core';
import { detached } from '../nn/detached.js';

const EPSILON = 1e-7;

export interface LocalAggregation {
  /** Mean of -log( P(close and background) / P(background) + 1e-7 ): 0 where all of the background is close. */
  readonly loss: tf.Scalar;
  /** Mean number of close neighbors within the background. */
  readonly close: tf.Scalar;
  /** Share of samples all of whose background is close: they have nothing left to learn. */
  readonly allClose: tf.Scalar;
}

/**
 * @param logits `[batch, samples]`: similarity / temperature of each feature and each row of the bank.
 * @param close `[batch, samples]`, 1 for the members of the sample's clusters, itself among them, else 0.
 * @param background Number of nearest rows that are the background B, at most the number of samples; rows exactly as far
 * as the last one belong to it too.
 */
export function localAggregation(logits: tf.Tensor2D, close: tf.Tensor2D, background: number): LocalAggregation {
  const greatest = detached(logits, (own) => tf.max(own, 1, true));
  const near = detached(logits, (own) => {
    const { values } = tf.topk(own as tf.Tensor2D, background);
    return tf.cast(tf.greaterEqual(own, tf.slice(values, [0, background - 1], [-1, 1])), 'float32');
  });
  const both = tf.mul(near, close);
  // Relative to the greatest, so that nothing overflows; the ratio is the same, and so it is for any normalizer.
  const weights = tf.exp(tf.sub(logits, greatest));
  const ratio = tf.div(tf.sum(tf.mul(weights, both), 1), tf.sum(tf.mul(weights, near), 1));
  const found = tf.sum(both, 1);
  return {
    loss: tf.neg(tf.mean(tf.log(tf.add(ratio, EPSILON)))),
    close: tf.mean(found),
    allClose: tf.mean(tf.cast(tf.greaterEqual(found, tf.sum(near, 1)), 'float32')),
  };
}
