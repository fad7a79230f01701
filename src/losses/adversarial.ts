/**
 * The two sides of a game between a generator and a discriminator, from the discriminator's logits (above 0: it takes
 * the picture for real). Goodfellow et al., "Generative adversarial nets" (NeurIPS 2014), arXiv:1406.2661.
 */
import * as tf from '@tensorflow/tfjs-core';

/** -ln D(fake), the non-saturating form: ln 2 where the discriminator cannot tell. */
export function generatorLoss(fake: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(fake)));
}

/** -ln D(real) - ln(1 - D(fake)): 2 ln 2 where it cannot tell. */
export function discriminatorLoss(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
  return tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)));
}
