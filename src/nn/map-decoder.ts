/** From the maps of an encoder to one map of a given stride, by up blocks with skips. */
import type * as tf from '@tensorflow/tfjs-core';
import type { FeatureMaps, Mode, Network } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { conv2d } from './layers.js';
import { ladder, upBlock } from './upsampling.js';
import { variablesOf } from './variables.js';

export interface MapDecoder extends Network {
  /** `[batch, ceil(height / stride), ceil(width / stride), outputs]`. */
  apply(maps: readonly tf.Tensor4D[], size: readonly [height: number, width: number], mode: Mode): tf.Tensor4D;
}

export interface MapDecoderOptions {
  /** Pixels of the input that one pixel of the result stands for, a side. */
  readonly stride: number;
  /** Channels of each step. */
  readonly width: number;
  readonly outputs: number;
}

/** Throws an Error that names the strides there are, where the encoder has none of the one asked for. */
export function mapDecoder(
  random: Random,
  maps: FeatureMaps,
  { stride, width, outputs }: MapDecoderOptions,
): MapDecoder {
  const bottom = maps.stages.at(-1) as { channels: number; stride: number };
  const rungs = ladder(maps).filter((rung) => rung.stride >= stride);
  const strides = [bottom.stride, ...ladder(maps).map((rung) => rung.stride)];
  if (!strides.includes(stride))
    throw new Error(`this encoder has maps of stride ${strides.join(', ')}, not ${stride}: choose one of these`);
  let inputs = bottom.channels;
  const steps = rungs.map((rung, i) => {
    const up = upBlock(random.at(i), inputs, rung.channels, width);
    inputs = width;
    return { ...rung, up };
  });
  const head = conv2d(random.at(rungs.length), { inputs, filters: outputs, size: 1, bias: true });
  return {
    variables: () => variablesOf({ ...Object.fromEntries(steps.map((step) => [`up${step.stride}`, step.up])), head }),
    apply(all, size, mode) {
      let map = all.at(-1) as tf.Tensor4D;
      for (const step of steps) {
        const own: [number, number] = [Math.ceil(size[0] / step.stride), Math.ceil(size[1] / step.stride)];
        map = step.up.apply(map, own, step.skip === undefined ? [] : [all[step.skip] as tf.Tensor4D], mode);
      }
      return head.apply(map, mode) as tf.Tensor4D;
    },
  };
}
