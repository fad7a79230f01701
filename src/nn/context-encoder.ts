/** The networks of context encoders beside the encoder: from its last map to a picture, and the judge of pictures. */
import * as tf from '@tensorflow/tfjs-core';
import type { Mode, Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { batchNorm } from './batch-norm.js';
import { conv2d, conv2dTranspose, leakyRelu, linear, relu, sequential } from './layers.js';

/** A side is halved while it is even and more than this. */
const SMALLEST = 4;

/** How often both sides can be halved, and what is left of them. */
function halvings(height: number, width: number): { count: number; height: number; width: number } {
  let count = 0;
  while (height % 2 === 0 && width % 2 === 0 && Math.min(height, width) > SMALLEST) {
    [height, width] = [height / 2, width / 2];
    count++;
  }
  return { count, height, width };
}

const flat = (): Module => ({
  variables: () => [],
  apply: (input) => tf.reshape(input, [input.shape[0] as number, -1]),
});
const shaped = (height: number, width: number, channels: number): Module => ({
  variables: () => [],
  apply: (input) => tf.reshape(input, [-1, height, width, channels]),
});

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * From a map, all of whose pixels reach every pixel of the result through a bottleneck, to a picture in [-1, 1]:
 * 4x4 transposed convolutions that double the sides, batch norm and ReLU between them, tanh at the end.
 * @param inputs Elements of the map.
 * @param width Channels of the last but one step; each step before has twice as many.
 */
export function pictureDecoder(
  random: Random,
  inputs: number,
  { bottleneck, width }: { readonly bottleneck: number; readonly width: number },
  picture: PictureShape,
): Module {
  const { count, height, width: across } = halvings(picture.height, picture.width);
  let channels = width * 2 ** Math.max(0, count - 1);
  const layers: Record<string, Module> = {
    flat: flat(),
    bottleneck: linear(random.at(0), inputs, bottleneck, { bias: false }),
    bottleneckNorm: batchNorm(bottleneck),
    bottleneckRelu: leakyRelu(),
    spread: linear(random.at(1), bottleneck, height * across * channels, { bias: false }),
    map: shaped(height, across, channels),
    spreadNorm: batchNorm(channels),
    spreadRelu: relu(),
  };
  for (let i = 1; i < count; i++) {
    layers[`up${i}`] = conv2dTranspose(random.at(2, i), { inputs: channels, filters: channels / 2 });
    channels /= 2;
    layers[`norm${i}`] = batchNorm(channels);
    layers[`relu${i}`] = relu();
  }
  // Starts near gray, as published, and not with a random pattern that would have to be unlearned.
  const last = { inputs: channels, filters: picture.channels, bias: true, deviation: 0.02 };
  layers.last = count > 0 ? conv2dTranspose(random.at(3), last) : conv2d(random.at(3), last);
  const body = sequential(layers);
  return { variables: body.variables, apply: (input, mode: Mode) => tf.tanh(body.apply(input, mode)) };
}

/**
 * Whether a picture is real, as one logit: 4x4 convolutions of stride 2 with LeakyReLU 0.2, batch norm but after the
 * first. Radford, Metz & Chintala 2016 (DCGAN), arXiv:1511.06434.
 * @param width Channels of the first layer; each further one doubles them.
 */
export function discriminator(random: Random, width: number, picture: PictureShape): Module {
  const { count, height, width: across } = halvings(picture.height, picture.width);
  let channels = picture.channels;
  const layers: Record<string, Module> = {};
  for (let i = 0; i < count; i++) {
    const filters = width * 2 ** i;
    layers[`conv${i + 1}`] = conv2d(random.at(i), { inputs: channels, filters, size: 4, stride: 2, bias: i === 0 });
    if (i > 0) layers[`norm${i + 1}`] = batchNorm(filters);
    layers[`relu${i + 1}`] = leakyRelu();
    channels = filters;
  }
  layers.flat = flat();
  layers.judge = linear(random.at(count), height * across * channels, 1);
  return sequential(layers);
}
