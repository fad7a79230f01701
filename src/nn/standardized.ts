/** Pictures with zero mean and unit deviation, so that brightness and contrast tell a patch nothing of its neighbors. */
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderModule } from '../experiment/contracts.js';

/** Of flat pictures the noise is not blown up: deviations below 1 / 255 count as that. */
const leastVariance = (1 / 255) ** 2;

/** Each picture and channel by itself: `[batch, height, width, channels]`. */
export function standardizePictures(pictures: tf.Tensor): tf.Tensor4D {
  const centered = tf.sub(pictures, tf.mean(pictures, [1, 2], true));
  const variance = tf.mean(tf.square(centered), [1, 2], true);
  return tf.div(centered, tf.sqrt(tf.add(variance, leastVariance)));
}

/** An encoder that standardizes its pictures first. */
export function standardizedInputs(encoder: EncoderModule): EncoderModule {
  const { maps } = encoder;
  return {
    ...encoder,
    apply: (input, mode) => encoder.apply(standardizePictures(input), mode),
    maps: maps && { ...maps, apply: (input, mode) => maps.apply(standardizePictures(input), mode) },
  };
}
