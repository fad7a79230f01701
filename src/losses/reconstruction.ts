/** How far pictures are off where that counts. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean of weight times squared difference over the elements whose weight is above 0; what is elsewhere does not matter.
 * @param weight `[batch, height, width, 1]`, for all channels.
 */
export function regionError(predicted: tf.Tensor4D, truth: tf.Tensor4D, weight: tf.Tensor4D): tf.Scalar {
  const channels = truth.shape[3];
  const elements = tf.mul(tf.sum(tf.cast(tf.greater(weight, 0), 'float32')), channels);
  return tf.div(tf.sum(tf.mul(tf.squaredDifference(predicted, truth), weight)), tf.maximum(elements, 1));
}

/** Peak signal-to-noise ratio in dB for values in [0, 1]: -10 log10 of the mean squared error. */
export function psnr(meanSquaredError: tf.Scalar): tf.Scalar {
  return tf.mul(tf.log(tf.maximum(meanSquaredError, 1e-10)), -10 / Math.LN10);
}
