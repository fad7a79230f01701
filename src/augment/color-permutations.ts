/** Exchanges of the color channels: what is red becomes green, and so on. */
import type { Image } from '../experiment/contracts.js';

/** A new order of red, green and blue: channel c of the result is channel `order[c]` of the picture. */
export type ColorOrder = readonly [red: number, green: number, blue: number];

/** All orders, the unchanged one first, then the other two cyclic ones. */
export const colorOrders: readonly ColorOrder[] = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
  [0, 2, 1],
  [2, 1, 0],
  [1, 0, 2],
];

export const orderName = (order: ColorOrder): string => order.map((channel) => 'RGB'[channel]).join('');

export function permuteColors({ data, shape }: Image, order: ColorOrder): Image {
  if (shape[2] !== 3)
    throw new Error(`colors can only be exchanged in pictures with 3 channels; these have ${shape[2]}`);
  const changed = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3)
    for (let c = 0; c < 3; c++) changed[i + c] = data[i + (order[c] as number)] as number;
  return { data: changed, shape };
}
