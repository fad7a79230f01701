/** Layer normalization: Ba, Kiros & Hinton, "Layer normalization" (2016), arXiv:1607.06450. */
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import { BIAS, constantVariable } from './variables.js';

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5; BERT's published code has 1e-12. */
  readonly epsilon?: number;
  /**
   * What is normalized together: the channels of each position by themselves (default), or all that belongs to a sample,
   * positions and channels. Never anything of another sample, so nothing leaks between them as it does with batch norm.
   */
  readonly over?: 'channels' | 'sample';
}

/**
 * Normalizes `[batch, ..., channels]` to mean 0 and (population) variance 1, then scales and shifts each channel; the
 * same in training and inference.
 */
export function layerNorm(channels: number, { epsilon = 1e-5, over = 'channels' }: LayerNormOptions = {}): Module {
  const scale = constantVariable('scale', [channels], 1, BIAS);
  const offset = constantVariable('offset', [channels], 0, BIAS);
  return {
    variables: () => [scale, offset],
    apply: (input) =>
      tf.tidy(() => {
        const width = over === 'channels' ? channels : input.shape.slice(1).reduce((product, n) => product * n, 1);
        const rows = normalizeRows(tf.reshape(input, [-1, width]), epsilon);
        const normal = tf.reshape(rows, input.shape);
        return tf.add(tf.mul(normal, scale.variable), offset.variable);
      }),
  };
}

/**
 * Each row of `[rows, width]` with mean 0 and variance 1. Its gradient is written out, as in batch-norm.ts: with
 * normalized x^ and the inverse deviation s, d x = s (dy - mean(dy) - x^ mean(dy x^)).
 */
function normalizeRows(rows: tf.Tensor2D, epsilon: number): tf.Tensor2D {
  const operation = tf.customGrad((...args: (tf.Tensor | ((tensors: tf.Tensor[]) => void))[]) => {
    const [x, save] = args as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const centered = tf.sub(x, tf.mean(x, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon));
    const normal = tf.mul(centered, inverse);
    save([normal, inverse]);
    return {
      value: normal,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normal, inverse] = saved as [tf.Tensor, tf.Tensor];
        const along = tf.mul(normal, tf.mean(tf.mul(dy, normal), 1, true));
        return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, 1, true)), along), inverse);
      },
    };
  });
  return operation(rows) as tf.Tensor2D;
}
