/** Multinomial logistic regression on fixed features. */
import * as tf from '@tensorflow/tfjs-core';
import type { Features } from '../experiment/contracts.js';
import { lbfgs } from './lbfgs.js';
import { argMaxRows } from './rows.js';

/** Weights `[dim, classes]` row by row, then biases `[classes]`. */
export type LogisticWeights = Float64Array;

export interface LogisticOptions {
  readonly classes: number;
  /** Factor of half the squared weights in the loss; biases are free. */
  readonly weightDecay: number;
  readonly steps: number;
  readonly start?: LogisticWeights;
  readonly signal?: AbortSignal;
}

/** Weights that minimize mean cross-entropy plus weight decay: a convex problem, so the start does not matter. */
export async function fitLogistic(data: Features, options: LogisticOptions): Promise<LogisticWeights> {
  const { classes, weightDecay, steps, signal } = options;
  const [rows, dim] = data.features.shape;
  const split = dim * classes;
  // Transposed once: a product with a transposed factor is slow on some engines.
  const [features, transposed, targets] = tf.tidy(() => [
    data.features.clone(),
    tf.transpose(data.features),
    tf.cast(tf.oneHot(tf.tensor1d(data.labels, 'int32'), classes), 'float32') as tf.Tensor2D,
  ]);
  try {
    return await lbfgs(
      options.start ?? new Float64Array(split + classes),
      async (point) => {
        const parts = tf.tidy(() => {
          const weights = tf.tensor2d(Float32Array.from(point.subarray(0, split)), [dim, classes]);
          const biases = tf.tensor1d(Float32Array.from(point.subarray(split)));
          const logProbabilities = tf.logSoftmax(tf.add(tf.matMul(features, weights), biases));
          const crossEntropy = tf.neg(tf.sum(tf.mul(logProbabilities, targets)));
          const residual = tf.sub<tf.Tensor2D>(tf.exp(logProbabilities), targets);
          // One tensor, so that the engine is read once.
          return tf.concat([
            tf.reshape(crossEntropy, [1]),
            tf.reshape(tf.matMul(transposed, residual), [split]),
            tf.sum(residual, 0) as tf.Tensor1D,
          ]);
        });
        const read = await parts.data();
        parts.dispose();
        const gradient = Float64Array.from(read.subarray(1), (v) => v / rows);
        let squares = 0;
        for (let i = 0; i < split; i++) {
          squares += (point[i] as number) ** 2;
          gradient[i]! += weightDecay * (point[i] as number);
        }
        return { value: (read[0] as number) / rows + (weightDecay / 2) * squares, gradient };
      },
      { steps, tolerance: 1e-5, signal },
    );
  } finally {
    tf.dispose([features, transposed, targets]);
  }
}

/** The most probable class of each row. */
export async function predictLogistic(
  features: tf.Tensor2D,
  weights: LogisticWeights,
  classes: number,
): Promise<Int32Array> {
  const dim = features.shape[1];
  const logits = tf.tidy(() =>
    tf.add(
      tf.matMul(features, tf.tensor2d(Float32Array.from(weights.subarray(0, dim * classes)), [dim, classes])),
      tf.tensor1d(Float32Array.from(weights.subarray(dim * classes))),
    ),
  );
  const values = await logits.data();
  logits.dispose();
  return argMaxRows(values, classes);
}
