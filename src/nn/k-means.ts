/** k-means: Lloyd, "Least squares quantization in PCM" (1982). */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../experiment/random.js';

/**
 * The cluster of each point, int32 `[points]`. Begins at points drawn at random; a cluster that loses all its points
 * begins anew at the point that is worst placed. Made of engine operations only, without a look at values, so it is
 * recorded and computed as one graph.
 * @param points `[points, dimension]`; unit vectors make it a clustering by cosine similarity.
 * @param clusters 1 or more, at most as many as points.
 */
export function kMeans(
  points: tf.Tensor2D,
  { clusters, iterations, random }: { readonly clusters: number; readonly iterations: number; readonly random: Random },
): tf.Tensor1D {
  const [count] = points.shape;
  if (clusters > count) throw new Error(`k-means cannot make ${clusters} clusters of ${count} points`);
  return tf.tidy(() => {
    const first = Int32Array.from(random.permutation(count).subarray(0, clusters));
    let centers = tf.gather<tf.Tensor2D>(points, first);
    for (let i = 0; i < iterations; i++) centers = means(points, closest(points, centers), clusters);
    return closest(points, centers).cluster;
  });
}

interface Placement {
  /** int32 `[points]`. */
  readonly cluster: tf.Tensor1D;
  /** `[points]`, grows as the distance to the center falls. */
  readonly fit: tf.Tensor1D;
}

/** Of |x - c|^2 = |x|^2 - 2 (x c - |c|^2 / 2) only the bracket depends on the center. */
function closest(points: tf.Tensor2D, centers: tf.Tensor2D): Placement {
  const half = tf.div(tf.sum(tf.square(centers), 1), 2);
  const fits = tf.sub<tf.Tensor2D>(tf.matMul(points, centers, false, true), half);
  const length = tf.div(tf.sum(tf.square(points), 1), 2);
  return { cluster: tf.argMax(fits, 1), fit: tf.sub(tf.max(fits, 1), length) };
}

function means(points: tf.Tensor2D, { cluster, fit }: Placement, clusters: number): tf.Tensor2D {
  const sums = tf.unsortedSegmentSum(points, cluster, clusters);
  const sizes = tf.unsortedSegmentSum(tf.ones<tf.Rank.R1>([points.shape[0]]), cluster, clusters);
  const empty = tf.equal(sizes, 0);
  // The first empty cluster takes the worst placed point, the second one the next, and so on.
  const worst = tf.topk(tf.neg(fit), clusters).indices;
  const turn = tf.maximum(tf.sub(tf.cumsum(tf.cast(empty, 'float32')), 1), 0);
  const anew = tf.gather(points, tf.gather(worst, tf.cast(turn, 'int32')));
  const mean = tf.div(sums, tf.reshape(tf.maximum(sizes, 1), [-1, 1]));
  return tf.where<tf.Tensor2D>(tf.reshape(empty, [-1, 1]), anew as tf.Tensor2D, mean as tf.Tensor2D);
}

/** Entropy of the sizes of clusters in nats: ln(clusters) where all are equally large, 0 where one has all points. */
export function sizeEntropy(cluster: tf.Tensor1D, clusters: number): tf.Scalar {
  return tf.tidy(() => {
    const [count] = cluster.shape;
    const share = tf.div(tf.unsortedSegmentSum(tf.ones<tf.Rank.R1>([count]), cluster, clusters), count);
    return tf.neg(tf.sum(tf.mul(share, tf.log(tf.maximum(share, 1e-12)))));
  });
}

/**
 * Share of the labelled points that belong to the most frequent class of their cluster; 0 without labels.
 * @param labels Class of each point, or -1.
 */
export function purity(cluster: tf.Tensor1D, clusters: number, labels: Int32Array, classes: number): tf.Scalar {
  return tf.tidy(() => {
    const known = tf.tensor1d(Float32Array.from(labels, (label) => (label < 0 ? 0 : 1)));
    const label = tf.tensor1d(
      labels.map((own) => Math.max(0, own)),
      'int32',
    );
    const cell = tf.add<tf.Tensor1D>(tf.mul(cluster, tf.scalar(classes, 'int32')), label);
    const counts = tf.reshape(tf.unsortedSegmentSum(known, cell, clusters * classes), [clusters, classes]);
    return tf.div(tf.sum(tf.max(counts, 1)), tf.maximum(tf.sum(known), 1));
  });
}
