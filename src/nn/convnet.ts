/** The small convolutional encoder. */
import { z } from 'zod';
import type { EncoderModule } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { layerNorm } from './layer-norm.js';
import { conv2d, relu } from './layers.js';
import { channelsOf, pooledEncoder } from './pooled-encoder.js';

export const convnet = definePart({
  kind: 'encoder',
  use: 'convnet',
  doc: [
    'A plain convolutional network: 3x3 convolution, norm and ReLU per layer, then the average over all pixels.',
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
    norm: z
      .enum(['batch', 'layer'])
      .default('batch')
      .describe(
        '`batch` norm (default), or `layer` norm over all channels and pixels of each picture by itself: where one picture of a batch must not tell of another, as the patches of CPC.',
      ),
  }),
  create: ({ widths, strides, norm }) => ({
    build(shape: readonly number[], random: Random): EncoderModule {
      let inputs = channelsOf(shape);
      let total = 1;
      const stages = widths.map((filters, i) => {
        const stride = strides[Math.min(i, strides.length - 1)] as number;
        const layers = {
          [`conv${i + 1}`]: conv2d(random.at(i), { inputs, filters, stride }),
          [`norm${i + 1}`]: norm === 'batch' ? batchNorm(filters) : layerNorm(filters, { over: 'sample' }),
          [`relu${i + 1}`]: relu(),
        };
        inputs = filters;
        total *= stride;
        return { channels: filters, stride: total, layers };
      });
      return pooledEncoder(stages);
    },
  }),
});
