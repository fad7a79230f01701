/** Color jitter: brightness, contrast, saturation and hue, each by a random amount, in random order. */
import { z } from 'zod';
import type { Augmentation } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './color.js';
import { probability } from './shared.js';
import { changed } from './workspace.js';

const adjust = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;
type Change = keyof typeof adjust;
const changes = Object.keys(adjust) as Change[];

/** The changes to make, in the order of the keys. */
type Drawn = Partial<Record<Change, number>>;

const strength = (what: string, published: string) =>
  z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe(`${what} factor is drawn from [max(0, 1 - x), 1 + x]. Default 0: unchanged; ${published}.`);

export const colorJitter = definePart({
  kind: 'augmentation',
  use: 'colorJitter',
  doc: 'Changes brightness, contrast, saturation and hue by random amounts, in random order, clipped to [0, 1] after each.\nAs torchvision ColorJitter. On gray pictures saturation and hue do nothing.\nSimCLR: 0.8 s, 0.8 s, 0.8 s, 0.2 s with s = 1 on ImageNet and 0.5 on CIFAR-10, p = 0.8.',
  options: z.object({
    brightness: strength('Brightness', 'SimCLR 0.8 s, MoCo v2 and BYOL 0.4'),
    contrast: strength('Contrast', 'SimCLR 0.8 s, MoCo v2 and BYOL 0.4'),
    saturation: strength('Saturation', 'SimCLR 0.8 s, MoCo v2 0.4, BYOL 0.2'),
    hue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Hue is turned by a part of the circle from [-x, x], 0 to 0.5. Default 0; SimCLR 0.2 s, MoCo v2 0.1.'),
    p: probability(0.8, 'SimCLR'),
  }),
  create: (options): Pick<Augmentation<Drawn>, 'draw' | 'apply'> => ({
    draw(random, [, , channels]) {
      if (!random.chance(options.p)) return undefined;
      const order = random.permutation(changes.length);
      const drawn: Drawn = {};
      for (const position of order) {
        const change = changes[position] as Change;
        const x = options[change];
        const amount = change === 'hue' ? random.uniform(-x, x) : random.uniform(Math.max(0, 1 - x), 1 + x);
        if (x > 0 && (channels === 3 || change === 'brightness' || change === 'contrast')) drawn[change] = amount;
      }
      return drawn;
    },
    apply: (image, drawn) =>
      changed(image, (pixels) => {
        for (const [change, amount] of Object.entries(drawn) as [Change, number][]) adjust[change](pixels, amount);
      }),
  }),
});
