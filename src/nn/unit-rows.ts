import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../experiment/random.js';

/** Rows of length 1 in random directions, `[rows, dimension]`: normalized Gaussian draws. */
export function unitRows(rows: number, dimension: number, random: Random): tf.Tensor2D {
  const values = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const draws = Float64Array.from({ length: dimension }, () => random.normal());
    const length = Math.hypot(...draws);
    values.set(
      draws.map((draw) => draw / length),
      row * dimension,
    );
  }
  return tf.tensor2d(values, [rows, dimension]);
}
