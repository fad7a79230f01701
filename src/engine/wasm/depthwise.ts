/**
 * Gradients of depthwise convolutions. Each output channel depends on one input channel, so there is no matrix product
 * to make of it: plain loops over all multiplications of the forward pass.
 */
import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats } from './heap.js';
import type { Compute } from './kernel.js';

type ConvInfo = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly dilations: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export const depthwiseBackpropInput: Compute<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  Attributes & { inputShape: Shape4D }
> = ({ dy, filter }, attributes, backend) => {
  const result = allocate(backend, attributes.inputShape);
  const [dx, gradient, kernel] = [result, dy, filter].map((tensor) => floats(backend, tensor)) as Views;
  dx.fill(0);
  forProducts(describe(attributes.inputShape, filter.shape, attributes), (inputAt, kernelAt, outputAt) => {
    dx[inputAt]! += (gradient[outputAt] as number) * (kernel[kernelAt] as number);
  });
  return result;
};

export const depthwiseBackpropFilter: Compute<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  Attributes & { filterShape: Shape4D }
> = ({ x, dy }, attributes, backend) => {
  const result = allocate(backend, attributes.filterShape);
  const [dk, input, gradient] = [result, x, dy].map((tensor) => floats(backend, tensor)) as Views;
  dk.fill(0);
  forProducts(describe(x.shape, attributes.filterShape, attributes), (inputAt, kernelAt, outputAt) => {
    dk[kernelAt]! += (input[inputAt] as number) * (gradient[outputAt] as number);
  });
  return result;
};

type Views = [Float32Array, Float32Array, Float32Array];

const describe = (input: Shape4D, filter: Shape4D, { strides, dilations, pad, dimRoundingMode }: Attributes) =>
  tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode, true);

/** Visits the positions of each product input x kernel that the forward pass adds to an element of the output. */
function forProducts(info: ConvInfo, visit: (inputAt: number, kernelAt: number, outputAt: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const multiplier = outChannels / inChannels;
  let outputAt = 0;
  for (let sample = 0; sample < info.batchSize; sample++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++, outputAt += outChannels) {
        for (let y = 0; y < info.filterHeight; y++) {
          const top = row * info.strideHeight - padInfo.top + y * info.dilationHeight;
          if (top < 0 || top >= inHeight) continue;
          for (let x = 0; x < info.filterWidth; x++) {
            const left = column * info.strideWidth - padInfo.left + x * info.dilationWidth;
            if (left < 0 || left >= inWidth) continue;
            const inputAt = ((sample * inHeight + top) * inWidth + left) * inChannels;
            const kernelAt = (y * info.filterWidth + x) * outChannels;
            for (let c = 0; c < outChannels; c++)
              visit(inputAt + Math.floor(c / multiplier), kernelAt + c, outputAt + c);
          }
        }
      }
    }
  }
}
