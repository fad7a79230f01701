import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { layerNorm } from './layer-norm.js';
import { linear, relu, sequential } from './layers.js';
import { BIAS, constantVariable, uniformKernel, variablesOf } from './variables.js';

/**
 * Embeds vectors, `[rows, inputs]` to `[rows, width]`, for scores that are products: a hidden layer beside a linear
 * shortcut, then layer norm. The shortcut starts near the identity, so that scores first compare the vectors themselves.
 * Hjelm et al. (Deep InfoMax, ICLR 2019): on feature maps it is a 1x1 convolution; width 2048.
 */
export function scoreNetwork(random: Random, inputs: number, width: number): Module {
  const hidden = sequential({
    linear1: linear(random.at(0), inputs, width, { bias: false }),
    norm: batchNorm(width),
    relu: relu(),
    linear2: linear(random.at(1), width, width),
  });
  const shortcut = nearIdentity(random.at(2), inputs, width);
  const norm = layerNorm(width);
  return {
    variables: () => variablesOf({ hidden, shortcut, norm }),
    apply: (input, mode) => norm.apply(tf.add(hidden.apply(input, mode), shortcut.apply(input, mode)), mode),
  };
}

function nearIdentity(random: Random, inputs: number, width: number): Module {
  const kernel = uniformKernel('kernel', [inputs, width], 0.01, random);
  tf.tidy(() => kernel.variable.assign(tf.add(kernel.variable, tf.eye(inputs, width))));
  const bias = constantVariable('bias', [width], 0, BIAS);
  return {
    variables: () => [kernel, bias],
    apply: (input) => tf.add(tf.matMul(input as tf.Tensor2D, kernel.variable as tf.Tensor2D), bias.variable),
  };
}
