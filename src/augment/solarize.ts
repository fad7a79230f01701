/** Solarize: bright pixels become their negative. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { probability } from './shared.js';
import { changed, kernels } from './workspace.js';

type Drawn = Record<string, never>;

export const solarize = definePart({
  kind: 'augmentation',
  use: 'solarize',
  doc: 'Inverts values from the threshold up: x below it stays, others become 1 - x.\nBYOL (Grill et al. 2020, arXiv:2006.07733) applies it to the second view with p = 0.2.',
  options: z.object({
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Values from here up are inverted, 0 to 1. Default 0.5 (BYOL); 1 inverts only full white.'),
    p: probability(0.2, 'second view of BYOL'),
  }),
  create: ({ threshold, p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random) => (random.chance(p) ? {} : undefined),
    apply: (image) => changed(image, ({ at, values }) => kernels.solarize(at, values, threshold)),
  }),
});
