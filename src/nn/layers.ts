/** Layers: small modules that networks are made of. Pictures are `[batch, height, width, channels]`. */
import * as tf from '@tensorflow/tfjs-core';
import type { Module } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { BIAS, constantVariable, heKernel, truncatedNormalKernel, variablesOf } from './variables.js';

export interface Conv2dOptions {
  readonly inputs: number;
  readonly filters: number;
  /** Height and width of the kernel, in pixels. Default 3. */
  readonly size?: number | readonly [height: number, width: number];
  /** Default 1. */
  readonly stride?: number | readonly [down: number, across: number];
  /** `same` (default) pads with zeros such that the output has ceil(length / stride) pixels a side; `valid` does not. */
  readonly padding?: 'same' | 'valid';
  /** Default false, since a batch norm follows as a rule. */
  readonly bias?: boolean;
  /** Deviation of truncated normal draws that the kernel starts from. Default: He initialization. */
  readonly deviation?: number;
}

const kernelOf = (shape: number[], fanIn: number, deviation: number | undefined, random: Random) =>
  deviation === undefined
    ? heKernel('kernel', shape, fanIn, random)
    : truncatedNormalKernel('kernel', shape, deviation, random);

const pair = (value: number | readonly [number, number]): [number, number] =>
  typeof value === 'number' ? [value, value] : [...value];

/** 2-D convolution; He initialization. */
export function conv2d(random: Random, options: Conv2dOptions): Module {
  const { inputs, filters, size = 3, stride = 1, padding = 'same', bias = false, deviation } = options;
  const [height, width] = pair(size);
  const kernel = kernelOf([height, width, inputs, filters], height * width * inputs, deviation, random);
  const offset = bias ? constantVariable('bias', [filters], 0, BIAS) : undefined;
  return {
    variables: () => (offset === undefined ? [kernel] : [kernel, offset]),
    apply: (input) => {
      const filter = kernel.variable as tf.Variable<tf.Rank.R4>;
      const output = tf.conv2d(input as tf.Tensor4D, filter, pair(stride), padding);
      return offset === undefined ? output : tf.add(output, offset.variable);
    },
  };
}

export interface Conv2dTransposeOptions extends Pick<Conv2dOptions, 'inputs' | 'filters' | 'bias' | 'deviation'> {
  /** Height and width of the kernel, in pixels. Default 4. */
  readonly size?: number;
  /** Default 2. */
  readonly stride?: number;
}

/**
 * Transposed 2-D convolution: height and width times `stride`; He initialization for the elements of the kernel that
 * meet one output pixel.
 */
export function conv2dTranspose(
  random: Random,
  { inputs, filters, size = 4, stride = 2, bias = false, deviation }: Conv2dTransposeOptions,
): Module {
  const fanIn = Math.max(1, (size * size * inputs) / stride ** 2);
  const kernel = kernelOf([size, size, filters, inputs], fanIn, deviation, random);
  const offset = bias ? constantVariable('bias', [filters], 0, BIAS) : undefined;
  return {
    variables: () => (offset === undefined ? [kernel] : [kernel, offset]),
    apply: (input) => {
      const [batch, height, width] = (input as tf.Tensor4D).shape;
      const output = tf.conv2dTranspose(
        input as tf.Tensor4D,
        kernel.variable as tf.Variable<tf.Rank.R4>,
        [batch, height * stride, width * stride, filters],
        stride,
        'same',
      );
      return offset === undefined ? output : tf.add(output, offset.variable);
    },
  };
}

export interface LinearOptions {
  /** Default true; starts from 0. */
  readonly bias?: boolean;
  /** Deviation of truncated normal draws that the kernel starts from. Default: He initialization. */
  readonly deviation?: number;
}

/** Fully connected layer: `[batch, inputs]` to `[batch, outputs]`. */
export function linear(random: Random, inputs: number, outputs: number, options: LinearOptions = {}): Module {
  const { bias: biased = true, deviation } = options;
  const kernel = kernelOf([inputs, outputs], inputs, deviation, random);
  const bias = biased ? constantVariable('bias', [outputs], 0, BIAS) : undefined;
  return {
    variables: () => (bias === undefined ? [kernel] : [kernel, bias]),
    apply: (input) => {
      const output = tf.matMul(input as tf.Tensor2D, kernel.variable as tf.Variable<tf.Rank.R2>);
      return bias === undefined ? output : tf.add(output, bias.variable);
    },
  };
}

/** A module without variables. */
const pure = (apply: (input: tf.Tensor) => tf.Tensor): Module => ({ apply, variables: () => [] });

export const relu = (): Module => pure((input) => tf.relu(input));

/** x above 0, `slope` x below. */
export const leakyRelu = (slope = 0.2): Module => pure((input) => tf.leakyRelu(input, slope));

/** x above 0, exp(x) - 1 below: Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289. */
export const elu = (): Module => pure((input) => tf.elu(input as tf.Tensor4D));

/** Mean over all pixels: `[batch, height, width, channels]` to `[batch, channels]`. */
export const globalAveragePool = (): Module => pure((input) => tf.mean(input, [1, 2]));

/** One module after the other; variables are named `<child>/<variable>`. */
export function sequential(children: Readonly<Record<string, Module>>): Module {
  return {
    variables: () => variablesOf(children),
    apply: (input, mode) => Object.values(children).reduce((value, module) => module.apply(value, mode), input),
  };
}
