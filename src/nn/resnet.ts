/** The residual encoder for small pictures. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EncoderModule, Module } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { conv2d, relu, sequential } from './layers.js';
import { channelsOf, pooledEncoder } from './pooled-encoder.js';
import { variablesOf } from './variables.js';

const widthOption = z
  .number()
  .int()
  .min(1)
  .max(512)
  .default(64)
  .describe(
    'Channels of the first group, 1 to 512; each further group doubles them, so features are 8 times as wide. Default 64, as published; 16 is about 16 times faster.',
  );

export const resnet18 = definePart({
  kind: 'encoder',
  use: 'resnet18',
  doc: [
    'ResNet-18 for small pictures: a 3x3 stem without stride and no max pool, as is usual for CIFAR-10.',
    'Four groups of two residual blocks, the last three of which halve height and width.',
    'He, Zhang, Ren & Sun, "Deep residual learning for image recognition" (CVPR 2016).',
  ].join('\n'),
  options: z.object({ width: widthOption }),
  create: ({ width }) => ({
    build: (shape: readonly number[], random: Random) => resnet(shape, random, width, [2, 2, 2, 2]),
  }),
});

export const resnet34 = definePart({
  kind: 'encoder',
  use: 'resnet34',
  doc: [
    'ResNet-34 for small pictures: as `resnet18`, with 3, 4, 6 and 3 residual blocks in its four groups.',
    'He, Zhang, Ren & Sun, "Deep residual learning for image recognition" (CVPR 2016).',
  ].join('\n'),
  options: z.object({ width: widthOption }),
  create: ({ width }) => ({
    build: (shape: readonly number[], random: Random) => resnet(shape, random, width, [3, 4, 6, 3]),
  }),
});

/** A stem and groups of residual blocks; each group but the first halves height and width and doubles the channels. */
function resnet(shape: readonly number[], random: Random, width: number, groups: readonly number[]): EncoderModule {
  const stem = {
    stem: conv2d(random.at(0), { inputs: channelsOf(shape), filters: width }),
    norm: batchNorm(width),
    relu: relu(),
  };
  let inputs = width;
  const stages = groups.map((blocks, group) => {
    const filters = width * 2 ** group;
    const layers: Record<string, Module> = group === 0 ? { ...stem } : {};
    for (let block = 0; block < blocks; block++) {
      const stride = group > 0 && block === 0 ? 2 : 1;
      layers[`block${group + 1}.${block + 1}`] = residual(random.at(1, group, block), inputs, filters, stride);
      inputs = filters;
    }
    return { channels: filters, stride: 2 ** group, layers };
  });
  return pooledEncoder(stages);
}

/** Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where the shape changes. */
function residual(random: Random, inputs: number, filters: number, stride: number): Module {
  const path = sequential({
    conv1: conv2d(random.at(1), { inputs, filters, stride }),
    norm1: batchNorm(filters),
    relu1: relu(),
    conv2: conv2d(random.at(2), { inputs: filters, filters }),
    norm2: batchNorm(filters),
  });
  const shortcut =
    stride === 1 && inputs === filters
      ? sequential({})
      : sequential({ conv: conv2d(random.at(3), { inputs, filters, size: 1, stride }), norm: batchNorm(filters) });
  return {
    variables: () => variablesOf({ path, shortcut }),
    apply: (input, mode) => tf.relu(tf.add(path.apply(input, mode), shortcut.apply(input, mode))),
  };
}
