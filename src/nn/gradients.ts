import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariable } from '../experiment/contracts.js';

/** Gradients in the order of the variables; a variable that the loss does not reach gets zeros. */
export function gradientsOf(
  variables: readonly NamedVariable[],
  loss: () => tf.Scalar,
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  const { value, grads } = tf.variableGrads(
    loss,
    variables.map(({ variable }) => variable),
  );
  return { loss: value, gradients: variables.map(({ variable }) => grads[variable.name] ?? tf.zerosLike(variable)) };
}

/** Global norm of the gradients: the length of all of them as one vector. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g))))));
}

/**
 * Gradients scaled down so that their global norm is at most `limit`; the given ones are disposed.
 * Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks" (ICML 2013).
 */
export function clipped(gradients: readonly tf.Tensor[], norm: tf.Scalar, limit: number): tf.Tensor[] {
  const scaled = tf.tidy(() => {
    const factor = tf.div(limit, tf.maximum(norm, limit));
    return gradients.map((g) => tf.mul(g, factor));
  });
  tf.dispose(gradients as tf.Tensor[]);
  return scaled;
}
