import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats } from './heap.js';
import type { Compute } from './kernel.js';

/** Adds row i of x to row segmentIds[i] of the result: the gradient of `gather`. Rows of other segments are dropped. */
export const unsortedSegmentSum: Compute<{ x: tf.Tensor; segmentIds: tf.Tensor }, { numSegments: number }> = (
  { x, segmentIds },
  { numSegments },
  backend,
) => {
  const rowShape = x.shape.slice(segmentIds.rank);
  const length = tf.util.sizeFromShape(rowShape);
  const result = allocate(backend, [numSegments, ...rowShape]);
  const [rows, sums] = [floats(backend, tf.cast(x, 'float32')), floats(backend, result)];
  const ids = backend.typedArrayFromHeap(segmentIds);
  sums.fill(0);
  ids.forEach((id: number, i: number) => {
    if (id < 0 || id >= numSegments) return;
    for (let j = 0; j < length; j++) sums[id * length + j]! += rows[i * length + j] as number;
  });
  return tf.cast(result, x.dtype);
};
