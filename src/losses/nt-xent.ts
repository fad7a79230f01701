/**
 * NT-Xent, the normalized temperature-scaled cross-entropy of SimCLR: Chen, Kornblith, Norouzi & Hinton, "A simple
 * framework for contrastive learning of visual representations" (ICML 2020).
 */
import * as tf from '@tensorflow/tfjs-core';
import { l2Normalize } from '../nn/l2-normalize.js';

/** Far below any similarity / temperature, yet finite in float32: exp of it is 0. */
const MASKED = 1e9;

/**
 * Each view has to find the other view of its picture among all other 2N - 1 views:
 * loss = mean over i of -log( exp(s(i, i±N) / t) / sum over k != i of exp(s(i, k) / t) ), s the cosine similarity.
 * @param z `[2N, dimensions]`, not normalized; rows i and i + N are the two views of picture i.
 * @param temperature t > 0; published: 0.5 for CIFAR-10, 0.1 for ImageNet.
 * @returns loss in nats, ln(2N - 1) where all rows are alike; accuracy, the share of views whose most similar view is
 * the right one, 1 / (2N - 1) for random rows; mean cosine similarity of the two views of a picture.
 */
export function ntXent(
  z: tf.Tensor2D,
  temperature: number,
): { loss: tf.Scalar; accuracy: tf.Scalar; positiveSimilarity: tf.Scalar } {
  const [rows] = z.shape;
  if (rows < 2 || rows % 2 !== 0) throw new Error(`ntXent takes an even number of rows, 2 or more, not ${rows}`);
  const pairs = rows / 2;
  const unit = l2Normalize(z);
  const similarity = tf.div<tf.Tensor2D>(tf.matMul(unit, unit, false, true), temperature);
  const logits = tf.sub<tf.Tensor2D>(similarity, tf.mul(tf.eye(rows), MASKED));
  const partner = tf.tensor1d(Int32Array.from({ length: rows }, (_, i) => (i + pairs) % rows));
  const loss = tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.oneHot(partner, rows), logits);
  const positive = tf.sum(tf.mul(tf.slice(unit, 0, pairs), tf.slice(unit, pairs, pairs)), 1);
  const found = tf.argMax(logits, 1);
  return {
    loss,
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.equal(found, partner), 'float32')),
    positiveSimilarity: tf.mean<tf.Scalar>(positive),
  };
}
