/** Ways up from the maps of an encoder to pictures, for decoders with skips. */
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMaps, Mode, Network } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { conv2d, elu, sequential } from './layers.js';
import { variablesOf } from './variables.js';

/** Makes a map larger and joins it with finer ones. */
export interface UpBlock extends Network {
  readonly filters: number;
  /** To this height and width; `skips` are maps of that size. */
  apply(input: tf.Tensor4D, size: readonly [number, number], skips: readonly tf.Tensor4D[], mode: Mode): tf.Tensor4D;
}

/**
 * Nearest-neighbor upsampling and a 3x3 convolution, then a 3x3 convolution of the result beside the skips, each with
 * ELU. Unlike a transposed convolution it leaves no checkerboard: Odena, Dumoulin & Olah 2016, "Deconvolution and
 * checkerboard artifacts".
 */
export function upBlock(random: Random, inputs: number, skipChannels: number, filters: number): UpBlock {
  const up = sequential({ conv: conv2d(random.at(0), { inputs, filters, bias: true }), elu: elu() });
  const join = sequential({
    conv: conv2d(random.at(1), { inputs: filters + skipChannels, filters, bias: true }),
    elu: elu(),
  });
  return {
    filters,
    variables: () => variablesOf({ up, join }),
    apply(input, size, skips, mode) {
      const larger = up.apply(resizeNearest(input, size), mode) as tf.Tensor4D;
      return join.apply(tf.concat([larger, ...skips], 3), mode) as tf.Tensor4D;
    },
  };
}

/** Repeats pixels until the picture has this height and width. */
export const resizeNearest = (input: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D =>
  tf.image.resizeNearestNeighbor(input, [height, width]);

/** One step up: what it ends at, and which map of the encoder is joined there. */
export interface Rung {
  /** Pixels of the input that one pixel stands for, a side. */
  readonly stride: number;
  /** Position in `maps.stages`, or undefined where the encoder has no map of this size: at the input itself. */
  readonly skip: number | undefined;
  /** Channels of that map, else 0. */
  readonly channels: number;
}

/**
 * The steps from an encoder's last map up to the size of its input, coarsest first: of stages of one size the last is
 * joined, and the last step ends at stride 1.
 */
export function ladder({ stages }: Pick<FeatureMaps, 'stages'>): Rung[] {
  const bottom = stages.at(-1)?.stride ?? 1;
  const rungs: Rung[] = [];
  for (let i = stages.length - 1; i >= 0; i--) {
    const { stride, channels } = stages[i] as { stride: number; channels: number };
    if (stride < (rungs.at(-1)?.stride ?? bottom)) rungs.push({ stride, skip: i, channels });
  }
  if ((rungs.at(-1)?.stride ?? bottom) > 1) rungs.push({ stride: 1, skip: undefined, channels: 0 });
  return rungs;
}

/** The feature maps of an encoder, for methods that cannot do without. */
export function mapsOf(encoder: { readonly maps?: FeatureMaps }, method: string): FeatureMaps {
  if (encoder.maps === undefined)
    throw new Error(
      `${method} looks at places, so it needs an encoder with feature maps; this one has none. Take convnet() or resnet18().`,
    );
  return encoder.maps;
}
