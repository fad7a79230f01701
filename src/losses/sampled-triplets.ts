/**
 * Triplets drawn by how hard they are, with a soft margin: the other mining that the authors of S4L-Exemplar have in
 * their code (Zhai, Oliver, Kolesnikov & Beyer 2019, `sample_pos` and `sample_neg` of `batch_hard`).
 */
import * as tf from '@tensorflow/tfjs-core';
import { detached } from '../nn/detached.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { far, unitDistances } from './unit-distances.js';

/**
 * For each vector one of its copies is drawn with a probability that grows with its distance, ∝ exp(d⁺), and one vector of
 * another picture with one that falls, ∝ exp(-d⁻); the loss ln(1 + exp(d⁺ - d⁻)) is expected over both draws, so nothing is
 * left to chance. No gradient goes through the probabilities. Distances are Euclidean, not squared, between unit vectors.
 *
 * Under strong views the hardest triplets of `batchHard` often end with one vector for all; drawn ones did not.
 * @param vectors `[copies * pictures, dim]`, the copies of each picture one after the other; not normalized.
 * @param pictures Which picture each is a copy of, `[copies * pictures]`. What has the same number is no negative, even where
 *   it stands apart.
 * @param copies Of each picture, 2 or more.
 * @returns The mean; ln 2 where all vectors are alike, 0 where there is one picture only.
 */
export function sampledTriplets(vectors: tf.Tensor2D, pictures: tf.Tensor1D, copies: number): tf.Scalar {
  const [rows, dim] = vectors.shape;
  const unit = l2Normalize(vectors);
  const groups = tf.reshape(unit, [rows / copies, copies, dim]);
  const own = tf.reshape(unitDistances(groups), [rows, copies]);
  const self = tf.tile(tf.eye(copies), [rows / copies, 1]);
  const same = tf.cast(tf.equal(tf.expandDims(pictures, 1), pictures), 'float32');
  const others = tf.add(unitDistances(unit), tf.mul(same, far));
  const positive = detached(own, (d) => tf.softmax(tf.sub(d, tf.mul(self, far))));
  const negative = detached(others, (d) => tf.softmax(tf.neg(d)));
  // [rows, copies, rows]: each copy beside each other vector.
  const losses = tf.softplus(tf.sub(tf.expandDims(own, 2), tf.expandDims(others, 1)));
  const drawn = tf.mul(tf.expandDims(positive, 2), tf.expandDims(negative, 1));
  return tf.div(tf.sum(tf.mul(losses, drawn)), rows);
}
