import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { horizontalFlip } from '../augment/horizontal-flip.js';
import { fourTurns } from '../augment/quarter-turns.js';
import { randomCrop } from '../augment/random-crop.js';
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
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { classification, labelTensor } from '../losses/classification.js';
import { allPictures } from '../nn/groups.js';
import { linear } from '../nn/layers.js';
import type { Block } from '../protocol/figure.js';
import { classActivation } from './figures/class-activation.js';
import { confusionMatrix } from './figures/confusion.js';
import { judgedTiles } from './figures/judged-tiles.js';

const info: MethodInfo = {
  title: 'RotNet',
  family: 'context',
  paper: {
    authors: 'Gidaris, Singh & Komodakis',
    year: 2018,
    title: 'Unsupervised representation learning by predicting image rotations',
    arxiv: '1803.07728',
  },
  inputs: ['image'],
  summary: 'Each picture is turned by 0, 90, 180 and 270 degrees; the network says by how much.',
};

const angles = ['0°', '90°', '180°', '270°'];

export const rotation = definePart({
  kind: 'method',
  use: 'rotation',
  doc: [
    'RotNet: each picture is turned by 0, 90, 180 and 270 degrees, and the network says by how much; for that it has to know',
    'what things look like upright. All four copies are in the batch, so a step computes four times as many pictures as',
    '`batchSize`. Pictures must be square. Gidaris, Singh & Komodakis, "Unsupervised representation learning by predicting',
    'image rotations" (ICLR 2018).',
  ].join('\n'),
  options: z.object({
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [randomCrop({ padding: 4 }), horizontalFlip()])
      .describe(
        'Augmentations before the turns, the same for all four copies. Default: shift by up to 4 pixels and flip, as published for CIFAR-10.',
      ),
  }),
  create: ({ views }) => ({
    info,
    pipeline: views,

    views: (image: Image, context: ViewContext) => ({ turned: fourTurns(context.augment(image, views, 0)) }),

    build({ encoder, random, add }: BuildContext): MethodModel {
      const head = add('head', linear(random, encoder.features, angles.length));
      const predict = (pictures: tf.Tensor, mode: Mode) =>
        head.apply(encoder.apply(pictures, mode), mode) as tf.Tensor2D;
      return {
        metrics: {
          loss: { title: 'Rotation loss', chance: Math.log(4), best: 0, better: 'lower' },
          accuracy: { title: 'Rotation accuracy', unit: 'fraction', chance: 1 / 4, better: 'higher' },
        },
        loss: ({ tensors }, _targets, { mode }) => {
          const copies = allPictures(tensors.turned as tf.Tensor);
          const { loss, accuracy } = classification(predict(copies, mode), turnLabels(copies.shape[0]));
          return { loss, logs: { accuracy } };
        },
        embed: (pictures) => encoder.apply(pictures, { training: false }),
        compare: async ({ tensors }: Batch, { tiles }: BatchFigures) => {
          const copies = allPictures(tensors.turned as tf.Tensor);
          const answers = tf.tidy(() => tf.argMax(predict(copies, { training: false }), 1));
          const predicted = await answers.data();
          const truth = Array.from(predicted, (_, i) => i % 4);
          const [kernel] = head.variables();
          const maps = await classActivation(encoder, kernel?.variable as tf.Variable<tf.Rank.R2>, copies, predicted);
          tf.dispose([answers, copies]);
          const judged = judgedTiles(tiles.turned ?? [], truth, predicted, angles);
          const blocks: Block[] = [{ kind: 'images', title: 'What the network says', columns: angles, tiles: judged }];
          if (maps !== undefined)
            blocks.push({
              kind: 'images',
              title: 'Where it sees that (class activation map: light is for its answer)',
              columns: angles,
              tiles: judged.map((tile, i) => ({ ...tile, image: maps[i] ?? tile.image })),
            });
          return [...blocks, confusionMatrix({ title: 'Confusion', what: 'angle', names: angles, truth, predicted })];
        },
      };
    },

    show: (_example: Example, { tiles }: ExampleFigures): Block[] => [
      {
        kind: 'images',
        columns: angles,
        tiles: (tiles.turned ?? []).map((tile, i) => ({ ...tile, caption: angles[i] ?? '' })),
      },
    ],
  }),
});

/** 0, 1, 2, 3, 0, 1, …: the turns of all copies. */
const turnLabels = (count: number) => labelTensor(Array.from({ length: count }, (_, i) => i % 4));
