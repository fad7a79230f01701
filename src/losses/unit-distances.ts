import * as tf from '@tensorflow/tfjs-core';

/** Added to a distance, it makes it larger than any of two unit vectors: not near, not drawn, and of no cost. */
export const far = 1e3;

/**
 * Euclidean distances, 0 to 2, of all pairs of unit vectors: `[..., count, dim]` to `[..., count, count]`. Never quite 0, where
 * the root has no finite slope.
 */
export function unitDistances<T extends tf.Tensor>(unit: T): T {
  return tf.sqrt(tf.maximum(tf.sub(2, tf.mul(2, tf.matMul(unit, unit, false, true))), 1e-12));
}
