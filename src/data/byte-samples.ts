/** Samples made from 8-bit pixels. */
import { kernels, putBytes, reserve, take } from '../augment/workspace.js';
import type { Image, Samples } from '../experiment/contracts.js';

/** How the bytes of a picture follow each other, the first named slowest. */
export type ByteOrder = 'rows, columns, channels' | 'channels, rows, columns' | 'channels, columns, rows';

/** Pictures of one shape, wherever their bytes are. */
export interface BytePictures {
  readonly length: number;
  readonly shape: Image['shape'];
  readonly order: ByteOrder;
  /** The pixels of a picture, only read from. */
  bytes(index: number): Uint8Array;
  /** Class index, or -1. */
  label(index: number): number;
  name(index: number): string;
}

export function byteSamples({ length, shape, order, bytes, label, name }: BytePictures): Samples {
  const checked =
    <T>(work: (index: number) => T) =>
    (index: number) => {
      checkIndex(index, length);
      return work(index);
    };
  return {
    length,
    get: checked((index) => imageFromBytes(bytes(index), shape, order)),
    label: checked(label),
    name: checked(name),
  };
}

/** 8-bit pixels as a picture with values in [0, 1]. */
export function imageFromBytes(
  bytes: Uint8Array,
  shape: Image['shape'],
  order: ByteOrder = 'rows, columns, channels',
): Image {
  const [from, to] = reserve(bytes.length, bytes.length) as [number, number];
  putBytes(order === 'rows, columns, channels' ? bytes : interleaved(bytes, shape, order), from);
  kernels.fromBytes(from, bytes.length, to);
  const data = new Float32Array(bytes.length);
  take(to, data);
  return { data, shape };
}

/** The pixels row by row, channels together. */
function interleaved(bytes: Uint8Array, [height, width, channels]: Image['shape'], order: ByteOrder): Uint8Array {
  const pixels = new Uint8Array(bytes.length);
  const [down, right] = order === 'channels, rows, columns' ? [width, 1] : [1, height];
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++) {
      let from = channel * height * width + row * down;
      const start = row * width * channels + channel;
      for (let to = start; to < start + width * channels; to += channels, from += right)
        pixels[to] = bytes[from] as number;
    }
  return pixels;
}

/** Throws unless there is such a sample. */
export function checkIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length)
    throw new RangeError(`there is no sample ${index}: the split has ${length}`);
}
