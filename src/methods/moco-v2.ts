import { z } from 'zod';
import { mocoV2Views } from '../augment/presets.js';
import type { MethodInfo } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { mlp } from '../nn/mlp.js';
import { momentumContrast, momentumContrastOptions } from './momentum-contrast.js';

const info: MethodInfo = {
  title: 'MoCo v2',
  family: 'contrastive',
  paper: {
    authors: 'Chen, Fan, Girshick & He',
    year: 2020,
    title: 'Improved baselines with momentum contrastive learning',
    arxiv: '2003.04297',
  },
  inputs: ['image'],
  summary: 'MoCo with what SimCLR has shown to help: an MLP head, stronger augmentation, a cosine schedule.',
};

export const mocoV2 = definePart({
  kind: 'method',
  use: 'mocoV2',
  doc: [
    'MoCo v2: a view has to find the other view of its picture among a queue of keys from a slowly moving encoder.',
    'To MoCo v1 it adds an MLP head, a higher temperature, stronger augmentation and a cosine schedule.',
    'Chen et al., "Improved baselines with momentum contrastive learning" (2020).',
  ].join('\n'),
  options: z.object({
    ...momentumContrastOptions(
      { value: 0.2, published: '' },
      {
        value: () => mocoV2Views(),
        published:
          'crop of 20 to 100 % of the area, color jitter (0.4, 0.4, 0.4, 0.1; p 0.8), grayscale (p 0.2), flip; `mocoV2Views("imagenet")` adds the published blur',
      },
    ),
    hidden: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .optional()
      .describe(
        'Width of the hidden layer of the head, which has no batch norm. Default: as wide as the features, as published (2048 for ResNet-50).',
      ),
  }),
  create: (options) => ({
    info,
    pipeline: options.views,
    ...momentumContrast(options, ({ encoder: { features }, random }) =>
      mlp(random.at(0), features, [options.hidden ?? features, options.dimension]),
    ),
  }),
});
