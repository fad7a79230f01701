/**
 * Spatial soft-arg-max: where each channel of a feature map is active. Levine, Finn, Darrell & Abbeel, "End-to-end
 * training of deep visuomotor policies" (JMLR 2016), arXiv:1504.00702.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import { BIAS, constantVariable } from './variables.js';

/**
 * `[batch, height, width, channels]` to `[batch, 2 channels]`: for each channel the expected column and row under the
 * softmax of its values over all places, both from -1 (left, top) to 1; first all columns, then all rows. The values are
 * divided by a learned temperature, which starts at 1.
 */
export function spatialSoftArgMax(): Module {
  const temperature = constantVariable('temperature', [1], 1, BIAS);
  return {
    variables: () => [temperature],
    apply: (input) =>
      tf.tidy(() => {
        const [batch, height, width, channels] = input.shape as [number, number, number, number];
        const places = height * width;
        const byChannel = tf.transpose(tf.reshape(input, [batch, places, channels]), [0, 2, 1]);
        const logits = tf.div(tf.reshape(byChannel, [batch * channels, places]), temperature.variable);
        const expected = tf.matMul(tf.softmax(logits as tf.Tensor2D), gridPositions(height, width));
        return tf.reshape(tf.transpose(tf.reshape(expected, [batch, channels, 2]), [0, 2, 1]), [batch, 2 * channels]);
      }),
  };
}

/** Column and row of each place, `[height width, 2]`, from -1 to 1; 0 along an axis with one place. */
function gridPositions(height: number, width: number): tf.Tensor2D {
  const along = (i: number, length: number) => (length === 1 ? 0 : (2 * i) / (length - 1) - 1);
  const places = Array.from({ length: height * width }, (_, i) => [
    along(i % width, width),
    along(Math.floor(i / width), height),
  ]);
  return tf.tensor2d(places);
}
