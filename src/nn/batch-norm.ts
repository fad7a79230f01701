/** Batch normalization: Ioffe & Szegedy, "Batch normalization" (ICML 2015). */
import * as tf from '@tensorflow/tfjs-core';
import type { Mode, Module } from '../experiment/contracts.js';
import { BIAS, constantVariable, STATISTIC } from './variables.js';

export interface BatchNormOptions {
  /** Share of the old running average that is kept at each step. Default 0.9 (PyTorch calls it 0.1). */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Learn a scale and an offset. Default true. */
  readonly affine?: boolean;
}

/**
 * Normalizes over all axes but the last, `channels` wide. In training with the mean and (population) variance of the
 * batch (of each of its parts, with `normSplits`), which also move the running averages; else with those averages.
 */
export function batchNorm(
  channels: number,
  { momentum = 0.9, epsilon = 1e-5, affine = true }: BatchNormOptions = {},
): Module {
  const mean = constantVariable('mean', [channels], 0, STATISTIC);
  const variance = constantVariable('variance', [channels], 1, STATISTIC);
  const scale = affine ? constantVariable('scale', [channels], 1, BIAS) : undefined;
  const offset = affine ? constantVariable('offset', [channels], 0, BIAS) : undefined;
  const follow = (average: tf.Variable, value: tf.Tensor) =>
    average.assign(tf.add(tf.mul(average, momentum), tf.mul(value, 1 - momentum)));

  return {
    variables: () => [mean, variance, scale, offset].filter((named) => named !== undefined),
    apply: (input: tf.Tensor, { training, normSplits = 1 }: Mode) =>
      tf.tidy(() => {
        const rows = tf.reshape(input, [-1, channels]) as tf.Tensor2D;
        const gamma = scale?.variable ?? tf.ones([channels]);
        const beta = offset?.variable ?? tf.zeros([channels]);
        if (!training) {
          const factor = tf.mul(gamma, tf.rsqrt(tf.add(variance.variable, epsilon)));
          return tf.add(tf.mul(input, factor), tf.sub(beta, tf.mul(mean.variable, factor)));
        }
        const parts = split(rows, input.shape[0] as number, normSplits);
        const found = parts.map(statistics);
        follow(mean.variable, average(found.map((part) => part.mean)));
        follow(variance.variable, average(found.map((part) => part.variance)));
        const normalized = parts.map((part, i) => normalize(part, gamma, beta, found[i] as Statistics, epsilon));
        return tf.reshape(normalized.length === 1 ? (normalized[0] as tf.Tensor) : tf.concat(normalized), input.shape);
      }),
  };
}

/** Keeps tensors for the gradient. */
type Save = (tensors: tf.Tensor[]) => void;

interface Statistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** The rows of each part of the batch. */
function split(rows: tf.Tensor2D, batch: number, parts: number): tf.Tensor2D[] {
  if (batch % parts !== 0)
    throw new Error(
      `batch norm cannot split ${batch} samples into ${parts} equal parts: take a number that divides it`,
    );
  return parts === 1 ? [rows] : tf.split(rows, parts);
}

const average = (values: tf.Tensor[]): tf.Tensor =>
  values.length === 1 ? (values[0] as tf.Tensor) : tf.div(tf.addN(values), values.length);

function statistics(rows: tf.Tensor2D): Statistics {
  const mean = tf.mean(rows, 0);
  return { mean, variance: tf.mean(tf.squaredDifference(rows, mean), 0) };
}

/**
 * scale (rows - mean) / sqrt(variance + epsilon) + offset. The gradient goes through the statistics too, although they
 * are given: they are those of `rows`. Written out, because it takes a third of the passes over memory that the
 * gradients of the single operations take; with n rows, normalized x^ and factor = scale / sqrt(variance + epsilon):
 *   d rows = factor (dy - sum(dy) / n - x^ sum(dy x^) / n),   d scale = sum(dy x^),   d offset = sum(dy).
 */
function normalize(
  rows: tf.Tensor2D,
  scale: tf.Tensor,
  offset: tf.Tensor,
  { mean, variance }: Statistics,
  epsilon: number,
): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const operation = tf.customGrad((...args: (tf.Tensor | Save)[]) => {
    const [x, gamma, beta, save] = args as [tf.Tensor2D, tf.Tensor, tf.Tensor, Save];
    const factor = tf.mul(gamma, inverse);
    save([x, factor, mean, inverse]);
    return {
      value: tf.add(tf.mul(x, factor), tf.sub(beta, tf.mul(mean, factor))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, factor, mean, inverse] = saved as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.Tensor];
        const [count] = x.shape;
        const sum = tf.sum(dy, 0);
        const sumNormalized = tf.mul(tf.sub(tf.sum(tf.mul(dy, x), 0), tf.mul(mean, sum)), inverse);
        // d rows = factor (dy - x slope + constant)
        const slope = tf.div(tf.mul(inverse, sumNormalized), count);
        const constant = tf.sub(tf.mul(mean, slope), tf.div(sum, count));
        const dx = tf.mul(tf.add(tf.sub(dy, tf.mul(x, slope)), constant), factor);
        return [dx, sumNormalized, sum];
      },
    };
  });
  return operation(rows, scale, offset);
}
