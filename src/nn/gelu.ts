/** The Gaussian error linear unit: Hendrycks & Gimpel, "Gaussian error linear units" (2016), arXiv:1606.08415. */
import * as tf from '@tensorflow/tfjs-core';

/** Keeps tensors for the gradient. */
type Save = (tensors: tf.Tensor[]) => void;

const ROOT_HALF = Math.sqrt(0.5);
/** Density of the normal distribution at 0. */
const PEAK = 1 / Math.sqrt(2 * Math.PI);

/** x P(X <= x) of a standard normal X, elementwise. The gradient, P(X <= x) + x p(x), is written out to save passes. */
export function gelu(input: tf.Tensor): tf.Tensor {
  const operation = tf.customGrad((...args: (tf.Tensor | Save)[]) => {
    const [x, save] = args as [tf.Tensor, Save];
    const share = tf.mul(tf.add(tf.erf(tf.mul(x, ROOT_HALF)), 1), 0.5);
    save([x, share]);
    return {
      value: tf.mul(x, share),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, share] = saved as [tf.Tensor, tf.Tensor];
        const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), PEAK);
        return tf.mul(dy, tf.add(share, tf.mul(x, density)));
      },
    };
  });
  return operation(input);
}
