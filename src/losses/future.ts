/**
 * Contrastive predictive coding: a prediction made from a context has to find the true future among other latents.
 * van den Oord, Li & Vinyals, "Representation learning with contrastive predictive coding" (2018), arXiv:1807.03748.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../experiment/random.js';
import { type Classification, classification } from './classification.js';

/** Latents of a batch: of signals moments (one column), of pictures a grid. */
export interface LatentGrid {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The true future of each context among all latents of the batch, in the order batch, row, column: of the context in
 * row r the latent of the same column in row r + ahead. int32 `[batch * (rows - ahead) * columns]`.
 */
export function futureLabels({ batch, rows, columns }: LatentGrid, ahead: number): Int32Array {
  const own = (rows - ahead) * columns;
  return Int32Array.from(
    { length: batch * own },
    (_, i) => Math.floor(i / own) * rows * columns + ahead * columns + (i % own),
  );
}

export interface Candidates {
  /** How many wrong candidates; all others of the pool where that is fewer. */
  readonly negatives: number;
  /** Whether they come from the whole batch, or from the same sample, which is harder. */
  readonly from: 'batch' | 'sample';
}

/** Far below any score, yet finite in float32: exp of it is 0. */
const EXCLUDED = -1e9;

/** How many candidates there are, with the true one: guessing finds it once in so many times. */
export const candidateCount = ({ batch, rows, columns }: LatentGrid, { negatives, from }: Candidates): number =>
  Math.min(negatives + 1, (from === 'batch' ? batch : 1) * rows * columns);

/**
 * Draws the candidates of each context, without repetition: 0 for those that are one, far below any score for all
 * others, to be added to the scores. The true future is always one, and appears once. Row by row as `labels`.
 */
export function drawCandidates(grid: LatentGrid, labels: Int32Array, chosen: Candidates, random: Random): Float32Array {
  const each = grid.rows * grid.columns;
  const all = grid.batch * each;
  const pool = chosen.from === 'batch' ? all : each;
  const count = candidateCount(grid, chosen);
  const mask = new Float32Array(labels.length * all).fill(EXCLUDED);
  labels.forEach((label, row) => {
    const start = chosen.from === 'batch' ? 0 : Math.floor(label / each) * each;
    const own = mask.subarray(row * all, (row + 1) * all);
    if (count === pool) own.fill(0, start, start + pool);
    own[label] = 0;
    for (let drawn = count === pool ? count : 1; drawn < count; ) {
      const candidate = start + random.integer(pool);
      if (own[candidate] === 0) continue;
      own[candidate] = 0;
      drawn++;
    }
  });
  return mask;
}

/** Products of each prediction with each latent: `[predictions, latents]`, both in the order batch, row, column. */
export function futureScores(predictions: tf.Tensor, latents: tf.Tensor): tf.Tensor2D {
  const rows = (x: tf.Tensor) => tf.reshape(x, [-1, x.shape.at(-1) as number]) as tf.Tensor2D;
  return tf.matMul(rows(predictions), rows(latents), false, true);
}

/**
 * Mean over the contexts of -ln( e^{true} / sum over candidates of e^{score} ), ln(candidates) where all are alike; and
 * how often the true future has the highest score. The softmax is over the latents for a given context.
 * @param scores `[contexts, latents]`. @param mask Of `drawCandidates`; default: all latents are candidates.
 */
export function futureLoss(scores: tf.Tensor2D, labels: Int32Array, mask?: tf.Tensor): Classification {
  return classification(mask === undefined ? scores : tf.add(scores, mask), tf.tensor1d(labels, 'int32'));
}
