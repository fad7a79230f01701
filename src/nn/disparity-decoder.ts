/** The decoder of Monodepth: from the maps of an encoder to the disparities of both cameras at several sizes. */
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMaps, Mode, NamedVariable, Network } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { conv2d } from './layers.js';
import { ladder, resizeNearest, upBlock } from './upsampling.js';
import { variablesOf } from './variables.js';

export interface DisparityDecoder extends Network {
  /** Pixels of the input that one pixel of each output stands for, a side; finest first. */
  readonly strides: readonly number[];
  /** Left and right disparity, `[batch, height, width, 2]` as fractions of the width, of each output. */
  apply(maps: readonly tf.Tensor4D[], size: readonly [height: number, width: number], mode: Mode): tf.Tensor4D[];
}

export interface DisparityDecoderOptions {
  /** Channels at full size; each step down doubles them. */
  readonly width: number;
  /** Number of outputs, finest first; at most as many as there are steps. */
  readonly scales: number;
  /** Greatest disparity as a fraction of the width. */
  readonly maxDisparity: number;
}

/** Each step up joins a map of the encoder and what the coarser output said, upsampled. */
export function disparityDecoder(
  random: Random,
  maps: FeatureMaps,
  { width, scales, maxDisparity }: DisparityDecoderOptions,
): DisparityDecoder {
  const rungs = ladder(maps);
  let inputs = maps.stages.at(-1)?.channels ?? 0;
  const steps = rungs.map(({ stride, skip, channels }, i) => {
    const coarser = i > rungs.length - scales;
    const up = upBlock(random.at(i, 0), inputs, channels + (coarser ? 2 : 0), width * stride);
    const predicts = i >= rungs.length - scales;
    const head = predicts ? conv2d(random.at(i, 1), { inputs: up.filters, filters: 2, bias: true }) : undefined;
    inputs = up.filters;
    return { stride, skip, up, head };
  });
  return {
    strides: rungs
      .map(({ stride }) => stride)
      .slice(-scales)
      .reverse(),
    variables: (): NamedVariable[] =>
      steps.flatMap(({ stride, up, head }) =>
        variablesOf({ [`up${stride}`]: up, ...(head && { [`disparity${stride}`]: head }) }),
      ),
    apply(all, size, mode) {
      let map = all.at(-1) as tf.Tensor4D;
      const outputs: tf.Tensor4D[] = [];
      for (const { stride, skip, up, head } of steps) {
        const joined = skip === undefined ? undefined : (all[skip] as tf.Tensor4D);
        const own: [number, number] = [Math.ceil(size[0] / stride), Math.ceil(size[1] / stride)];
        const [coarser] = outputs;
        const skips = [joined, coarser && resizeNearest(coarser, own)].filter((one) => one !== undefined);
        map = up.apply(map, own, skips, mode);
        if (head) outputs.unshift(tf.mul(tf.sigmoid(head.apply(map, mode)), maxDisparity) as tf.Tensor4D);
      }
      return outputs;
    },
  };
}
