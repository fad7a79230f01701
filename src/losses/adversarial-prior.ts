/**
 * Matching a prior: codes are made to look like draws from it, by a discriminator that tries to tell them apart.
 * Makhzani et al., "Adversarial autoencoders" (2015), arXiv:1511.05644, as in Deep InfoMax.
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * What the discriminator minimizes: sp(-D(prior)) + sp(D(codes)), 2 ln 2 where it says 0 to all.
 * @param prior Logits for draws from the prior, `[batch, 1]`.
 * @param codes Logits for codes, `[batch, 1]`.
 */
export const discriminatorLoss = (prior: tf.Tensor, codes: tf.Tensor): tf.Scalar =>
  tf.add<tf.Scalar>(tf.mean(tf.softplus(tf.neg(prior))), tf.mean(tf.softplus(codes)));

/** What the encoder minimizes, non-saturating: sp(-D(codes)), ln 2 where the discriminator says 0. */
export const foolingLoss = (codes: tf.Tensor): tf.Scalar => tf.mean<tf.Scalar>(tf.softplus(tf.neg(codes)));

/**
 * Mean squared length of the discriminator's gradient at these points, `[batch, dim]`: keeps it smooth, so that the
 * encoder's gradient does not vanish. Roth et al. 2017, arXiv:1705.09367. The discriminator must be made of products and
 * ReLU: TensorFlow.js loses a part of the second derivative of functions whose gradient is told by their result, such as
 * sigmoid and tanh.
 */
export function gradientPenalty(discriminator: (points: tf.Tensor) => tf.Tensor, points: tf.Tensor): tf.Scalar {
  const slope = tf.grad((x) => tf.sum(discriminator(x)))(points);
  return tf.mean<tf.Scalar>(tf.sum(tf.square(slope), 1));
}
