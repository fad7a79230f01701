/** Encoders that see no color. */
import * as tf from '@tensorflow/tfjs-core';
import { RGB_TO_XYZ } from '../augment/lab.js';
import type { EncoderModule, Mode } from '../experiment/contracts.js';

/** Lightness of CIE Lab, 0 to 100, of sRGB pictures in [0, 1]: `[batch, height, width, 3]` to `[…, 1]`. */
export function lightness(pictures: tf.Tensor): tf.Tensor4D {
  const dark = tf.lessEqual(pictures, 0.04045);
  const linear = tf.where(dark, tf.div(pictures, 12.92), tf.pow(tf.div(tf.add(pictures, 0.055), 1.055), 2.4));
  const y = tf.sum(tf.mul(linear, tf.tensor1d([...RGB_TO_XYZ[1]])), 3, true);
  // The cube root has no kernel of its own; what it gives for 0 is not used.
  const root = tf.pow(tf.maximum(y, 1e-6), 1 / 3);
  const f = tf.where(tf.greater(y, 0.008856), root, tf.add(tf.mul(y, 7.787), 16 / 116));
  return tf.sub(tf.mul(f, 116), 16) as tf.Tensor4D;
}

/** The encoder, which takes one channel, on the lightness of color pictures: L from 0 to 100 as -1 to 1. */
export function ofLightness(encoder: EncoderModule): EncoderModule {
  const seen = (pictures: tf.Tensor) => tf.sub(tf.div(lightness(pictures), 50), 1);
  const { maps } = encoder;
  return {
    features: encoder.features,
    variables: () => encoder.variables(),
    apply: (pictures, mode: Mode) => encoder.apply(seen(pictures), mode),
    maps: maps && { stages: maps.stages, apply: (pictures, mode) => maps.apply(seen(pictures), mode) },
  };
}
