import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../nn/l2-normalize.js';
import type { SimilarityBlock, Tile } from '../protocol/figure.js';

/**
 * A batch compared with itself: the positive of row i is its other view, n rows away among 2n, and no row is compared
 * with itself. Disposes `vectors`, `[2n, dim]`.
 */
export async function similarityFigure(options: {
  readonly title: string;
  readonly vectors: tf.Tensor2D;
  readonly tiles: readonly Tile[];
  readonly temperature: number;
}): Promise<SimilarityBlock> {
  const { title, vectors, tiles, temperature } = options;
  const rows = vectors.shape[0];
  const cosines = tf.tidy(() => {
    const unit = l2Normalize(vectors);
    return tf.matMul(unit, unit, false, true);
  });
  const values = (await cosines.data()) as Float32Array;
  tf.dispose([vectors, cosines]);
  const each = (value: (row: number) => number) => Int32Array.from({ length: rows }, (_, row) => value(row));
  return {
    kind: 'similarity',
    title,
    anchors: tiles,
    candidates: tiles,
    values: Float32Array.from(values),
    positives: each((row) => (row + rows / 2) % rows),
    excluded: each((row) => row),
    temperature,
  };
}
