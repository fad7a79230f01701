import { z } from 'zod';
import { mocoViews } from '../augment/presets.js';
import type { MethodInfo } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { linear } from '../nn/layers.js';
import { momentumContrast, momentumContrastOptions } from './momentum-contrast.js';

const info: MethodInfo = {
  title: 'MoCo v1',
  family: 'contrastive',
  paper: {
    authors: 'He, Fan, Wu, Xie & Girshick',
    year: 2020,
    title: 'Momentum contrast for unsupervised visual representation learning',
    arxiv: '1911.05722',
  },
  inputs: ['image'],
  summary: 'A view has to find the other view of its picture among a queue of views that a slowly moving copy encoded.',
};

export const moco = definePart({
  kind: 'method',
  use: 'moco',
  doc: [
    'MoCo v1: a view (query) has to find the other view of its picture (key) among a queue of keys of earlier batches.',
    'Keys come from a slowly moving copy of the encoder, so many negatives do not need a large batch. Linear head.',
    'He et al., "Momentum contrast for unsupervised visual representation learning" (CVPR 2020).',
  ].join('\n'),
  options: z.object(
    momentumContrastOptions(
      { value: 0.07, published: '; the CIFAR-10 demo takes 0.1' },
      {
        value: () => mocoViews(),
        published:
          'those of the CIFAR-10 demo, crop of 8 to 100 % of the area, flip, color jitter (0.4, 0.4, 0.4, 0.1; p 0.8), grayscale (p 0.2)',
      },
    ),
  ),
  create: (options) => ({
    info,
    pipeline: options.views,
    ...momentumContrast(options, ({ encoder, random }) => linear(random.at(0), encoder.features, options.dimension)),
  }),
});
