/** The small convolutional encoder. */
import { z } from 'zod';
import type { EncoderModule, Module } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { conv2d, globalAveragePool, relu, sequential } from './layers.js';

export const convnet = definePart({
  kind: 'encoder',
  use: 'convnet',
  doc: [
    'A plain convolutional network: 3x3 convolution, batch norm and ReLU per layer, then the average over all pixels.',
    'The features are as wide as the last layer. Trains in minutes on small pictures.',
  ].join('\n'),
  options: z.object({
    widths: z
      .array(z.number().int().min(1).max(4096))
      .min(1)
      .max(32)
      .default([32, 64, 128])
      .describe('Channels of each layer, 1 or more; the last is the number of features. Default [32, 64, 128].'),
    strides: z
      .array(z.number().int().min(1).max(4))
      .min(1)
      .max(32)
      .default([2])
      .describe(
        'Stride of each layer, 1 to 4; the last one holds for all further layers. Default [2]: each layer halves height and width.',
      ),
  }),
  create: ({ widths, strides }) => ({
    build(shape: readonly number[], random: Random): EncoderModule {
      const layers: Record<string, Module> = {};
      let inputs = channelsOf(shape);
      widths.forEach((filters, i) => {
        const stride = strides[Math.min(i, strides.length - 1)] as number;
        layers[`conv${i + 1}`] = conv2d(random.at(i), { inputs, filters, stride });
        layers[`norm${i + 1}`] = batchNorm(filters);
        layers[`relu${i + 1}`] = relu();
        inputs = filters;
      });
      return { ...sequential({ ...layers, pool: globalAveragePool() }), features: inputs };
    },
  }),
});

/** Channels of a picture's shape `[height, width, channels]`. */
export function channelsOf(shape: readonly number[]): number {
  const [, , channels] = shape;
  if (shape.length !== 3 || channels === undefined)
    throw new Error(`this encoder takes pictures, [height, width, channels], but samples are [${shape}]`);
  return channels;
}
