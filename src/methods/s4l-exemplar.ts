import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { horizontalFlip } from '../augment/horizontal-flip.js';
import { randomResizedCrop } from '../augment/random-resized-crop.js';
import { stacked } from '../augment/stacked.js';
import { drawLabelled, labelProblems } from '../data/labelled.js';
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
import { batchHard } from '../losses/batch-hard.js';
import { classification, labelTensor } from '../losses/classification.js';
import { sampledTriplets } from '../losses/sampled-triplets.js';
import { allPictures, repeated } from '../nn/groups.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { linear } from '../nn/layers.js';
import type { Block, Tile } from '../protocol/figure.js';
import { testPictures } from './held-out.js';

const info: MethodInfo = {
  title: 'S4L-Exemplar',
  family: 'with-labels',
  paper: {
    authors: 'Zhai, Oliver, Kolesnikov & Beyer',
    year: 2019,
    title: 'S4L: Self-supervised semi-supervised learning',
    arxiv: '1905.03670',
  },
  inputs: ['image'],
  summary: 'Classifies the few pictures that have a label, and keeps the augmented copies of every picture together.',
};

export const s4lExemplar = definePart({
  kind: 'method',
  use: 's4lExemplar',
  doc: [
    'S4L-Exemplar: supervised learning on the samples with a label, and on all samples a triplet loss with a soft margin that',
    'keeps the augmented copies of a picture nearer to each other than to other pictures. Every sample of the batch is joined',
    'by one that has a label, drawn at random, so a step computes 2 · `copies` · `batchSize` pictures.',
    'Zhai, Oliver, Kolesnikov & Beyer, "S4L: Self-supervised semi-supervised learning" (ICCV 2019).',
  ].join('\n'),
  options: z.object({
    weight: z
      .number()
      .min(0)
      .default(1)
      .describe('Factor of the triplet loss beside the classification loss, 0 or more. Default 1, as published.'),
    copies: z
      .number()
      .int()
      .min(2)
      .max(64)
      .default(4)
      .describe('Augmented copies of each picture, 2 or more. Default 4; published: 8.'),
    width: z
      .number()
      .int()
      .min(1)
      .default(64)
      .describe('Dimension of the vectors that the triplet loss compares. Default 64; published: 1000.'),
    mining: z
      .enum(['hardest', 'sampled'])
      .default('hardest')
      .describe(
        'Triplets of the loss: `hardest`, the farthest copy and the nearest other picture (batch-hard), as published; `sampled`, copies and other pictures drawn by how hard they are, for strong views, many pictures in a batch or data where many pictures look alike. Default `hardest`.',
      ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [randomResizedCrop({ scale: [0.3, 1] }), horizontalFlip()])
      .describe(
        'Augmentations of a copy. Default: crop of 30 to 100 % of the area, flip; published: Inception crop, flip and `hsvNoise`. Where the farthest copy is farther than the nearest other picture from the start, as with strong color jitter or many pictures in a batch, all get the same vector and the loss of the hardest triplets stays at ln 2: take `sampled` there.',
      ),
  }),
  create: ({ weight, copies, width, mining, views }) => ({
    info,
    pipeline: views,
    problems: ({ data }: { readonly data: OpenData }) => labelProblems(data),

    views: (image: Image, context: ViewContext) => {
      const { sample, label, index } = drawLabelled(context, 0);
      const copiesOf = (picture: Image, from: number) =>
        stacked(Array.from({ length: copies }, (_, i) => context.augment(picture, views, from + i)));
      return { copies: copiesOf(image, 0), labelled: copiesOf(sample, copies), label, drawn: index };
    },

    build({ encoder, data, classes, random, add }: BuildContext): MethodModel {
      const classifier = add('classifier', linear(random.at(0), encoder.features, classes));
      const embedding = add('embedding', linear(random.at(1), encoder.features, width));
      const features = (pictures: tf.Tensor, mode: Mode) => encoder.apply(pictures, mode) as tf.Tensor2D;
      const embed = (own: tf.Tensor2D, mode: Mode) => embedding.apply(own, mode) as tf.Tensor2D;
      const triplets = (vectors: tf.Tensor2D, pictures: tf.Tensor1D) => {
        const hardest = batchHard(vectors, pictures);
        return mining === 'hardest' ? hardest : { ...hardest, loss: sampledTriplets(vectors, pictures, copies) };
      };
      const exemplarChance = Math.log(2);
      return {
        metrics: {
          loss: {
            title: 'S4L-Exemplar loss',
            chance: Math.log(classes) + weight * exemplarChance,
            better: 'lower',
          },
          classLoss: { title: 'Classification loss', chance: Math.log(classes), better: 'lower' },
          exemplarLoss: { title: 'Triplet loss', chance: exemplarChance, better: 'lower' },
          accuracy: { title: 'Classification accuracy', unit: 'fraction', chance: 1 / classes, better: 'higher' },
          exemplarAccuracy: {
            title: 'Copies that are nearest',
            unit: 'fraction',
            better: 'higher',
          },
          positiveDistance: { title: 'Distance to the farthest copy', better: 'lower' },
          negativeDistance: { title: 'Distance to the nearest other picture', better: 'higher' },
        },
        loss: ({ tensors, indices }, _targets, { mode }) => {
          // Both parts in one pass, so that batch norm sees them together.
          const pictures = [tensors.copies, tensors.labelled].map((part) => allPictures(part as tf.Tensor));
          const all = features(tf.concat(pictures), mode);
          const [own, labelled] = tf.split(all, 2) as [tf.Tensor2D, tf.Tensor2D];
          const labels = repeated(tf.cast(tensors.label as tf.Tensor1D, 'int32'), copies);
          const classes = classification(classifier.apply(labelled, mode) as tf.Tensor2D, labels);
          const exemplar = triplets(embed(own, mode), repeated(labelTensor(indices), copies));
          // One picture may be drawn for several samples: then all its copies belong together.
          const drawn = repeated(tensors.drawn as tf.Tensor1D, copies);
          const labelledExemplar = triplets(embed(labelled, mode), drawn);
          const exemplarLoss = tf.div<tf.Scalar>(tf.add(exemplar.loss, labelledExemplar.loss), 2);
          const { accuracy, positiveDistance, negativeDistance } = exemplar;
          return {
            loss: tf.add<tf.Scalar>(classes.loss, tf.mul(exemplarLoss, weight)),
            logs: {
              classLoss: classes.loss,
              exemplarLoss,
              accuracy: classes.accuracy,
              exemplarAccuracy: accuracy,
              positiveDistance,
              negativeDistance,
            },
          };
        },
        measure: ({ tensors, indices, labels }, { mode }) => {
          const own = features(testPictures(data, indices), mode);
          const { loss: classLoss, accuracy } = classification(
            classifier.apply(own, mode) as tf.Tensor2D,
            labelTensor(labels),
          );
          const copied = features(allPictures(tensors.copies as tf.Tensor), mode);
          const exemplar = triplets(embed(copied, mode), repeated(labelTensor(indices), copies));
          return { classLoss, accuracy, exemplarLoss: exemplar.loss, exemplarAccuracy: exemplar.accuracy };
        },
        embed: (pictures) => embed(features(pictures, { training: false }), { training: false }),
        compare: async ({ tensors, labels }: Batch, { tiles }: BatchFigures) => {
          const [cosines, answers] = tf.tidy(() => {
            const own = features(allPictures(tensors.copies as tf.Tensor), { training: false });
            const unit = l2Normalize(embed(own, { training: false }));
            return [tf.matMul(unit, unit, false, true), tf.argMax(classifier.apply(own, { training: false }), 1)];
          }) as [tf.Tensor, tf.Tensor];
          const [similarity, predicted] = await Promise.all([cosines.data(), answers.data()]);
          tf.dispose([cosines, answers]);
          const shown = tiles.copies ?? [];
          const count = shown.length;
          const distance = (i: number, j: number) =>
            Math.sqrt(Math.max(0, 2 - 2 * (similarity[i * count + j] as number)));
          const rows = Array.from(labels, (label, i): Tile[] => {
            const anchor = i * copies;
            const own = Array.from({ length: copies }, (_, c) => anchor + c);
            const others = shown.map((_, j) => j).filter((j) => !own.includes(j));
            const hardest = others.reduce<number | undefined>(
              (best, j) => (best === undefined || distance(anchor, j) < distance(anchor, best) ? j : best),
              undefined,
            );
            const name = data.classes[predicted[anchor] as number];
            const at = (j: number, role: 'anchor' | 'positive' | 'negative', caption: string): Tile => ({
              ...(shown[j] as Tile),
              role,
              caption,
              label: data.classes[label],
            });
            return [
              at(anchor, 'anchor', `says ${name}`),
              ...own.slice(1).map((j) => at(j, 'positive', `d ${distance(anchor, j).toFixed(2)}`)),
              ...(hardest === undefined
                ? []
                : [at(hardest, 'negative', `hardest, d ${distance(anchor, hardest).toFixed(2)}`)]),
            ];
          });
          const columns = ['anchor', ...Array.from({ length: copies - 1 }, (_, i) => `copy ${i + 1}`)];
          return [
            {
              kind: 'images',
              title: 'Copies of each picture, and the nearest copy of another one',
              columns: labels.length > 1 ? [...columns, 'hardest negative'] : columns,
              tiles: rows.flat(),
            },
          ];
        },
      };
    },

    show: ({ label }: Example, { tiles, data }: ExampleFigures): Block[] => [
      { kind: 'images', title: 'Without a label: copies that belong together', tiles: tiles.copies ?? [] },
      {
        kind: 'images',
        title: `With a label: ${data.classes[label as number]}`,
        tiles: tiles.labelled ?? [],
      },
    ],
  }),
});
