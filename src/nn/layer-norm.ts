/** Layer normalization: Ba, Kiros & Hinton, "Layer normalization" (2016), arXiv:1607.06450. */
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import { BIAS, constantVariable } from './variables.js';

/**
 * Normalizes each row of the last axis, `width` wide, by its own mean and (population) variance, then scales and shifts.
 * Rows do not see each other, so training and inference are the same.
 * @param options.epsilon Added to the variance. Default 1e-5; BERT's published code has 1e-12.
 */
export function layerNorm(width: number, { epsilon = 1e-5 }: { readonly epsilon?: number } = {}): Module {
  const scale = constantVariable('scale', [width], 1, BIAS);
  const offset = constantVariable('offset', [width], 0, BIAS);
  return {
    variables: () => [scale, offset],
    apply: (input) =>
      tf.tidy(() => {
        const rows = tf.reshape(input, [-1, width]) as tf.Tensor2D;
        return tf.reshape(normalize(rows, scale.variable, offset.variable, epsilon), input.shape);
      }),
  };
}

/** Keeps tensors for the gradient. */
type Save = (tensors: tf.Tensor[]) => void;

/**
 * scale x^ + offset with x^ = (x - mean) / sqrt(variance + epsilon). The gradient is written out, because that takes a
 * third of the passes over memory that the gradients of the single operations take; with g = scale dy, row by row:
 *   d x = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon),   d scale = sum(dy x^),   d offset = sum(dy).
 */
function normalize(rows: tf.Tensor2D, scale: tf.Tensor, offset: tf.Tensor, epsilon: number): tf.Tensor {
  const operation = tf.customGrad((...args: (tf.Tensor | Save)[]) => {
    const [x, gamma, beta, save] = args as [tf.Tensor2D, tf.Tensor, tf.Tensor, Save];
    const centered = tf.sub(x, tf.mean(x, 1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon));
    const normalized = tf.mul(centered, inverse);
    save([normalized, inverse, gamma]);
    return {
      value: tf.add(tf.mul(normalized, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [normalized, inverse, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const g = tf.mul(dy, gamma);
        const slope = tf.mean(tf.mul(g, normalized), 1, true);
        const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, 1, true)), tf.mul(normalized, slope)), inverse);
        return [dx, tf.sum(tf.mul(dy, normalized), 0), tf.sum(dy, 0)];
      },
    };
  });
  return operation(rows, scale, offset);
}
