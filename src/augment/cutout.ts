/** Cutout: hides a square. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { copyOf, probability } from './shared.js';

/** The part of the square that is inside the picture. */
type Drawn = { top: number; left: number; height: number; width: number };

export const cutout = definePart({
  kind: 'augmentation',
  use: 'cutout',
  doc: 'Hides one square whose center is uniform over the picture; what reaches over the border is cut off.\nDeVries & Taylor 2017, arXiv:1708.04552: 16 pixels for CIFAR-10, 8 for CIFAR-100, filled with 0 after normalization, that is, with the mean color.',
  options: z.object({
    size: z
      .number()
      .int()
      .min(2)
      .max(4096)
      .multipleOf(2)
      .default(16)
      .describe('Side of the square in pixels, even. Default 16 (CIFAR-10).'),
    fill: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Value of the hidden pixels, 0 to 1. Default 0.5, the middle gray; give the mean of your data to match the paper.',
      ),
    p: probability(1, 'paper'),
  }),
  create: ({ size, fill, p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw(random, [height, width]) {
      if (!random.chance(p)) return undefined;
      const y = random.integer(height);
      const x = random.integer(width);
      const top = Math.max(0, y - size / 2);
      const left = Math.max(0, x - size / 2);
      return {
        top,
        left,
        height: Math.min(height, y + size / 2) - top,
        width: Math.min(width, x + size / 2) - left,
      };
    },
    apply(image, { top, left, height, width }) {
      const hidden = copyOf(image);
      const [, columns, channels] = image.shape;
      for (let y = top; y < top + height; y++) {
        const start = (y * columns + left) * channels;
        hidden.data.fill(fill, start, start + width * channels);
      }
      return hidden;
    },
  }),
});
