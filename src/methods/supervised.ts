/** Plain supervised training: not a self-supervised method, but what those are measured against. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { horizontalFlip } from '../augment/horizontal-flip.js';
import { randomCrop } from '../augment/random-crop.js';
import { labelledOrDrawn, labelProblems } from '../data/labelled.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { classification, labelTensor } from '../losses/classification.js';
import { linear } from '../nn/layers.js';
import type { Block } from '../protocol/figure.js';
import { confusionMatrix } from './figures/confusion.js';
import { judgedTiles } from './figures/judged-tiles.js';
import { testPictures } from './held-out.js';

const info: MethodInfo = {
  title: 'Supervised',
  family: 'with-labels',
  paper: {
    authors: 'LeCun, Bottou, Bengio & Haffner',
    year: 1998,
    title: 'Gradient-based learning applied to document recognition',
  },
  inputs: ['image'],
  summary: 'Cross-entropy on the labels: the baseline of methods that use few or none, and fine-tuning.',
};

export const supervised = definePart({
  kind: 'method',
  use: 'supervised',
  doc: [
    'Supervised training: cross-entropy of a linear classifier on the features, on the samples that have a label. Where most',
    'have none (`fewLabels`), one with a label is drawn in place of each of those, so that epochs are as long as those of',
    'semi-supervised methods on the same data. The baseline for them; with `fromRun` as encoder, fine-tuning.',
  ].join('\n'),
  options: z.object({
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [randomCrop({ padding: 4 }), horizontalFlip()])
      .describe('Augmentations. Default: shift by up to 4 pixels and flip, as is usual for CIFAR-10.'),
  }),
  create: ({ views }) => ({
    info,
    pipeline: views,
    problems: ({ data }: { readonly data: OpenData }) => labelProblems(data),

    views: (image: Image, context: ViewContext) => {
      const { sample, label } = labelledOrDrawn(image, context, 0);
      return { picture: context.augment(sample, views, 0), label };
    },

    build({ encoder, data, classes, random, add }: BuildContext): MethodModel {
      const head = add('classifier', linear(random, encoder.features, classes));
      const classify = (pictures: tf.Tensor, mode: Mode) =>
        head.apply(encoder.apply(pictures, mode), mode) as tf.Tensor2D;
      return {
        metrics: {
          loss: { title: 'Classification loss', chance: Math.log(classes), best: 0, better: 'lower' },
          accuracy: { title: 'Classification accuracy', unit: 'fraction', chance: 1 / classes, better: 'higher' },
        },
        loss: ({ tensors }, _targets, { mode }) => {
          const labels = tf.cast(tensors.label as tf.Tensor1D, 'int32');
          const { loss, accuracy } = classification(classify(tensors.picture as tf.Tensor, mode), labels);
          return { loss, logs: { accuracy } };
        },
        measure: ({ indices, labels }, { mode }) => ({
          ...classification(classify(testPictures(data, indices), mode), labelTensor(labels)),
        }),
        embed: (pictures) => encoder.apply(pictures, { training: false }),
        compare: async ({ tensors }: Batch, { tiles }: BatchFigures) => {
          const answers = tf.tidy(() => tf.argMax(classify(tensors.picture as tf.Tensor, { training: false }), 1));
          const predicted = await answers.data();
          answers.dispose();
          const truth = await (tensors.label as tf.Tensor).data();
          const names = data.classes;
          return [
            { kind: 'images', title: 'Its answers', tiles: judgedTiles(tiles.picture ?? [], truth, predicted, names) },
            confusionMatrix({ title: 'Confusion', what: 'class', names, truth, predicted }),
          ];
        },
      };
    },

    show: ({ label }: Example, { tiles, data }: ExampleFigures): Block[] => [
      {
        kind: 'images',
        tiles: (tiles.picture ?? []).map((tile) => ({ ...tile, caption: data.classes[label as number] ?? '' })),
      },
    ],
  }),
});
