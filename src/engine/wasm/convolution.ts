/**
 * Gradients of 2-D convolutions, composed of what XNNPACK is fast at: convolutions without stride.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Compute } from './kernel.js';

type ConvInfo = tf.backend_util.Conv2DInfo;
type Padding = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Padding;
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}
type Shape4D = [number, number, number, number];

/**
 * The gradient to the kernel is itself a convolution: of the input with the gradient of the output, where channels take
 * the place of samples and samples that of channels, and strides become dilations.
 */
export const conv2dBackpropFilter: Compute<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  Attributes & { filterShape: Shape4D }
> = ({ x, dy }, attributes) => {
  const info = describe(x.shape, attributes.filterShape, attributes);
  const { inHeight, inWidth, padInfo, strideHeight, strideWidth } = info;
  // Padding that leaves as many positions as the kernel has elements; where negative, pixels that were not used.
  const bottom = info.filterHeight + (info.outHeight - 1) * strideHeight - inHeight - padInfo.top;
  const right = info.filterWidth + (info.outWidth - 1) * strideWidth - inWidth - padInfo.left;
  const used = [inHeight + Math.min(0, bottom), inWidth + Math.min(0, right), info.inChannels];
  const padding: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [padInfo.top, Math.max(0, bottom)],
    [padInfo.left, Math.max(0, right)],
    [0, 0],
  ];
  const gradient = sumOverChunks(info, (first, samples) => {
    const input = tf.transpose(tf.slice(x, [first, 0, 0, 0], [samples, ...used]), [3, 1, 2, 0]);
    const kernel = tf.transpose(tf.slice(dy, first, samples), [1, 2, 0, 3]);
    return tf.conv2d(input, kernel, 1, padding, 'NHWC', [strideHeight, strideWidth]);
  });
  return tf.transpose(gradient, [1, 2, 0, 3]);
};

/** Cuts the batch into parts that stay in the processor's cache, about 0.5 MB of output each, and adds the results. */
function sumOverChunks(
  { batchSize, outHeight, outWidth, outChannels }: ConvInfo,
  compute: (first: number, samples: number) => tf.Tensor4D,
): tf.Tensor {
  const most = Math.max(16, Math.floor(2 ** 17 / (outHeight * outWidth * outChannels)));
  let total: tf.Tensor | undefined;
  for (let first = 0; first < batchSize; first += most) {
    const previous = total;
    total = tf.tidy(() => {
      const part = compute(first, Math.min(most, batchSize - first));
      return previous === undefined ? part : tf.add(previous, part);
    });
    previous?.dispose();
  }
  return total as tf.Tensor;
}

/**
 * The gradient to the input is a convolution of the output's gradient with the kernel turned by 180 degrees. With stride
 * s, neighboring pixels of the input meet every s-th element of the kernel each, so there are s x s of them, one for
 * each phase of the pixels, whose results interleave.
 */
export const conv2dBackpropInput: Compute<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  Attributes & { inputShape: Shape4D }
> = ({ dy, filter }, attributes) => {
  const info = describe(attributes.inputShape, filter.shape, attributes);
  const { batchSize, inChannels, outChannels, padInfo } = info;
  const flipped = tf.transpose(filter, [0, 1, 3, 2]) as tf.Tensor4D;
  const rows = phases(info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, padInfo.top);
  const columns = phases(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, padInfo.left);
  const phase = (y: number, x: number): tf.Tensor => {
    const shape = [rows.taps(y), columns.taps(x)] as const;
    if (shape[0] === 0 || shape[1] === 0) return tf.zeros([batchSize, rows.length, columns.length, inChannels]);
    const steps = [info.strideHeight, info.strideWidth, 1, 1];
    const end = [info.filterHeight, info.filterWidth, outChannels, inChannels];
    const kernel = tf.reverse(tf.stridedSlice(flipped, [y, x, 0, 0], end, steps) as tf.Tensor4D, [0, 1]);
    return tf.conv2d(dy, kernel, 1, [[0, 0], rows.padding(y), columns.padding(x), [0, 0]]);
  };
  const lines = range(info.strideHeight).map((y) =>
    interleave(
      range(info.strideWidth).map((x) => phase(y, x)),
      2,
    ),
  );
  const all = interleave(lines, 1);
  if (all.shape.join() === attributes.inputShape.join()) return all;
  return tf.slice(all, [0, rows.skipped, columns.skipped, 0], attributes.inputShape);
};

/**
 * One axis of the above. Position r of the padded input, r = s q + phase, meets kernel elements k = phase + s j at
 * output q - j. Computed are `length` values of q, from the first that is not all padding where the kernel allows it.
 */
function phases(input: number, output: number, kernel: number, stride: number, before: number) {
  const first = Math.max(0, Math.min(Math.floor(before / stride), Math.floor(kernel / stride) - 1));
  const length = Math.max(Math.ceil((input + before) / stride), output) - first;
  const taps = (phase: number) => Math.ceil((kernel - phase) / stride);
  return {
    length,
    taps: (phase: number) => Math.max(0, taps(phase)),
    padding: (phase: number): [number, number] => [taps(phase) - 1 - first, length + first - output],
    skipped: before - stride * first,
  };
}

/** Elements of the given tensors in turn, along an axis. */
function interleave(tensors: readonly tf.Tensor[], axis: number): tf.Tensor {
  const [one] = tensors as [tf.Tensor];
  if (tensors.length === 1) return one;
  const shape = one.shape.map((length, i) => (i === axis ? length * tensors.length : length));
  return tf.reshape(tf.stack([...tensors], axis + 1), shape);
}

const range = (length: number) => Array.from({ length }, (_, i) => i);

function describe(input: Shape4D, filter: Shape4D, attributes: Attributes): ConvInfo {
  const { strides, pad, dataFormat, dimRoundingMode } = attributes;
  if (dataFormat !== 'NHWC') throw new Error('the wasm engine computes convolutions in NHWC layout only');
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, dimRoundingMode);
}
