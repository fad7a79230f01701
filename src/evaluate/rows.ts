/** Small operations on matrices of feature rows that several evaluations share. */
import * as tf from '@tensorflow/tfjs-core';
import type { Features } from '../experiment/contracts.js';

/** The samples that have a label; the caller disposes the features. */
export function labelledRows({ features, labels }: Features): Features {
  const rows = Int32Array.from(labels.keys()).filter((i) => (labels[i] as number) >= 0);
  if (rows.length === labels.length) return { features: features.clone(), labels };
  return {
    features: tf.tidy(() => tf.gather(features, tf.tensor1d(rows, 'int32'))),
    labels: Int32Array.from(rows, (i) => labels[i] as number),
  };
}

/** Fraction of predictions that equal their label. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) right++;
  return right / labels.length;
}

/** Index of the greatest value of each row; the first one of equals. */
export function argMaxRows(values: ArrayLike<number>, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    let best = 0;
    for (let c = 1; c < columns; c++) {
      if ((values[row * columns + c] as number) > (values[row * columns + best] as number)) best = c;
    }
    return best;
  });
}

/** Calls `use` with consecutive ranges of at most `size` rows. */
export async function inChunks(
  rows: number,
  size: number,
  use: (from: number, count: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < rows; from += size) await use(from, Math.min(size, rows - from));
}
