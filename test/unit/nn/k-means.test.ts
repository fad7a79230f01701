import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { kMeans, purity, sizeEntropy } from '../../../src/nn/k-means.js';
import { draws, onBackends } from '../backends.js';

const cluster = (points: tf.Tensor, clusters: number, seed = 1, iterations = 10) => [
  ...kMeans(points as tf.Tensor2D, { clusters, iterations, random: Random.fromSeed(seed) }).dataSync(),
];

/** Sum of squared distances to the mean of the own cluster. */
function spread(points: number[][], assigned: number[]): number {
  let total = 0;
  for (const own of new Set(assigned)) {
    const members = points.filter((_, i) => assigned[i] === own);
    const mean = members[0]!.map((_, d) => members.reduce((sum, row) => sum + row[d]!, 0) / members.length);
    for (const row of members) total += row.reduce((sum, x, d) => sum + (x - mean[d]!) ** 2, 0);
  }
  return total;
}

onBackends('k-means', () => {
  it('finds clusters that are far apart, from one of a few beginnings', () => {
    const centers = tf.tensor2d([
      [0, 9],
      [9, 0],
      [-9, -9],
    ]);
    const points = tf.concat(tf.unstack(centers).map((center, i) => tf.add(tf.mul(draws(i, [8, 2]), 0.3), center)));
    const rows = points.arraySync() as number[][];
    const found = [1, 2, 3, 4, 5, 6].map((seed) => cluster(points, 3, seed));
    const best = found.reduce((a, b) => (spread(rows, b) < spread(rows, a) ? b : a));
    const groups = [best.slice(0, 8), best.slice(8, 16), best.slice(16)];
    for (const group of groups) expect(new Set(group).size).toBe(1);
    expect(new Set(best).size).toBe(3);
  });

  it('never spreads more with more iterations', () => {
    const points = draws(7, [60, 3]);
    const rows = points.arraySync() as number[][];
    const spreads = [0, 1, 2, 4, 8, 16].map((iterations) => spread(rows, cluster(points, 6, 2, iterations)));
    spreads.slice(1).forEach((value, i) => {
      expect(value).toBeLessThanOrEqual(spreads[i]! + 1e-3);
    });
  });

  it('begins an empty cluster anew at the point that is worst placed', () => {
    // Nine equal points and one far away: most beginnings leave clusters without points.
    const points = tf.concat([tf.ones([9, 2]), tf.fill([1, 2], 50)]);
    for (const seed of [1, 2, 3]) {
      const found = cluster(points, 2, seed);
      expect(found[9]).not.toBe(found[0]);
      expect(new Set(found.slice(0, 9)).size).toBe(1);
    }
  });

  it('is the same again for a seed', () => {
    const points = draws(3, [40, 4]);
    expect(cluster(points, 5, 9)).toEqual(cluster(points, 5, 9));
    expect(cluster(points, 5, 9)).not.toEqual(cluster(points, 5, 10));
    expect(() => cluster(points, 41)).toThrow('41 clusters of 40 points');
  });

  it('knows entropy of sizes and purity', () => {
    const assigned = tf.tensor1d([0, 0, 1, 1, 2, 2, 3, 3], 'int32');
    expect(sizeEntropy(assigned, 4).dataSync()[0]).toBeCloseTo(Math.log(4), 5);
    expect(sizeEntropy(tf.zeros<tf.Rank.R1>([8], 'int32'), 4).dataSync()[0]).toBeCloseTo(0, 5);
    // Three of four clusters are pure; the unlabelled point does not count.
    const labels = Int32Array.of(0, 0, 1, 1, 0, 1, 2, -1);
    expect(purity(assigned, 4, labels, 3).dataSync()[0]).toBeCloseTo(6 / 7, 5);
  });
});
