/**
 * Sums and means over axes that lie side by side. The backend transposes the whole tensor first unless they are the last
 * ones, and adds in float32, one element after the other, which loses digits.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocate, floats } from './heap.js';
import type { Compute } from './kernel.js';

type Reduction = Compute<{ x: tf.Tensor }, { axis: number | number[]; keepDims: boolean }>;

export const sum =
  (own: Reduction): Reduction =>
  (inputs, attributes, backend) =>
    neighborSum(inputs.x, attributes, backend)?.total ?? own(inputs, attributes, backend);

export const mean =
  (own: Reduction): Reduction =>
  (inputs, attributes, backend) => {
    const reduced = neighborSum(inputs.x, attributes, backend);
    return reduced === undefined ? own(inputs, attributes, backend) : tf.div(reduced.total, reduced.count);
  };

/**
 * Sums of `count` elements each, the tensor seen as [outer, count, inner]. Undefined where axes do not lie side by side.
 */
function neighborSum(
  x: tf.Tensor,
  { axis, keepDims }: { axis: number | number[]; keepDims: boolean },
  backend: BackendWasm,
): { total: tf.Tensor; count: number } | undefined {
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [first, last] = [axes[0] ?? 0, axes.at(-1) ?? 0];
  if (x.dtype !== 'float32' || x.size === 0 || last - first + 1 !== axes.length) return undefined;
  const size = (from: number, to?: number) => tf.util.sizeFromShape(x.shape.slice(from, to));
  const [outer, count, inner] = [size(0, first), size(first, last + 1), size(last + 1)];
  const pooled = inner >= 4 ? poolSums(x, outer, count, inner, backend) : undefined;
  const total = pooled ?? loopSums(x, outer, count, inner, backend);
  const shape = x.shape.flatMap((length, i) => (i < first || i > last ? [length] : keepDims ? [1] : []));
  return { total: tf.reshape(total, shape), count };
}

/** Most elements that are added in float32 in one go. */
const WINDOW = 256;

/**
 * Sums by average pooling, which XNNPACK computes at the speed of memory, twenty times as fast as a loop. Windows are
 * powers of two, so that the averages are exact multiples of the sums; a loop adds up what is left. Undefined where a
 * sum is -Infinity: pooling makes that of NaN too.
 */
function poolSums(
  x: tf.Tensor,
  outer: number,
  count: number,
  inner: number,
  backend: BackendWasm,
): tf.Tensor | undefined {
  let window = 1;
  while (window < WINDOW && count % (2 * window) === 0) window *= 2;
  if (window === 1) return undefined;
  const groups = count / window;
  const pictures = tf.reshape(x, [outer * groups, window, 1, inner]) as tf.Tensor4D;
  const averages = tf.avgPool(pictures, [window, 1], 1, 'valid');
  const total = tf.mul(loopSums(averages, outer, groups, inner, backend), window);
  return floats(backend, total).includes(Number.NEGATIVE_INFINITY) ? undefined : total;
}

function loopSums(x: tf.Tensor, outer: number, count: number, inner: number, backend: BackendWasm): tf.Tensor {
  const total = allocate(backend, [outer, inner]);
  const from = floats(backend, x);
  const sums = new Float64Array(total.size);
  for (let o = 0, at = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = o * inner; j < (o + 1) * inner; j++) sums[j]! += from[at++] as number;
    }
  }
  floats(backend, total).set(sums);
  return total;
}
