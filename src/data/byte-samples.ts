/** Samples made from 8-bit pixels. */
import type { Image } from '../experiment/contracts.js';

/** 8-bit pixels as a picture with values in [0, 1]. */
export function imageFromBytes(bytes: Uint8Array, shape: Image['shape']): Image {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < data.length; i++) data[i] = (bytes[i] as number) / 255;
  return { data, shape };
}

/** Throws unless there is such a sample. */
export function checkIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length)
    throw new RangeError(`there is no sample ${index}: the split has ${length}`);
}
