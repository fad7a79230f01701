import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type {
  Batch,
  BatchFigures,
  BuildContext,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { instanceSoftmax } from '../losses/instance-softmax.js';
import { localAggregation as aggregationLoss } from '../losses/local-aggregation.js';
import { kMeans, purity, sizeEntropy } from '../nn/k-means.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { linear } from '../nn/layers.js';
import { memoryBank } from '../nn/memory-bank.js';
import { neighborTiles } from './figures/bank.js';
import { nearest } from './figures/nearest.js';
import { bankViews, measureViews, viewMeasures } from './held-out-views.js';
import { bankOptions, bankViewsOption } from './instdisc.js';

const info: MethodInfo = {
  title: 'Local Aggregation',
  family: 'contrastive',
  paper: {
    authors: 'Zhuang, Zhai & Yamins',
    year: 2019,
    title: 'Local aggregation for unsupervised learning of visual embeddings',
    arxiv: '1903.12355',
  },
  inputs: ['image'],
  summary: 'A view is drawn to the pictures of its own clusters, away from the other pictures that are near it.',
};

/** Close neighbors, and background neighbors, shown beside each view. */
const SHOWN = 4;

export const localAggregation = definePart({
  kind: 'method',
  use: 'localAggregation',
  doc: [
    'Local Aggregation: a view is drawn to its close neighbors (members of the same clusters of the memory bank) relative',
    'to its background neighbors (the nearest rows). Clusters are made anew after every epoch; begins as InstDisc.',
    'Zhuang et al., "Local aggregation for unsupervised learning of visual embeddings" (ICCV 2019).',
  ].join('\n'),
  options: z.object({
    ...bankOptions,
    temperature: bankOptions.temperature
      .default(0.07)
      .describe('Divides the similarities, above 0. Default 0.07, as published.'),
    background: z
      .number()
      .int()
      .min(2)
      .max(65_536)
      .default(128)
      .describe(
        'Nearest rows that make the background of a view, 2 or more, at most the training pictures. Default 128, for a few thousand pictures; 4096 published for ImageNet.',
      ),
    clusterings: z
      .number()
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe(
        'Clusterings from different random beginnings; whoever shares a cluster in any of them is close. Default 3; published 10.',
      ),
    clusters: z
      .number()
      .int()
      .min(2)
      .optional()
      .describe(
        'Clusters of each clustering, 2 or more. Default: training pictures / 40; published 30000 for ImageNet.',
      ),
    iterations: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(20)
      .describe('Iterations of k-means, 1 to 100. Default 20, as published.'),
    warmStart: z
      .number()
      .int()
      .min(0)
      .default(5)
      .describe(
        'Epochs of instance discrimination before the first clustering, 0 or more: clusters of an untrained bank mean nothing. Default 5; published 10.',
      ),
    views: bankViewsOption,
  }),
  create: (options) => {
    const { temperature, dimension, bankMomentum, background, clusterings, iterations, warmStart, views } = options;
    const clustersOf = (samples: number) => options.clusters ?? Math.max(2, Math.round(samples / 40));
    const problems = ({ data }: { data: Pick<OpenData, 'train' | 'title'> }) => {
      const { length } = data.train;
      return (['background', 'clusters'] as const).flatMap((name) => {
        const value = name === 'background' ? background : clustersOf(length);
        return value <= length
          ? []
          : [`${name} is ${value}, but ${data.title} has ${length} training samples: take ${length} or less`];
      });
    };
    return {
      info,
      pipeline: views,
      problems,

      views: (image: Image, context: ViewContext) => bankViews(image, context, views),

      build({ encoder, data, samples, batchSize, classes, random, add, state }: BuildContext): MethodModel {
        const [problem] = problems({ data });
        if (problem !== undefined) throw new Error(problem);
        const clusters = clustersOf(samples);
        const head = add('head', linear(random.at(0), encoder.features, dimension));
        const bank = memoryBank('bank', samples, dimension, bankMomentum, { random: random.at(1), state, unit: true });
        // Before the first clustering everyone is a cluster of its own, which makes the loss that of InstDisc over B.
        const assigned = tf.tidy(() =>
          state('clusters', tf.tile(tf.expandDims(tf.range(0, samples, 1, 'int32'), 0), [clusterings, 1])),
        ) as tf.Variable<tf.Rank.R2>;
        // For people: what the last clustering was like.
        const [entropy, pure] = tf.tidy(() => [
          state('clusterEntropy', tf.scalar(Math.log(samples))),
          state('clusterPurity', tf.scalar(0)),
        ]) as [tf.Variable<tf.Rank.R0>, tf.Variable<tf.Rank.R0>];
        const labels = Int32Array.from({ length: samples }, (_, i) => data.train.label(i));

        const project = (images: tf.Tensor, mode: Mode) => head.apply(encoder.apply(images, mode), mode) as tf.Tensor2D;
        const similarities = (features: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(features, bank.rows, false, true);

        return {
          metrics: {
            loss: { title: 'Local aggregation loss (instance loss at first)', better: 'lower' },
            accuracy: { title: 'Instance accuracy', unit: 'fraction', chance: 1 / samples, better: 'higher' },
            probability: { title: 'Probability of the own row', unit: 'fraction', chance: 1 / samples },
            bankDrift: { title: 'Step of the bank rows', best: 0, better: 'lower' },
            close: { title: 'Close neighbors in the background' },
            allClose: { title: 'Views with nothing but close neighbors (alarm)', unit: 'fraction', best: 0 },
            clusterEntropy: { title: 'Entropy of cluster sizes', best: Math.log(clusters) },
            ...(classes > 0 && {
              clusterPurity: { title: 'Cluster purity (only watched)', unit: 'fraction' as const, best: 1 },
            }),
          },
          targets: ({ indices }) => ({ own: bank.of(indices), close: sharing(assigned, indices) }),
          loss({ tensors, indices }, { own, close }, { mode, epoch }) {
            const features = l2Normalize(project(tensors.view as tf.Tensor, mode));
            const logits = tf.div<tf.Tensor2D>(similarities(features), temperature);
            const rows = bank.moved(own as tf.Tensor, features);
            const instance = instanceSoftmax(logits, indices);
            const aggregation = aggregationLoss(logits, close as tf.Tensor2D, background);
            return {
              loss: epoch < warmStart ? instance.loss : aggregation.loss,
              logs: {
                accuracy: instance.accuracy,
                probability: instance.probability,
                bankDrift: tf.mean(tf.norm(tf.sub(rows, own as tf.Tensor), 2, 1)),
                close: aggregation.close,
                allClose: aggregation.allClose,
                clusterEntropy: tf.clone(entropy),
                ...(classes > 0 && { clusterPurity: tf.clone(pure) }),
              },
              kept: { rows },
            };
          },
          afterStep({ indices }, { rows }, { step, epoch, stepsPerEpoch, random }) {
            bank.write(indices, rows as tf.Tensor);
            if ((step + 1) % stepsPerEpoch !== 0 || epoch + 1 < warmStart) return;
            const points = l2Normalize(bank.rows);
            const found = Array.from({ length: clusterings }, (_, i) =>
              kMeans(points, { clusters, iterations, random: random.at(1, i) }),
            );
            assigned.assign(tf.stack(found) as tf.Tensor2D);
            entropy.assign(mean(found.map((one) => sizeEntropy(one, clusters))));
            if (classes > 0) pure.assign(mean(found.map((one) => purity(one, clusters, labels, classes))));
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
            const [scores, shared] = tf.tidy(() => [
              similarities(l2Normalize(project(tensors.view as tf.Tensor, { training: false }))),
              sharing(assigned, indices),
            ]);
            const [values, members] = (await Promise.all([scores.data(), shared.data()])) as Float32Array[];
            tf.dispose([scores, shared]);
            const near = nearest(values as Float32Array, samples, background);
            const isClose = (row: number, index: number) => members?.[row * samples + index] === 1;
            const columns = (word: string) => Array.from({ length: SHOWN }, (_, i) => `${word} ${i + 1}`);
            return [
              {
                kind: 'images',
                title: `Views, the nearest members of their clusters, and the nearest others, of ${background} background neighbors`,
                columns: ['view', ...columns('close'), ...columns('background')],
                tiles: (tiles.view ?? []).flatMap((view, i) => {
                  const own = indices[i] as number;
                  const others = (near[i] ?? []).filter(({ index }) => index !== own);
                  const close = others.filter(({ index }) => isClose(i, index));
                  const far = others.filter(({ index }) => !isClose(i, index));
                  return [
                    { ...view, caption: `${view.caption}: ${close.length} close`, role: 'anchor' as const },
                    ...neighborTiles(close, SHOWN, view, sample, () => 'positive'),
                    ...neighborTiles(far, SHOWN, view, sample, () => 'negative'),
                  ];
                }),
              },
            ];
          },
        };
      },
    };
  },
});

/** `[batch, samples]`, 1 where a sample of the data shares a cluster with that of the batch in any clustering. */
function sharing(assigned: tf.Tensor2D, indices: Int32Array): tf.Tensor2D {
  return tf.tidy(() => {
    const own = tf.gather(assigned, tf.tensor1d(indices, 'int32'), 1);
    return tf.cast(tf.any(tf.equal(tf.expandDims(own, 2), tf.expandDims(assigned, 1)), 0), 'float32') as tf.Tensor2D;
  });
}

const mean = (scalars: tf.Scalar[]): tf.Scalar => tf.div(tf.addN(scalars), scalars.length);
