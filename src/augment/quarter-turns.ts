/** Rotation by multiples of 90 degrees: exact, without interpolation or borders that would give the angle away. */
import type { Image, NdArray } from '../experiment/contracts.js';
import { stacked } from './stacked.js';

/** The picture turned counter-clockwise by `turns` times 90 degrees; height and width change places where odd. */
export function quarterTurns({ data, shape: [height, width, channels] }: Image, turns: number): Image {
  const k = ((turns % 4) + 4) % 4;
  const [rows, columns] = k % 2 === 0 ? [height, width] : [width, height];
  // Which pixel comes to rest at the upper left, and which ones below and to the right of it.
  const [first, down, right] = [
    [0, width, 1],
    [width - 1, -1, width],
    [height * width - 1, -width, -1],
    [(height - 1) * width, 1, -width],
  ][k] as [number, number, number];
  const turned = new Float32Array(data.length);
  let to = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const from = (first + y * down + x * right) * channels;
      for (let c = 0; c < channels; c++) turned[to++] = data[from + c] as number;
    }
  return { data: turned, shape: [rows, columns, channels] };
}

/** The four turns of a square picture, 0 to 270 degrees: `[4, height, width, channels]`. */
export function fourTurns(image: Image): NdArray & { readonly data: Float32Array } {
  const [height, width] = image.shape;
  if (height !== width)
    throw new Error(
      `pictures of ${height} x ${width} cannot be turned by 90 degrees and keep their shape: use square ones, such as randomResizedCrop({ size }) gives`,
    );
  return stacked([0, 1, 2, 3].map((turns) => quarterTurns(image, turns)));
}
