/** Horizontal flip: left becomes right. */
import { z } from 'zod';
import type { Augmentation, Image } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { emptyLike, probability } from './shared.js';
import { kernels, put, reserve, take } from './workspace.js';

type Drawn = Record<string, never>;

export const horizontalFlip = definePart({
  kind: 'augmentation',
  use: 'horizontalFlip',
  doc: 'Mirrors the picture, left to right. Not for digits or text, whose meaning it changes.',
  options: z.object({ p: probability(0.5, 'SimCLR') }),
  create: ({ p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random) => (random.chance(p) ? {} : undefined),
    apply: flip,
  }),
});

/** Left becomes right: rows are resampled with one pixel for each, in reverse order. */
export function flip(image: Image): Image {
  const [height, width, channels] = image.shape;
  const values = image.data.length;
  const [starts, weights, from, to] = reserve(width, width, values, values) as [number, number, number, number];
  const reverse = new Int32Array(width);
  for (let x = 0; x < width; x++) reverse[x] = width - 1 - x;
  put(reverse, starts);
  put(new Float32Array(width).fill(1), weights);
  put(image.data, from);
  kernels.resampleRows(from, 4 * width * channels, height, channels, starts, weights, 1, to, width);
  const flipped = emptyLike(image);
  take(to, flipped.data);
  return flipped;
}
