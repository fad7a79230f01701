import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { instDiscViews } from '../augment/presets.js';
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
import { drawNoise } from '../losses/nce.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { linear } from '../nn/layers.js';
import { memoryBank } from '../nn/memory-bank.js';
import { bankContrast, noiseOption } from './bank-contrast.js';
import { neighborTiles } from './figures/bank.js';
import { nearest } from './figures/nearest.js';
import { bankViews, measureViews, viewMeasures } from './held-out-views.js';

const info: MethodInfo = {
  title: 'InstDisc',
  family: 'contrastive',
  paper: {
    authors: 'Wu, Xiong, Yu & Lin',
    year: 2018,
    title: 'Unsupervised feature learning via non-parametric instance discrimination',
    arxiv: '1805.01978',
  },
  inputs: ['image'],
  summary:
    'Every picture is a class of its own: a view has to find its picture’s row in a memory bank of all pictures.',
};

/** Bank rows shown beside each view. */
const SHOWN = 5;

export const bankOptions = {
  temperature: z
    .number()
    .positive()
    .max(10)
    .default(0.1)
    .describe(
      'Divides the similarities, above 0. Default 0.1, as published for CIFAR-10; 0.07 for ImageNet. Small values look at the nearest rows only.',
    ),
  dimension: z
    .number()
    .int()
    .min(2)
    .max(4096)
    .default(128)
    .describe('Length of the vectors that are compared. Default 128, as published.'),
  bankMomentum: z
    .number()
    .min(0)
    .max(0.999)
    .default(0.5)
    .describe(
      'Share of itself that a row of the bank keeps when its picture is seen, 0 to 0.999. Default 0.5, as published.',
    ),
};

export const bankViewsOption = z
  .array(partOf<Augmentation>('augmentation'))
  .default(() => instDiscViews())
  .describe(
    'Augmentations of the view, in order. Default: those published for CIFAR-10, crop of 20 to 100 % of the area, color jitter (0.4, 0.4, 0.4, 0.4), grayscale (p 0.2).',
  );

export const instdisc = definePart({
  kind: 'method',
  use: 'instdisc',
  doc: [
    'InstDisc: every picture is a class of its own; a view has to find its picture’s row in a memory bank with one row for',
    'each training picture. By default a softmax over the whole bank; noise-contrastive estimation for large data.',
    'Wu et al., "Unsupervised feature learning via non-parametric instance discrimination" (CVPR 2018).',
  ].join('\n'),
  options: z.object({
    ...bankOptions,
    noise: noiseOption('Default 0, which the authors’ code recommends for CIFAR-10; 4096 published for ImageNet.'),
    proximal: z
      .number()
      .min(0)
      .max(1000)
      .default(0)
      .describe(
        'Weight of the squared distance between a view’s vector and its row, which steadies training, 0 or more. Default 0, as in the authors’ code; 30 in the paper.',
      ),
    views: bankViewsOption,
  }),
  create: ({ temperature, dimension, bankMomentum, noise, proximal, views }) => ({
    info,
    pipeline: views,

    views: (image: Image, context: ViewContext) => bankViews(image, context, views),

    build({ encoder, samples, batchSize, random, add, state }: BuildContext): MethodModel {
      const head = add('head', linear(random.at(0), encoder.features, dimension));
      const bank = memoryBank('bank', samples, dimension, bankMomentum, { random: random.at(1), state });
      const instances = bankContrast(bank, { temperature, draws: noise, name: 'normalizer' }, { samples, state });
      const project = (images: tf.Tensor, mode: Mode) => head.apply(encoder.apply(images, mode), mode) as tf.Tensor2D;
      const similarities = (features: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(features, bank.rows, false, true);

      return {
        metrics: {
          loss: {
            title: noise > 0 ? 'NCE loss' : 'Instance loss',
            chance: instances.chance,
            better: 'lower',
          },
          accuracy: { title: 'Instance accuracy', unit: 'fraction', chance: 1 / samples, better: 'higher' },
          probability: {
            title: 'Probability of the own row',
            unit: 'fraction',
            chance: 1 / samples,
            best: 1,
            better: 'higher',
          },
          bankDrift: { title: 'Step of the bank rows', best: 0, better: 'lower' },
          ...(noise > 0 && { normalizer: { title: 'Normalizer Z / n' } }),
          ...(proximal > 0 && { proximal: { title: 'Distance to the own row, squared', better: 'lower' as const } }),
        },
        targets: ({ indices }, { random }) => ({
          own: bank.of(indices),
          ...(noise > 0 && { noise: drawNoise(random.at(1), indices.length, samples, noise) }),
        }),
        loss({ tensors, indices }, targets, { mode }) {
          const own = targets.own as tf.Tensor2D;
          const features = l2Normalize(project(tensors.view as tf.Tensor, mode));
          const rows = bank.moved(own, features);
          const found = instances.contrast(features, own, indices, targets.noise);
          const logs = { ...found.logs, bankDrift: tf.mean<tf.Scalar>(tf.norm(tf.sub(rows, own), 2, 1)) };
          const kept = { rows, ...(found.normalizer && { normalizer: found.normalizer }) };
          if (proximal === 0) return { loss: found.loss, logs, kept };
          const distance = tf.mean<tf.Scalar>(tf.sum(tf.squaredDifference(features, own), 1));
          const loss = tf.add<tf.Scalar>(found.loss, tf.mul(distance, proximal));
          return { loss, logs: { ...logs, proximal: distance }, kept };
        },
        // After the scores have been computed: earlier the row would give its own view away.
        afterStep({ indices }, { rows, normalizer }) {
          bank.write(indices, rows as tf.Tensor);
          if (normalizer !== undefined) instances.normalizer?.assign(normalizer as tf.Scalar);
        },
        positives: ['view', 'other'],
        embed: (images) => project(images, { training: false }),
        measures: viewMeasures(batchSize),
        measure: ({ tensors }, { mode }) =>
          measureViews(
            project(tensors.view as tf.Tensor, mode),
            project(tensors.other as tf.Tensor, mode),
            temperature,
          ),
        async compare({ tensors, indices }: Batch, { tiles, sample }: BatchFigures) {
          const scores = tf.tidy(() =>
            similarities(l2Normalize(project(tensors.view as tf.Tensor, { training: false }))),
          );
          const values = (await scores.data()) as Float32Array;
          scores.dispose();
          const rows = nearest(values, samples, SHOWN);
          return [
            {
              kind: 'images',
              title: 'Views and the pictures whose rows of the bank are nearest; the own row is the positive',
              columns: ['view', ...Array.from({ length: SHOWN }, (_, i) => `nearest ${i + 1}`)],
              tiles: (tiles.view ?? []).flatMap((view, i) => [
                { ...view, role: 'anchor' as const },
                ...neighborTiles(rows[i] ?? [], SHOWN, view, sample, ({ index }) =>
                  index === indices[i] ? 'positive' : 'negative',
                ),
              ]),
            },
          ];
        },
      };
    },
  }),
});
