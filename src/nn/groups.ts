/** Several pictures per sample (turned copies, tiles) as one batch, and back. */
import * as tf from '@tensorflow/tfjs-core';

/** `[batch, pictures, height, width, channels]` to `[batch * pictures, height, width, channels]`. */
export function allPictures(groups: tf.Tensor): tf.Tensor4D {
  const [batch, pictures, height, width, channels] = groups.shape as [number, number, number, number, number];
  return tf.reshape(groups, [batch * pictures, height, width, channels]);
}
