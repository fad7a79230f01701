import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { simclrViews } from '../augment/presets.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { ntXent } from '../losses/nt-xent.js';
import { mlp } from '../nn/mlp.js';
import { similarityFigure } from './similarity-figure.js';

const info: MethodInfo = {
  title: 'SimCLR',
  family: 'contrastive',
  paper: {
    authors: 'Chen, Kornblith, Norouzi & Hinton',
    year: 2020,
    title: 'A simple framework for contrastive learning of visual representations',
    arxiv: '2002.05709',
  },
  inputs: ['image'],
  summary: 'Two augmented views of each picture attract each other; all other views of the batch repel them.',
};

export const simclr = definePart({
  kind: 'method',
  use: 'simclr',
  doc: [
    'SimCLR: two augmented views of each picture attract each other, all other views of the batch repel them (NT-Xent).',
    'Wants large batches. Chen et al., "A simple framework for contrastive learning of visual representations" (ICML 2020).',
  ].join('\n'),
  options: z.object({
    temperature: z
      .number()
      .positive()
      .max(10)
      .default(0.5)
      .describe(
        'Divides the similarities, above 0: small values look at the hardest negatives only. Default 0.5, as published for CIFAR-10; 0.1 for ImageNet.',
      ),
    projector: z
      .array(z.number().int().min(1).max(65_536))
      .min(1)
      .default([256, 128])
      .describe(
        'Widths of the projector, an MLP on the features that is thrown away after training; the last is the dimension that is compared. Default [256, 128]; published: as wide as the features (2048 for ResNet-50), then 128.',
      ),
    projectorNorm: z
      .boolean()
      .default(true)
      .describe('Batch norm in the projector. Default true, as in the published code; the paper describes it without.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => simclrViews())
      .describe(
        'Augmentations of a view, in order; both views are drawn from them. Default: those published for CIFAR-10, crop of 8 to 100 % of the area, flip, color jitter (0.4, 0.4, 0.4, 0.1; p 0.8), grayscale (p 0.2); no blur.',
      ),
  }),
  create: ({ temperature, projector, projectorNorm, views }) => ({
    info,
    pipeline: views,

    views: (image: Image, context: ViewContext) => ({
      first: context.augment(image, views, 0),
      second: context.augment(image, views, 1),
    }),

    build({ encoder, batchSize, random, add }: BuildContext): MethodModel {
      const head = add('projector', mlp(random, encoder.features, projector, { norm: projectorNorm }));
      const project = (images: tf.Tensor, mode: Mode) => head.apply(encoder.apply(images, mode), mode) as tf.Tensor2D;
      // Both views in one pass, so that batch norm sees them together.
      const projectPair = ({ tensors }: Batch, mode: Mode) =>
        project(tf.concat([tensors.first as tf.Tensor, tensors.second as tf.Tensor]), mode);
      const others = 2 * batchSize - 1;
      return {
        metrics: {
          loss: { title: 'NT-Xent loss', chance: Math.log(others), better: 'lower' },
          accuracy: { title: 'Contrastive accuracy', unit: 'fraction', chance: 1 / others, better: 'higher' },
          positiveSimilarity: { title: 'Similarity of positives', chance: 0, best: 1, better: 'higher' },
        },
        positives: ['first', 'second'],
        loss: (batch, _targets, { mode }) => {
          const { loss, accuracy, positiveSimilarity } = ntXent(projectPair(batch, mode), temperature);
          return { loss, logs: { accuracy, positiveSimilarity } };
        },
        embed: (images) => project(images, { training: false }),
        compare: async (batch: Batch, { tiles }: BatchFigures) => [
          await similarityFigure({
            title: 'Cosine similarity of all views of the batch',
            vectors: tf.tidy(() => projectPair(batch, { training: false })),
            tiles: [...(tiles.first ?? []), ...(tiles.second ?? [])],
            temperature,
          }),
        ],
      };
    },
  }),
});
