/** Arrays as pictures for figures. */
import type * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../experiment/contracts.js';
import type { Pixels } from '../../protocol/figure.js';

/** A picture with values in [0, 1] as 8-bit pixels; undefined for an array that is not a picture. */
export function toPixels({ data, shape }: NdArray): Pixels | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined) return undefined;
  if (channels !== 1 && channels !== 3 && channels !== 4) return undefined;
  // Uint8ClampedArray rounds and clips.
  const clamped = Uint8ClampedArray.from(data, (v) => v * 255);
  return { width, height, channels, data: new Uint8Array(clamped.buffer) };
}

/** The arrays of a batch, `[batch, ...shape]`, one by one; disposes the tensor. */
export async function eachOf(batch: tf.Tensor): Promise<(NdArray & { readonly data: Float32Array })[]> {
  const [count = 0, ...shape] = batch.shape;
  const all = Float32Array.from(await batch.data());
  batch.dispose();
  const size = all.length / count;
  return Array.from({ length: count }, (_, i) => ({ data: all.subarray(i * size, (i + 1) * size), shape }));
}

/** The pictures of a batch, `[batch, height, width, 1 or 3]` with values in [0, 1]; disposes the tensor. */
export async function picturesOf(batch: tf.Tensor): Promise<Pixels[]> {
  return (await eachOf(batch)).flatMap((array) => toPixels(array) ?? []);
}
