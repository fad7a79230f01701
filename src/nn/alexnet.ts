/** The trunk of AlexNet, which the patch methods were published with. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EncoderModule, Module } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { conv2d, relu } from './layers.js';
import { channelsOf, pooledEncoder } from './pooled-encoder.js';

/** Channels of the five layers at width 1, their kernels' sides, and after which of them pixels are pooled. */
const layers = [
  { filters: 96, size: 11, pooled: true },
  { filters: 256, size: 5, pooled: true },
  { filters: 384, size: 3, pooled: false },
  { filters: 384, size: 3, pooled: false },
  { filters: 256, size: 3, pooled: true },
] as const;

export const alexnet = definePart({
  kind: 'encoder',
  use: 'alexnet',
  doc: [
    'The five convolutions of AlexNet with batch norm, 3x3 max pooling after the first, second and fifth, then the average',
    'over all pixels: the trunk of the patch methods (Relative Position, Jigsaw). No local response norm and no groups.',
    'Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks" (NIPS 2012).',
  ].join('\n'),
  options: z.object({
    width: z
      .number()
      .positive()
      .max(4)
      .default(0.25)
      .describe(
        'Factor of the channels 96, 256, 384, 384, 256; the last is the number of features. Default 0.25; published: 1.',
      ),
    stem: z
      .object({
        size: z
          .number()
          .int()
          .min(1)
          .max(15)
          .default(3)
          .describe('Side of the first kernel. Default 3; published: 11.'),
        stride: z
          .number()
          .int()
          .min(1)
          .max(4)
          .default(1)
          .describe('Stride of the first layer. Default 1, for patches of 10 to 40 pixels; published: 4, Jigsaw 2.'),
      })
      .default({ size: 3, stride: 1 })
      .describe('The first layer. Default: as small patches need it.'),
  }),
  create: ({ width, stem }) => ({
    build(shape: readonly number[], random: Random): EncoderModule {
      let inputs = channelsOf(shape);
      let total = 1;
      return pooledEncoder(
        layers.map(({ filters: published, size, pooled }, i) => {
          const filters = Math.max(1, Math.round(width * published));
          const { size: side, stride } = i === 0 ? stem : { size, stride: 1 };
          const own: Record<string, Module> = {
            [`conv${i + 1}`]: conv2d(random.at(i), { inputs, filters, size: side, stride }),
            [`norm${i + 1}`]: batchNorm(filters),
            [`relu${i + 1}`]: relu(),
          };
          if (pooled) own[`pool${i + 1}`] = maxPool();
          inputs = filters;
          total *= stride * (pooled ? 2 : 1);
          return { channels: filters, stride: total, layers: own };
        }),
      );
    },
  }),
});

/** Greatest of 3x3 pixels, at half the resolution. */
const maxPool = (): Module => ({
  variables: () => [],
  apply: (input) => tf.maxPool(input as tf.Tensor4D, 3, 2, 'same'),
});
