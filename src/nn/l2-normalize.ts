import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows of length 1: x / sqrt(sum(x^2) + 1e-12) over the last axis. The small term keeps value and gradient finite for
 * rows of zeros, where a plain norm gives NaN.
 */
export function l2Normalize<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => tf.div<T>(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12))));
}
