/** Instance discrimination: Wu, Xiong, Yu & Lin (CVPR 2018). */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Every sample is a class of its own: loss = mean of -log softmax(logits)[own sample], ln n where all are alike.
 * @param logits `[batch, samples]`: similarity / temperature of each feature and each row of the bank.
 * @param indices Dataset index of each sample of the batch: its column.
 * @returns accuracy, the share whose own row is the most similar; probability, the mean of that of the own row.
 */
export function instanceSoftmax(
  logits: tf.Tensor2D,
  indices: Int32Array,
): { loss: tf.Scalar; accuracy: tf.Scalar; probability: tf.Scalar } {
  const own = tf.tensor1d(indices, 'int32');
  const mask = tf.oneHot(own, logits.shape[1]);
  const logProbability = tf.sum(tf.mul(tf.logSoftmax(logits), mask), 1);
  return {
    loss: tf.neg(tf.mean(logProbability)),
    accuracy: tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), own), 'float32')),
    probability: tf.mean(tf.exp(logProbability)),
  };
}
