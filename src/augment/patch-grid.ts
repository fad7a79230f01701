/** Pictures as grids of overlapping patches: van den Oord et al. (CPC, 2018); Hénaff et al. (CPC v2, 2020). */
import type { Image } from '../experiment/contracts.js';

/** Patches along a side: (side - patch) / stride + 1, rounded down. */
export const gridSize = (side: number, patch: number, stride: number): number =>
  side < patch ? 0 : Math.floor((side - patch) / stride) + 1;

/** Upper left corners of the patches, row by row. */
export function gridCorners(
  [height, width]: readonly number[],
  patch: number,
  stride: number,
): { readonly top: number; readonly left: number }[] {
  const [rows, columns] = [height, width].map((side) => gridSize(side as number, patch, stride)) as [number, number];
  return Array.from({ length: rows * columns }, (_, i) => ({
    top: Math.floor(i / columns) * stride,
    left: (i % columns) * stride,
  }));
}

/** The patches of a picture, row by row, `patch` x `patch` pixels each. */
export function cutPatches({ data, shape }: Image, patch: number, stride: number): Image[] {
  const [, width, channels] = shape;
  return gridCorners(shape, patch, stride).map(({ top, left }) => {
    const own = new Float32Array(patch * patch * channels);
    for (let y = 0; y < patch; y++) {
      const start = ((top + y) * width + left) * channels;
      own.set(data.subarray(start, start + patch * channels), y * patch * channels);
    }
    return { data: own, shape: [patch, patch, channels] };
  });
}
