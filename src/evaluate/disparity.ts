/** Disparities against ground truth, in pixels; NaN in the truth is unknown and does not count. */
import * as tf from '@tensorflow/tfjs-core';
import type { Samples, StereoPair } from '../experiment/contracts.js';

/** A disparity off by more than this is wrong. KITTI's D1 takes 3 at 1242 pixels of width; these pictures are small. */
const WRONG = 1;

/** Pairs that the baseline is computed on: more would not move a median. */
const BASELINE_PAIRS = 200;

/** True disparities `[batch, height, width, 1]`, or undefined unless all samples have them. */
export function trueDisparities(samples: Samples<StereoPair>, indices: ArrayLike<number>): tf.Tensor4D | undefined {
  const maps: tf.Tensor[] = [];
  for (const index of Array.from(indices)) {
    const { disparity } = samples.get(index);
    if (disparity === undefined) return undefined;
    maps.push(tf.tensor(disparity.data, [...disparity.shape, 1], 'float32'));
  }
  return tf.stack(maps) as tf.Tensor4D;
}

/** Mean |d - d*|, and D1: the part of pixels where that is above 1. */
export function disparityErrors(predicted: tf.Tensor, truth: tf.Tensor): { error: tf.Scalar; d1: tf.Scalar } {
  const known = tf.logicalNot(tf.isNaN(truth));
  const weight = tf.cast(known, 'float32');
  const difference = tf.abs(tf.sub(predicted, tf.where(known, truth, tf.zerosLike(truth))));
  const mean = (values: tf.Tensor) => tf.div<tf.Scalar>(tf.sum(tf.mul(values, weight)), tf.maximum(tf.sum(weight), 1));
  return { error: mean(difference), d1: mean(tf.cast(tf.greater(difference, WRONG), 'float32')) };
}

/**
 * What saying the same everywhere reaches: the errors of the best constant for each of both measures, the median for
 * the mean error. Undefined where nothing is known.
 */
export function bestConstant(samples: Samples<StereoPair>): { error: number; d1: number } | undefined {
  const values: number[] = [];
  for (let i = 0; i < Math.min(BASELINE_PAIRS, samples.length); i++)
    for (const d of samples.get(i).disparity?.data ?? []) if (!Number.isNaN(d)) values.push(d);
  if (values.length === 0) return undefined;
  const sorted = Float32Array.from(values).sort();
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  const error = sorted.reduce((sum, d) => sum + Math.abs(d - median), 0) / sorted.length;
  // The window of twice the tolerance with the most values in it.
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while ((sorted[to] as number) - (sorted[from] as number) > 2 * WRONG) from++;
    most = Math.max(most, to - from + 1);
  }
  return { error, d1: 1 - most / sorted.length };
}

/**
 * Disparities without the shades left of things: the mean of the prediction and of that for the mirrored picture,
 * mirrored back; at the left border the latter alone, at the right border the former (ramps from 5 to 10 % of the width).
 */
export function postProcessed(left: tf.Tensor4D, predict: (left: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
  const width = left.shape[2];
  const own = predict(left);
  const other = tf.reverse(predict(tf.reverse(left, 2) as tf.Tensor4D), 2);
  const across = Float32Array.from({ length: width }, (_, x) => {
    const ramp = (place: number) => 1 - Math.min(1, Math.max(0, 20 * (place - 0.05)));
    const place = x / Math.max(1, width - 1);
    // Share of the mirrored prediction: 1 at the left, 0 at the right, else half.
    return 0.5 + 0.5 * ramp(place) - 0.5 * ramp(1 - place);
  });
  const share = tf.tensor(across, [1, 1, width, 1]);
  return tf.add(tf.mul(own, tf.sub(1, share)), tf.mul(other, share)) as tf.Tensor4D;
}
