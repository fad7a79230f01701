/** Stop-gradient in the middle of a loss. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * What `compute` makes of a tensor, as a constant: no gradient flows through it, so it may compare, sort and choose with
 * ops that have none.
 */
export function constant<T extends tf.Tensor>(x: tf.Tensor, compute: (x: tf.Tensor) => T): T {
  const operation = tf.customGrad((...args) => {
    const [own] = args as [tf.Tensor];
    return { value: compute(own), gradFunc: () => tf.zeros(own.shape) };
  });
  return operation(x) as T;
}
