/** Lightness and color of pictures as two inputs, and an encoder for each: Tian et al., "CMC" (ECCV 2020). */
import * as tf from '@tensorflow/tfjs-core';
import { LAB_RANGE, RGB_TO_XYZ, WHITE } from '../augment/lab.js';
import type { EncoderModule } from '../experiment/contracts.js';
import { variablesOf } from './variables.js';

/** Linear light relative to white, from sRGB: one row per channel of RGB. */
const TO_RELATIVE_XYZ = [0, 1, 2].map((from) =>
  RGB_TO_XYZ.map((row, to) => (row[from] as number) / (WHITE[to] as number)),
);
/** L, a and b from f(X), f(Y) and f(Z), before the offset of L. */
const TO_LAB = [
  [0, 500, 0],
  [116, -500, 200],
  [0, 0, -200],
];
const CENTER = LAB_RANGE.map(([low, high]) => (low + high) / 2);
const HALF_RANGE = LAB_RANGE.map(([low, high]) => (high - low) / 2);

/**
 * Lab of sRGB pictures with values in [0, 1], each channel shifted and scaled so that all colors of sRGB reach from -1
 * to 1: the same as `labOf`, for batches `[batch, height, width, 3]`. Not differentiable, as nothing before it learns.
 */
export function normalizedLab(images: tf.Tensor): tf.Tensor4D {
  return tf.tidy(() => {
    const bent = tf.pow(tf.div(tf.add(images, 0.055), 1.055), 2.4);
    const linear = tf.where(tf.greater(images, 0.04045), bent, tf.div(images, 12.92));
    const relative = tf.matMul(tf.reshape(linear, [-1, 3]), tf.tensor2d(TO_RELATIVE_XYZ));
    const straight = tf.add(tf.mul(relative, 7.787), 16 / 116);
    const f = tf.where(tf.greater(relative, 0.008856), tf.pow(tf.maximum(relative, 0), 1 / 3), straight);
    const lab = tf.add(tf.matMul(f as tf.Tensor2D, tf.tensor2d(TO_LAB)), tf.tensor1d([-16, 0, 0]));
    const normalized = tf.div(tf.sub(lab, tf.tensor1d(CENTER)), tf.tensor1d(HALF_RANGE));
    return tf.reshape(normalized, images.shape as [number, number, number, number]);
  });
}

/**
 * Takes sRGB pictures; its features are those of `lightness`, `[height, width, 1]`, followed by those of `color`,
 * `[height, width, 2]`, which must be as wide.
 */
export function labEncoder(lightness: EncoderModule, color: EncoderModule): EncoderModule {
  return {
    features: lightness.features + color.features,
    variables: () => variablesOf({ lightness, color }),
    apply: (images, mode) => {
      const [l, ab] = tf.split(normalizedLab(images), [1, 2], 3) as [tf.Tensor4D, tf.Tensor4D];
      return tf.concat([lightness.apply(l, mode), color.apply(ab, mode)], 1);
    },
  };
}
