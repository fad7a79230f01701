import * as tf from '@tensorflow/tfjs-core';

/**
 * compute(x) as a constant: no gradient flows back to `x`, and `compute` may use operations that have no gradient, such
 * as top-k. For values of the network itself that the loss must not see through: masks, estimates, stop-gradients.
 */
export function detached<T extends tf.Tensor>(x: tf.Tensor, compute: (x: tf.Tensor) => T): T {
  const operation = tf.customGrad((input) => {
    const { shape } = input as tf.Tensor;
    return { value: compute(input as tf.Tensor), gradFunc: () => tf.zeros(shape) };
  });
  return operation(x) as T;
}
