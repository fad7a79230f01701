/** Grayscale: takes the color away. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { toGray } from './color.js';
import { probability } from './shared.js';
import { changed } from './workspace.js';

type Drawn = Record<string, never>;

export const grayscale = definePart({
  kind: 'augmentation',
  use: 'grayscale',
  doc: 'Replaces each pixel by its gray 0.2989 R + 0.587 G + 0.114 B; the result keeps three channels. Gray pictures stay as they are.\nAs torchvision RandomGrayscale.',
  options: z.object({ p: probability(0.2, 'SimCLR') }),
  create: ({ p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random) => (random.chance(p) ? {} : undefined),
    apply: (image) => changed(image, toGray),
  }),
});
