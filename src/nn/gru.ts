/**
 * Gated recurrent unit: Cho et al., "Learning phrase representations using RNN encoder-decoder" (EMNLP 2014),
 * arXiv:1406.1078, with the reset gate after the product, as in PyTorch and cuDNN.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { BIAS, constantVariable, uniformKernel } from './variables.js';

/**
 * `[batch, time, inputs]` to the states `[batch, time, units]`, from a state of zeros; state t has seen inputs 0 to t.
 *   r, z = sigmoid(W x + b + U h + c)   (reset, update)
 *   n = tanh(W x + b + r (U h + c))
 *   h' = (1 - z) n + z h
 * Kernels hold r, z and n side by side; initial values are uniform within 1 / sqrt(units), biases 0.
 */
export function gru(random: Random, inputs: number, units: number): Module {
  const limit = 1 / Math.sqrt(units);
  const kernel = uniformKernel('kernel', [inputs, 3 * units], limit, random.at(0));
  const recurrent = uniformKernel('recurrent', [units, 3 * units], limit, random.at(1));
  const bias = constantVariable('bias', [3 * units], 0, BIAS);
  const recurrentBias = constantVariable('recurrentBias', [3 * units], 0, BIAS);
  return {
    variables: () => [kernel, recurrent, bias, recurrentBias],
    apply(input) {
      const [batch, time] = input.shape as [number, number, number];
      // What does not depend on the state is computed for all times at once.
      const flat = tf.matMul(tf.reshape(input, [batch * time, inputs]), kernel.variable as tf.Tensor2D);
      const driven = tf.unstack(tf.reshape(tf.add(flat, bias.variable), [batch, time, 3 * units]), 1) as tf.Tensor2D[];
      let state: tf.Tensor2D = tf.zeros([batch, units]);
      const states = driven.map((own) => {
        const fed = tf.add(tf.matMul(state, recurrent.variable as tf.Tensor2D), recurrentBias.variable);
        const [ownGates, ownNew] = tf.split(own, [2 * units, units], 1) as [tf.Tensor2D, tf.Tensor2D];
        const [fedGates, fedNew] = tf.split(fed, [2 * units, units], 1) as [tf.Tensor2D, tf.Tensor2D];
        const [reset, update] = tf.split(tf.sigmoid(tf.add(ownGates, fedGates)), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
        const fresh = tf.tanh(tf.add(ownNew, tf.mul(reset, fedNew)));
        state = tf.add(fresh, tf.mul(update, tf.sub(state, fresh)));
        return state;
      });
      return tf.stack(states, 1);
    },
  };
}
