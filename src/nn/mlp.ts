/** Multi-layer perceptrons: projectors, predictors, pretext classifiers. */
import type { Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { linear, relu, sequential } from './layers.js';

export interface MlpOptions {
  /** Batch norm after each hidden layer, which then has no bias. Default false. */
  readonly norm?: boolean;
  /** Batch norm after the last layer too. Default: as `norm`, which is the projector of SimCLR's published code. */
  readonly lastNorm?: boolean;
}

/**
 * Linear layers with ReLU between them: `[batch, inputs]` to `[batch, last width]`.
 * @param widths Outputs of each layer; with one width it is a single linear layer.
 */
export function mlp(
  random: Random,
  inputs: number,
  widths: readonly number[],
  { norm = false, lastNorm = norm }: MlpOptions = {},
): Module {
  const layers: Record<string, Module> = {};
  widths.forEach((outputs, i) => {
    const last = i === widths.length - 1;
    const normed = last ? lastNorm : norm;
    layers[`linear${i + 1}`] = linear(random.at(i), widths[i - 1] ?? inputs, outputs, { bias: !normed });
    if (normed) layers[`norm${i + 1}`] = batchNorm(outputs);
    if (!last) layers[`relu${i + 1}`] = relu();
  });
  return sequential(layers);
}
