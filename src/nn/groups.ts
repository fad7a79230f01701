/** Several pictures per sample (turned copies, tiles) as one batch. */
import * as tf from '@tensorflow/tfjs-core';

/** `[batch, pictures, height, width, channels]` to `[batch * pictures, height, width, channels]`. */
export function allPictures(groups: tf.Tensor): tf.Tensor4D {
  const [batch, pictures, height, width, channels] = groups.shape as [number, number, number, number, number];
  return tf.reshape(groups, [batch * pictures, height, width, channels]);
}

/** Each value as often as there are pictures of its sample: `[batch]` to `[batch * pictures]`. */
export function repeated(values: tf.Tensor1D, pictures: number): tf.Tensor1D {
  return tf.reshape(tf.tile(tf.expandDims(values, 1), [1, pictures]), [-1]);
}
