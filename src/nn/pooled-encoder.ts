/** Encoders of pictures: stages that follow each other, then the average over all pixels. */
import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderModule, Module } from '../experiment/contracts.js';
import { globalAveragePool, sequential } from './layers.js';

/** An encoder of stages that follow each other: its features are the average over the pixels of the last map. */
export function pooledEncoder(
  stages: readonly {
    readonly channels: number;
    readonly stride: number;
    readonly layers: Readonly<Record<string, Module>>;
  }[],
): EncoderModule {
  const all = Object.assign({}, ...stages.map(({ layers }) => layers)) as Record<string, Module>;
  return {
    ...sequential({ ...all, pool: globalAveragePool() }),
    features: stages.at(-1)?.channels ?? 0,
    maps: {
      stages: stages.map(({ channels, stride }) => ({ channels, stride })),
      apply(input, mode) {
        let map = input;
        return stages.map(({ layers }) => {
          map = sequential(layers).apply(map, mode);
          return map as tf.Tensor4D;
        });
      },
    },
  };
}

/** Channels of a picture's shape `[height, width, channels]`. */
export function channelsOf(shape: readonly number[]): number {
  const [, , channels] = shape;
  if (shape.length !== 3 || channels === undefined)
    throw new Error(`this encoder takes pictures, [height, width, channels], but samples are [${shape}]`);
  return channels;
}
