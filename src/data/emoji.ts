/** Emoji by kind: small color pictures that come with Autodidact. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Dataset, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { openCifar } from './cifar.js';
import { limitOption } from './limit.js';

export const emoji = definePart({
  kind: 'dataset',
  use: 'emoji',
  doc: [
    'Emoji: color pictures of 32 x 32 pixels on white in 12 classes (faces, hands, animals, flags, …), 3,700 for training and',
    '794 for test, which come with Autodidact. Variants of one emoji (artist, gender, skin tone, direction) are in one split.',
    'From Noto Emoji (Google, Apache License 2.0) and Twemoji (Twitter and other contributors, CC-BY 4.0).',
  ].join('\n'),
  options: z.object({ train: limitOption('training', 'all 3,700'), test: limitOption('test', 'all 794') }),
  create: (options): Pick<Dataset, 'open'> => ({
    async open({ sampleFolder }): Promise<OpenData> {
      const folder = path.join(sampleFolder, 'emoji');
      const remedy = 'Install Autodidact again.';
      const names = JSON.parse(readFileSync(path.join(folder, 'names.json'), 'utf8'));
      const split = (name: 'train' | 'test') =>
        openCifar({
          folder,
          split: name,
          files: [`${name}.bin`],
          labels: { bytes: 1, at: 0 },
          classes: names.classes.length,
          limit: options[name],
          names: names[name],
          remedy,
        });
      const train = split('train');
      const test = split('test');
      return {
        kind: 'image',
        title: 'Emoji',
        shape: [32, 32, 3],
        classes: names.classes,
        train: train.samples,
        test: test.samples,
        notes: [...train.notes, ...test.notes],
      };
    },
  }),
});
