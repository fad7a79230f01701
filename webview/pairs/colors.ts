/** The colors of the similarity matrix. */
import { colorOf, type Range } from '../../src/protocol/color-map.js';

/** All a cosine can be: colors mean the same in every batch and at every checkpoint. */
export const wholeRange: Range = [-1, 1];

/** The range of the values that are compared: shows small differences, such as those of an untrained network. */
export function rangeOf(values: ArrayLike<number>, columns: number, excluded: ArrayLike<number>): Range {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i % columns === excluded[Math.floor(i / columns)]) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? [low, high] : wholeRange;
}

/** The matrix as RGBA pixels, one per value, row by row. What a row leaves out (its own picture) is black. */
export function matrixPixels(
  values: ArrayLike<number>,
  columns: number,
  excluded: ArrayLike<number>,
  range: Range = wholeRange,
): Uint8Array {
  const rgba = new Uint8Array(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const left = i % columns === excluded[Math.floor(i / columns)];
    rgba.set(left ? [0, 0, 0] : colorOf(values[i]!, range), i * 4);
    rgba[i * 4 + 3] = 255;
  }
  return rgba;
}
