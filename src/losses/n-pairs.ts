/**
 * The N-pairs loss: Sohn, "Improved deep metric learning with multi-class N-pair loss objective" (NIPS 2016), with the
 * regularizer of the published code of Time-Contrastive Networks (arXiv:1704.06888).
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Each anchor has to find its positive among those of its group by inner products, neither normalized nor divided by a
 * temperature: cross-entropy of the rows of A Pᵀ against the diagonal, plus
 * 0.25 `regularization` (mean ‖a‖² + mean ‖p‖²), which keeps the lengths from growing.
 * @param anchors `[groups, pairs, dim]`.
 * @param positives `[groups, pairs, dim]`; row i belongs to row i of the anchors.
 * @param regularization published: 0.002.
 * @returns the loss, ln(pairs) and the regularizer where all rows are alike, and the share of anchors that find their
 * positive.
 */
export function nPairs(
  anchors: tf.Tensor3D,
  positives: tf.Tensor3D,
  regularization: number,
): { loss: tf.Scalar; accuracy: tf.Scalar } {
  const [groups, pairs] = anchors.shape;
  const logits = tf.reshape(tf.matMul(anchors, positives, false, true), [groups * pairs, pairs]) as tf.Tensor2D;
  const own = tf.tensor1d(Int32Array.from({ length: groups * pairs }, (_, i) => i % pairs));
  const crossEntropy = tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.oneHot(own, pairs), logits);
  const lengths = (rows: tf.Tensor3D) => tf.mean(tf.sum(tf.square(rows), 2));
  const penalty = tf.mul(tf.add(lengths(anchors), lengths(positives)), 0.25 * regularization);
  return {
    loss: tf.add<tf.Scalar>(crossEntropy, penalty),
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.equal(tf.argMax(logits, 1), own), 'float32')),
  };
}
