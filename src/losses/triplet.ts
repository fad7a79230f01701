/**
 * Triplet loss with semi-hard negatives: Schroff, Kalenichenko & Philbin, "FaceNet" (CVPR 2015), arXiv:1503.03832, as
 * Sermanet et al., "Time-contrastive networks" (ICRA 2018), arXiv:1704.06888, use it within a sequence.
 */
import * as tf from '@tensorflow/tfjs-core';
import { detached } from '../nn/detached.js';

const FAR = 1e9;

/** Squared Euclidean distances within each group: `[groups, n, dim]` to `[groups, n, n]`; never negative. */
export function squaredDistances(x: tf.Tensor3D): tf.Tensor3D {
  const lengths = tf.sum(tf.square(x), 2, true);
  const products = tf.matMul(x, x, false, true);
  return tf.relu(tf.add(tf.sub(lengths, tf.mul(products, 2)), tf.transpose(lengths, [0, 2, 1])));
}

export interface Triplets {
  /** Scalar: mean over all pairs of an anchor and a positive of max(0, d(a, p) - d(a, n) + margin); 0 without pairs. */
  readonly loss: tf.Scalar;
  /** Share of all triplets whose negative is no farther than the positive; 0.5 for random rows, 1 for equal ones. */
  readonly violations: tf.Scalar;
  /** For each anchor and positive the chosen negative: int32 `[groups, n, n]`, of use only where they are a pair. */
  readonly chosen: tf.Tensor3D;
}

/**
 * The negative n of an anchor a and a positive p is the nearest one that is strictly farther than the positive; where
 * there is none, the farthest one. Which it is, is a constant. Of equally far ones the first is taken. Anchors without any
 * negative make no pairs.
 * @param distances `[groups, n, n]`, squared distances: row is the anchor.
 * @param positives `[groups, n, n]`, 1 where the column is a positive of the row, else 0.
 * @param negatives likewise.
 */
export function semiHardTriplets(
  distances: tf.Tensor3D,
  positives: tf.Tensor3D,
  negatives: tf.Tensor3D,
  margin: number,
): Triplets {
  const [groups, n] = distances.shape;
  const pairs = tf.mul(positives, tf.max(negatives, 2, true));
  const [toNegative, toPositive] = [
    (d: tf.Tensor) => tf.reshape(d, [groups, n, 1, n]),
    (d: tf.Tensor) => tf.reshape(d, [groups, n, n, 1]),
  ];
  const chosen = detached(distances, (d) => {
    const farther = tf.cast(tf.greater(toNegative(d), toPositive(d)), 'float32');
    const usable = tf.mul(farther, toNegative(negatives));
    const nearest = tf.argMin(tf.add(toNegative(d), tf.mul(tf.sub(1, usable), FAR)), 3);
    const farthest = tf.argMax(tf.sub(d, tf.mul(tf.sub(1, negatives), FAR)), 2);
    const some = tf.cast(tf.greater(tf.max(usable, 3), 0), 'int32');
    const other = tf.mul(tf.sub(tf.scalar(1, 'int32'), some), tf.reshape(farthest, [groups, n, 1]));
    return tf.add(tf.mul(some, nearest), other) as tf.Tensor3D;
  });
  const violations = detached(distances, (d) => {
    const triplets = tf.mul(toPositive(pairs), toNegative(negatives));
    const closer = tf.cast(tf.lessEqual(toNegative(d), toPositive(d)), 'float32');
    return ratio(tf.sum(tf.mul(triplets, closer)), tf.sum(triplets));
  });
  // The distance to the chosen one as a product, because gathering along a batch has no quick gradient.
  const selection = tf.reshape(tf.oneHot(tf.cast(tf.reshape(chosen, [-1]), 'int32'), n), [groups * n, n, n]);
  const selected = tf.reshape(tf.matMul(tf.cast(selection, 'float32'), tf.reshape(distances, [groups * n, n, 1])), [
    groups,
    n,
    n,
  ]);
  const hinge = tf.relu(tf.add(tf.sub(distances, selected), margin));
  return { loss: ratio(tf.sum(tf.mul(hinge, pairs)), tf.sum(pairs)), violations, chosen };
}

const ratio = (sum: tf.Tensor, count: tf.Tensor) => tf.div<tf.Scalar>(sum, tf.maximum(count, 1));
