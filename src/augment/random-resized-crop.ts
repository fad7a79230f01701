/** Random resized crop: a random part of the picture, brought to a fixed size. */
import { z } from 'zod';
import type { Augmentation, Image } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { pixels } from './intermediate.js';
import { knownTaps, resample } from './resample.js';
import { type Box, range } from './shared.js';

type Drawn = { top: number; left: number; height: number; width: number };

export const randomResizedCrop = definePart({
  kind: 'augmentation',
  use: 'randomResizedCrop',
  doc: 'Cuts a random box out of the picture and resizes it (bilinear, antialiased).\nAs torchvision RandomResizedCrop: area and log aspect ratio uniform, up to 10 tries, then the largest central box.\nSzegedy et al. 2015, arXiv:1409.4842; SimCLR uses scale [0.08, 1].',
  options: z.object({
    scale: range(0.08, 1, 0.0001, 1).describe(
      'Area of the box as a part of the picture, [low, high] within 0 to 1. Default [0.08, 1] (SimCLR); MoCo [0.2, 1].',
    ),
    ratio: range(3 / 4, 4 / 3, 0.01, 100).describe('Width / height of the box, [low, high]. Default [3/4, 4/3].'),
    size: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .optional()
      .describe('Side of the square result in pixels. Default: the size of the picture.'),
  }),
  create: ({ scale, ratio, size }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random, [height, width]) => ({ ...drawBox(random, height, width, scale, ratio) }),
    apply: (image, box) => crop(image, box, size ?? image.shape[0], size ?? image.shape[1]),
  }),
});

type Range = readonly [low: number, high: number];

function drawBox(random: Random, height: number, width: number, scale: Range, ratio: Range): Box {
  const logRatio: Range = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * random.uniform(...scale);
    const aspect = Math.exp(random.uniform(...logRatio));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return { top: random.integer(height - h + 1), left: random.integer(width - w + 1), height: h, width: w };
  }
  // The picture is too long or the range too narrow: the largest central box of an allowed ratio.
  const aspect = Math.min(Math.max(width / height, ratio[0]), ratio[1]);
  const w = Math.max(1, Math.min(width, Math.round(height * aspect)));
  const h = Math.max(1, Math.min(height, Math.round(width / aspect)));
  return { top: (height - h) >> 1, left: (width - w) >> 1, height: h, width: w };
}

/** A box of the picture, resized. */
export function crop(image: Image, box: Box, height: number, width: number): Image {
  const [, columns, channels] = image.shape;
  const data = pixels(height * width * channels);
  resample(image.data, columns, channels, box, knownTaps(box.width, width), knownTaps(box.height, height), data, 1);
  return { data, shape: [height, width, channels] };
}
