/** The convolutional encoder for 1-D signals. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EncoderModule } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { layerNorm } from './layer-norm.js';
import { conv2d, relu } from './layers.js';
import { pooledEncoder } from './pooled-encoder.js';

const list = (most: number) => z.array(z.number().int().min(1).max(most)).min(1).max(16);

export const signalEncoder = definePart({
  kind: 'encoder',
  use: 'signalEncoder',
  doc: [
    'A convolutional network for signals: convolution over time, layer norm over the channels of each moment, and ReLU per',
    'layer; the features are the mean over all moments. Norms see one moment at a time, so that nothing tells of the future.',
    'After the audio encoder of van den Oord, Li & Vinyals (CPC, 2018), arXiv:1807.03748.',
  ].join('\n'),
  options: z.object({
    widths: list(4096)
      .default([64, 64, 64])
      .describe(
        'Channels of each layer; the last is the number of features. Default [64, 64, 64]; published: five times 512.',
      ),
    strides: list(64)
      .default([4, 2, 2])
      .describe(
        'Stride of each layer; the last one holds for all further layers. Their product is how many values one moment stands for. Default [4, 2, 2]; published: [5, 4, 2, 2, 2].',
      ),
    kernels: list(256)
      .optional()
      .describe(
        'Length of the kernel of each layer; the last one holds for all further layers. Default: as the strides, so that neighboring moments share no values and the next one cannot be told from an overlap; published: [10, 8, 4, 4, 4].',
      ),
  }),
  create: ({ widths, strides, kernels = strides }) => ({
    build(shape: readonly number[], random: Random): EncoderModule {
      const [length, channels] = shape;
      if (shape.length !== 2 || length === undefined || channels === undefined)
        throw new Error(
          `signalEncoder takes signals, [length, channels], but samples are [${shape}]. For pictures take convnet()`,
        );
      let inputs = channels;
      let total = 1;
      const stages = widths.map((filters, i) => {
        const [stride, size] = [strides, kernels].map((own) => own[Math.min(i, own.length - 1)] as number) as [
          number,
          number,
        ];
        const layers = {
          [`conv${i + 1}`]: conv2d(random.at(i), { inputs, filters, size: [size, 1], stride: [stride, 1] }),
          [`norm${i + 1}`]: layerNorm(filters),
          [`relu${i + 1}`]: relu(),
        };
        inputs = filters;
        total *= stride;
        return { channels: filters, stride: total, layers };
      });
      const { maps, ...network } = pooledEncoder(stages);
      // A signal is a picture that is one pixel wide.
      const column = (signal: tf.Tensor) => tf.reshape(signal, [-1, length, 1, channels]);
      return {
        ...network,
        apply: (signal, mode) => network.apply(column(signal), mode),
        maps: maps && { ...maps, apply: (signal, mode) => maps.apply(column(signal), mode) },
      };
    },
  }),
});
