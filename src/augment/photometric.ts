/** Photometric shift: gamma, brightness and tint. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { emptyLike, probability, range } from './shared.js';

interface Drawn {
  readonly gamma: number;
  readonly brightness: number;
  /** Factor of each channel. */
  readonly color: readonly number[];
  [name: string]: number | readonly number[];
}

export const photometric = definePart({
  kind: 'augmentation',
  use: 'photometric',
  doc: 'Raises values to the power gamma, then multiplies them with the brightness and each channel with a factor of its own; clips at 1.\nMonodepth (Godard et al. 2017, arXiv:1609.03677) gives both pictures of a stereo pair the same draw.',
  options: z.object({
    gamma: range(0.8, 1.2, 0.05, 20).describe('Range of the exponent. Default [0.8, 1.2] (Monodepth).'),
    brightness: range(0.5, 2, 0, 20).describe('Range of the factor of all values. Default [0.5, 2] (Monodepth).'),
    color: range(0.8, 1.2, 0, 20).describe('Range of the factor of each channel. Default [0.8, 1.2] (Monodepth).'),
    p: probability(0.5, 'Monodepth'),
  }),
  create: ({ gamma, brightness, color, p }): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw: (random, [, , channels]) =>
      random.chance(p)
        ? {
            gamma: random.uniform(...gamma),
            brightness: random.uniform(...brightness),
            color: Array.from({ length: channels }, () => random.uniform(...color)),
          }
        : undefined,
    apply(image, drawn) {
      const shifted = emptyLike(image);
      const { length } = drawn.color;
      for (let i = 0; i < image.data.length; i++) {
        const factor = drawn.brightness * (drawn.color[i % length] as number);
        shifted.data[i] = Math.min(1, (image.data[i] as number) ** drawn.gamma * factor);
      }
      return shifted;
    },
  }),
});
