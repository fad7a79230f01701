/**
 * The ranking loss of Wang & Gupta, "Unsupervised learning of visual representations using videos" (ICCV 2015),
 * arXiv:1505.00687: the first and the last patch of a track are nearer to each other than to patches of other videos.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../experiment/random.js';
import { detached } from '../nn/detached.js';
import { l2Normalize } from '../nn/l2-normalize.js';

const FAR = 1e9;

export interface RankingOptions {
  /** By how much a negative must be farther than the positive. */
  readonly margin: number;
  /** Negatives of each pair, at most all patches of other tracks. */
  readonly negatives: number;
  /** How many of them are the nearest ones to the anchor; the others are drawn by `random`. */
  readonly hard: number;
  /** Whether the last patch is an anchor too, with the same negatives. */
  readonly mirrored: boolean;
  readonly random: Random;
}

/**
 * Mean over pairs and negatives of max(0, D(x, x⁺) - D(x, x⁻) + margin), D = 1 - cosine; mirrored: the mean of this and
 * of the same with x⁺ in the place of x. Which negatives are chosen is a constant.
 * @param first `[pairs, dim]`, the first patch of each track.
 * @param last `[pairs, dim]`, the last patch of each track.
 */
export function trackRanking(
  first: tf.Tensor2D,
  last: tf.Tensor2D,
  { margin, negatives, hard, mirrored, random }: RankingOptions,
): tf.Scalar {
  const pairs = first.shape[0];
  const patches = tf.concat([l2Normalize(first), l2Normalize(last)]) as tf.Tensor2D;
  const [x, partner] = tf.split(patches, 2) as [tf.Tensor2D, tf.Tensor2D];
  const positive = tf.sub(1, tf.sum(tf.mul(x, partner), 1, true));
  const toAll = (anchors: tf.Tensor2D) => tf.sub<tf.Tensor2D>(1, tf.matMul(anchors, patches, false, true));
  const distances = toAll(x);
  const count = Math.min(negatives, 2 * pairs - 2);
  const chosen = detached(distances, (d) => chooseNegatives(d as tf.Tensor2D, count, Math.min(hard, count), random));
  const hinge = (d: tf.Tensor2D) => tf.relu(tf.add(tf.sub(positive, d), margin));
  const terms = mirrored ? tf.div(tf.add(hinge(distances), hinge(toAll(partner))), 2) : hinge(distances);
  return tf.div<tf.Scalar>(tf.sum(tf.mul(terms, chosen)), count * pairs);
}

/** `[pairs, 2 pairs]`: 1 for the `hard` nearest patches of other tracks and for others drawn at random. */
function chooseNegatives(distances: tf.Tensor2D, count: number, hard: number, random: Random): tf.Tensor2D {
  const [pairs, patches] = distances.shape;
  const own = ownTrack(pairs);
  let chosen = tf.zeros<tf.Rank.R2>([pairs, patches]);
  const add = (scores: tf.Tensor, k: number) => {
    if (k === 0) return;
    const { indices } = tf.topk(tf.sub(scores, tf.mul(tf.add(own, chosen), FAR)), k);
    chosen = tf.add(chosen, tf.sum(tf.cast(tf.oneHot(tf.cast(indices, 'int32'), patches), 'float32'), 1));
  };
  add(tf.neg(distances), hard);
  if (count > hard) {
    const noise = Float32Array.from({ length: pairs * patches }, () => random.uniform());
    add(tf.tensor(noise, [pairs, patches]), count - hard);
  }
  return chosen;
}

/** `[pairs, 2 pairs]`: 1 for the patches of the row's own track. */
export function ownTrack(pairs: number): tf.Tensor2D {
  return tf.concat([tf.eye(pairs), tf.eye(pairs)], 1) as tf.Tensor2D;
}
