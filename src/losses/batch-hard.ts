/**
 * The batch-hard triplet loss with a soft margin: Hermans, Beyer & Leibe, "In defense of the triplet loss for person
 * re-identification" (2017); in S4L-Exemplar the copies of one picture are of one kind.
 */
import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../nn/l2-normalize.js';
import { far, unitDistances } from './unit-distances.js';

export interface BatchHard {
  /** Mean of ln(1 + exp(d⁺ - d⁻)); ln 2 where all vectors are alike. */
  readonly loss: tf.Scalar;
  /** Share of the vectors whose nearest other one is of their kind. */
  readonly accuracy: tf.Scalar;
  /** Mean distance to the farthest of their kind, and to the nearest of another. */
  readonly positiveDistance: tf.Scalar;
  readonly negativeDistance: tf.Scalar;
}

/**
 * Of each vector its farthest copy should be nearer than the nearest vector of another picture; distances are Euclidean,
 * not squared, between unit vectors.
 * @param vectors `[copies, dim]`, not normalized.
 * @param pictures Which picture each is a copy of, `[copies]`; two or more pictures, of each two or more copies.
 */
export function batchHard(vectors: tf.Tensor2D, pictures: tf.Tensor1D): BatchHard {
  const rows = vectors.shape[0];
  const distances = unitDistances(l2Normalize(vectors));
  const same = tf.cast(tf.equal(tf.expandDims(pictures, 1), pictures), 'float32');
  const self = tf.mul(tf.eye(rows), far);
  const others = tf.mul(tf.sub(1, same), far);
  const farthest = tf.max(tf.sub(distances, tf.add(others, self)), 1);
  const nearest = tf.min(tf.add(distances, tf.mul(same, far)), 1);
  const nearestCopy = tf.min(tf.add(distances, tf.add(others, self)), 1);
  return {
    loss: tf.mean<tf.Scalar>(tf.softplus(tf.sub(farthest, nearest))),
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.less(nearestCopy, nearest), 'float32')),
    positiveDistance: tf.mean<tf.Scalar>(farthest),
    negativeDistance: tf.mean<tf.Scalar>(nearest),
  };
}
