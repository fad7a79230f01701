/** Cross-entropy and accuracy of classifiers whose labels are class indices, -1 where there is none. */
import * as tf from '@tensorflow/tfjs-core';

export interface Classification {
  /** Mean cross-entropy in nats over the samples with a label; 0 without any. */
  readonly loss: tf.Scalar;
  /** Share of the samples with a label whose greatest logit is their class. */
  readonly accuracy: tf.Scalar;
}

/**
 * Softmax cross-entropy, loss = mean of -ln softmax(logits)[label], and accuracy.
 * @param logits `[samples, classes]`; equal ones give ln(classes).
 * @param labels int32 `[samples]`; samples with -1 count for nothing and get no gradient.
 */
export function classification(logits: tf.Tensor2D, labels: tf.Tensor1D): Classification {
  const classes = logits.shape[1];
  const targets = tf.cast(tf.equal(tf.expandDims(labels, 1), tf.range(0, classes, 1, 'int32')), 'float32');
  const count = tf.maximum(tf.sum(targets), 1);
  const right = tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32');
  return {
    loss: tf.div<tf.Scalar>(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets))), count),
    accuracy: tf.div<tf.Scalar>(tf.sum(right), count),
  };
}

/** The labels of a batch on the device: int32 `[samples]`. */
export const labelTensor = (labels: ArrayLike<number>): tf.Tensor1D => tf.tensor1d(Int32Array.from(labels), 'int32');
