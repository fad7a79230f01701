import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { conv2d, relu, sequential } from './layers.js';
import { variablesOf } from './variables.js';

/**
 * The context of a grid, `[batch, rows, columns, channels]` to the same shape, where row r has seen rows 0 to r only:
 * residual blocks whose kernels reach to the left and right and upwards, never down.
 * van den Oord, Kalchbrenner & Kavukcuoglu, "Pixel recurrent neural networks" (ICML 2016); in this form Hénaff et al.,
 * "Data-efficient image recognition with contrastive predictive coding" (CPC v2, ICML 2020), with 5 blocks of width 256.
 */
export function maskedContext(
  random: Random,
  channels: number,
  { blocks, width }: { readonly blocks: number; readonly width: number },
): Module {
  const children = Object.fromEntries(
    Array.from({ length: blocks }, (_, i) => [`block${i + 1}`, maskedBlock(random.at(i), channels, width)]),
  );
  return {
    variables: () => variablesOf(children),
    apply: (input, mode) =>
      tf.relu(Object.values(children).reduce((x, block) => tf.add(x, block.apply(x, mode)), input)),
  };
}

function maskedBlock(random: Random, channels: number, width: number): Module {
  return sequential({
    narrow: conv2d(random.at(0), { inputs: channels, filters: width, size: 1, bias: true }),
    relu1: relu(),
    across: conv2d(random.at(1), { inputs: width, filters: width, size: [1, 3], bias: true }),
    // The row of zeros is on top: each row is joined with the one above it.
    above: {
      variables: () => [],
      apply: (x) => tf.pad(x, [[0, 0], [1, 0], [0, 0], [0, 0]]), // biome-ignore format: one axis after the other
    },
    down: conv2d(random.at(2), { inputs: width, filters: width, size: [2, 1], padding: 'valid', bias: true }),
    relu2: relu(),
    widen: conv2d(random.at(3), { inputs: width, filters: channels, size: 1, bias: true }),
  });
}
