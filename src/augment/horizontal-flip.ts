/** Horizontal flip: left becomes right. */
import { z } from 'zod';
import type { Augmentation, Image } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { emptyLike, probability } from './shared.js';

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

/** Left becomes right. */
export function flip(image: Image): Image {
  const [height, width, channels] = image.shape;
  const { data } = image;
  const flipped = emptyLike(image);
  const line = width * channels;
  for (let y = 0; y < height; y++) {
    let to = y * line;
    for (let from = (y + 1) * line - channels; from >= y * line; from -= channels)
      for (let c = 0; c < channels; c++) flipped.data[to++] = data[from + c] as number;
  }
  return flipped;
}
