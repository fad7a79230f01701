/** Test samples as they are, for methods that classify: their views would be augmented. */
import * as tf from '@tensorflow/tfjs-core';
import { stacked } from '../augment/stacked.js';
import type { Image, NdArray, OpenData } from '../experiment/contracts.js';

/** `[samples, height, width, channels]`, of the test split. */
export function testPictures(data: OpenData, indices: Int32Array): tf.Tensor4D {
  return toTensor(stacked(Array.from(indices, (index) => data.test.get(index)))) as tf.Tensor4D;
}

/** `[samples * copies, height, width, channels]`: what `copies` makes of each test sample. */
export function testCopies(data: OpenData, indices: Int32Array, copies: (image: Image) => NdArray): tf.Tensor4D {
  const groups = Array.from(indices, (index) => toTensor(copies(data.test.get(index))) as tf.Tensor4D);
  return tf.concat4d(groups, 0);
}

const toTensor = ({ data, shape }: NdArray): tf.Tensor => tf.tensor(data, [...shape], 'float32');
