import * as tf from '@tensorflow/tfjs-core';

export interface MaskedCrossEntropy {
  /** Scalar, in nats. */
  readonly loss: tf.Scalar;
  /** Part of the slots whose greatest logit is the true one, by the same weights; a constant. */
  readonly accuracy: tf.Scalar;
}

/**
 * Cross-entropy of the slots that count: sum of w (-ln p[truth]) / (sum of w + 1e-5). With zero logits ln V.
 * As in the published code of BERT (Devlin et al. 2019), where unused slots have weight 0.
 * @param logits `[slots, V]`
 * @param truth int32 `[slots]`
 * @param weights `[slots]`, 1 or 0
 */
export function maskedCrossEntropy(logits: tf.Tensor2D, truth: tf.Tensor1D, weights: tf.Tensor1D): MaskedCrossEntropy {
  return tf.tidy(() => {
    const total = tf.add(tf.sum(weights), 1e-5);
    const own = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(truth, logits.shape[1])), 1);
    const right = tf.cast(tf.equal(tf.argMax(logits, 1), truth), 'float32');
    return {
      loss: tf.neg(tf.div(tf.sum(tf.mul(own, weights)), total)) as tf.Scalar,
      accuracy: tf.div(tf.sum(tf.mul(right, weights)), total) as tf.Scalar,
    };
  }) as unknown as MaskedCrossEntropy;
}
