/** Noise in HSV: hue, saturation and value of the whole picture change by random amounts. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { probability, range } from './shared.js';
import { type Curve, changed, kernels } from './workspace.js';

/** Curves of saturation and value. */
interface Drawn {
  /** What is added, in turns. */
  readonly hue: number;
  readonly saturation: Curve;
  readonly value: Curve;
  [name: string]: number | Curve;
}

const exponents = 'Range of the exponent of 2 that';

export const hsvNoise = definePart({
  kind: 'augmentation',
  use: 'hsvNoise',
  doc: 'Changes colors in HSV: saturation and value x each become `2^b · x^(2^a) + c`, with a from `power`, b from `factor` and c from\n[-shift, shift], clipped to [0, 1]; the hue is turned. Gray pictures have a value only.\nExemplar networks (Dosovitskiy et al. 2014, arXiv:1406.6909) as S4L-Exemplar has it (Zhai et al. 2019).',
  options: z.object({
    power: range(-2, 2, -10, 10).describe(`${exponents} x is raised to. Default [-2, 2] (S4L): x^(1/4) to x^4.`),
    factor: range(-0.5, 0.5, -10, 10).describe(`${exponents} this is multiplied by. Default [-0.5, 0.5] (S4L).`),
    shift: z.number().min(0).max(1).default(0.1).describe('What is added at most, 0 to 1. Default 0.1 (S4L).'),
    hue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.1)
      .describe('By which part of the circle the hue is turned at most, 0 to 0.5. Default 0.1 (S4L).'),
    p: probability(1, 'S4L'),
  }),
  create: ({ power, factor, shift, hue, p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw(random) {
      if (!random.chance(p)) return undefined;
      const curve = (): Curve => [
        2 ** random.uniform(...power),
        2 ** random.uniform(...factor),
        random.uniform(-shift, shift),
      ];
      return { hue: random.uniform(-hue, hue), saturation: curve(), value: curve() };
    },
    apply: (image, drawn) =>
      changed(image, ({ at, values, channels }) => {
        if (channels === 1) kernels.curve(at, values, ...drawn.value);
        else kernels.hsvCurves(at, values, 6 * drawn.hue, ...drawn.saturation, ...drawn.value);
      }),
  }),
});
