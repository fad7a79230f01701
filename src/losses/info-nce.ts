/**
 * InfoNCE: the right candidate among wrong ones, as a softmax. van den Oord, Li & Vinyals, "Representation learning with
 * contrastive predictive coding" (2018, arXiv:1807.03748); against a queue: He et al., MoCo (CVPR 2020).
 */
import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../nn/l2-normalize.js';

export interface InfoNce {
  /** In nats. */
  readonly loss: tf.Scalar;
  /** Share of rows whose positive is more similar than every negative. */
  readonly accuracy: tf.Scalar;
}

/**
 * loss = mean of -log( exp(p / t) / (exp(p / t) + sum over k of exp(n_k / t)) ); ln(1 + K) where all are alike.
 * @param positive `[rows]`, similarity of each row to what it belongs to.
 * @param negatives `[rows, K]`, similarities to what it does not belong to.
 * @param temperature t > 0; published: 0.07 for InstDisc and MoCo v1, 0.2 for MoCo v2.
 */
export function infoNce(positive: tf.Tensor1D, negatives: tf.Tensor2D, temperature: number): InfoNce {
  const logits = tf.div(tf.concat([tf.reshape(positive, [-1, 1]), negatives], 1), temperature);
  const first = tf.slice(tf.logSoftmax(logits), [0, 0], [-1, 1]);
  return {
    loss: tf.neg(tf.mean(first)),
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.greater(positive, tf.max(negatives, 1)), 'float32')),
  };
}

/**
 * Two views of each sample of a batch have to find each other among the other samples' views: the mean of both
 * directions, ln(rows) where all are alike. A task that needs neither queue nor bank, so it can be set with held-out
 * samples too.
 * @param first `[rows, dim]`, not normalized. @param second Likewise; row i belongs to row i of `first`.
 */
export function mutualInfoNce(
  first: tf.Tensor2D,
  second: tf.Tensor2D,
  temperature: number,
): InfoNce & { readonly positiveSimilarity: tf.Scalar } {
  const [rows] = first.shape;
  const similarity = tf.matMul(l2Normalize(first), l2Normalize(second), false, true);
  const own = tf.eye(rows);
  const positive = tf.sum<tf.Tensor1D>(tf.mul(similarity, own), 1);
  const logits = tf.div<tf.Tensor2D>(similarity, temperature);
  const loss = (scores: tf.Tensor2D) => tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(scores), own)), rows));
  // Cosines end at 1, so a row less 4 loses against all others.
  const others = tf.sub<tf.Tensor2D>(similarity, tf.mul(own, 4));
  const found = (axis: 0 | 1) => tf.mean(tf.cast(tf.greater(positive, tf.max(others, axis)), 'float32'));
  return {
    loss: tf.div(tf.add(loss(logits), loss(tf.transpose(logits))), 2),
    accuracy: tf.div(tf.add(found(0), found(1)), 2),
    positiveSimilarity: tf.mean<tf.Scalar>(positive),
  };
}
