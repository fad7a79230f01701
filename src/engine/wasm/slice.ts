import * as tf from '@tensorflow/tfjs-core';
import type { Compute } from './kernel.js';

type Slice = Compute<{ x: tf.Tensor }, { begin: number[]; size: number[] }>;

/** Copies what is asked for; the backend's own kernel copies the whole tensor out of the heap first. */
export const slice =
  (own: Slice): Slice =>
  ({ x }, { begin, size }, backend) => {
    if (x.dtype === 'string') return own({ x }, { begin, size }, backend);
    const [start, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    const result = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, x.dtype));
    if (result.size === 0) return result;
    // Axes from `axis` on form one run of neighboring elements, since those behind it are taken whole.
    let axis = Math.max(0, shape.length - 1);
    while (axis > 0 && shape[axis] === x.shape[axis]) axis--;
    const strides = [...tf.util.computeStrides(x.shape), 1];
    const run = (shape[axis] ?? 1) * (strides[axis] ?? 1);
    const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result)];
    let written = 0;
    const copy = (level: number, offset: number) => {
      const at = offset + (start[level] ?? 0) * (strides[level] ?? 1);
      if (level === axis) {
        to.set(from.subarray(at, at + run), written);
        written += run;
      } else {
        for (let i = 0; i < shape[level]!; i++) copy(level + 1, at + i * strides[level]!);
      }
    };
    copy(0, 0);
    return result;
  };
