/** Random crop: the picture, shifted by a few pixels. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { emptyLike } from './shared.js';

/** Place of the picture's first pixel in the result, in pixels. */
type Drawn = { down: number; right: number };

export const randomCrop = definePart({
  kind: 'augmentation',
  use: 'randomCrop',
  doc: 'Pads the picture on all sides and cuts its own size out again, at a random place: a shift by up to `padding` pixels.\nHe et al. 2016, arXiv:1512.03385: 4 pixels for CIFAR-10. Borders are mirrored, since a constant border would tell pretext tasks where the picture was.',
  options: z.object({
    padding: z.number().int().min(1).max(1024).default(4).describe('Pixels added on each side. Default 4 (CIFAR-10).'),
    border: z
      .enum(['mirror', 'zero'])
      .default('mirror')
      .describe('What the added pixels are: the picture mirrored, or zeros (as published). Default `mirror`.'),
  }),
  create: ({ padding, border }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random) => ({
      down: random.integer(2 * padding + 1) - padding,
      right: random.integer(2 * padding + 1) - padding,
    }),
    apply(image, { down, right }) {
      const [height, width, channels] = image.shape;
      const shifted = emptyLike(image);
      let to = 0;
      for (let y = 0; y < height; y++) {
        const row = mirrored(y - down, height);
        for (let x = 0; x < width; x++) {
          const column = mirrored(x - right, width);
          const inside = border === 'mirror' || (row === y - down && column === x - right);
          const from = (row * width + column) * channels;
          for (let c = 0; c < channels; c++) shifted.data[to++] = inside ? (image.data[from + c] as number) : 0;
        }
      }
      return shifted;
    },
  }),
});

/** The place inside of 0..length-1 that a place outside mirrors, without repeating the border. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}
