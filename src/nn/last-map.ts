/** The last feature map of an encoder, for heads that look at places. */
import type * as tf from '@tensorflow/tfjs-core';
import type { EncoderModule, Mode } from '../experiment/contracts.js';

export interface LastMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** `[batch, height, width, channels]` of pictures. */
  apply(input: tf.Tensor, mode: Mode): tf.Tensor4D;
}

/**
 * @param shape `[height, width, channels]` of the pictures.
 * @param method which needs it, for the message where the encoder has no maps.
 */
export function lastMap({ maps }: EncoderModule, shape: readonly number[], method: string): LastMap {
  const stage = maps?.stages.at(-1);
  if (maps === undefined || stage === undefined)
    throw new Error(
      `${method} looks at places in pictures, but this encoder has no feature maps. Take convnet() or resnet18(), or give your encoder "maps"`,
    );
  const [height, width] = shape as [number, number];
  return {
    height: Math.ceil(height / stage.stride),
    width: Math.ceil(width / stage.stride),
    channels: stage.channels,
    apply: (input, mode) => maps.apply(input, mode).at(-1) as tf.Tensor4D,
  };
}
