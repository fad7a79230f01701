import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  Module,
  NdArray,
  StepContext,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { discriminatorLoss, foolingLoss, gradientPenalty } from '../losses/adversarial-prior.js';
import { estimators, type InformationLoss, informationLoss, uninformedLoss } from '../losses/mutual-information.js';
import { linear } from '../nn/layers.js';
import { mlp } from '../nn/mlp.js';
import { scoreNetwork } from '../nn/score-network.js';
import { extent } from '../protocol/color-map.js';
import type { Block, Tile } from '../protocol/figure.js';
import type { MetricInfo } from '../protocol/run.js';
import { heatMap } from './figures/heat-map.js';

const info: MethodInfo = {
  title: 'Deep InfoMax',
  family: 'contrastive',
  paper: {
    authors: 'Hjelm, Fedorov, Lavoie-Marchildon, Grewal, Bachman, Trischler & Bengio',
    year: 2019,
    title: 'Learning deep representations by mutual information estimation and maximization',
    arxiv: '1808.06670',
  },
  inputs: ['image'],
  summary: 'The vector of a whole picture has to tell its own places from the places of other pictures.',
};

const weight = (what: string, value: number, published: string) =>
  z
    .number()
    .min(0)
    .max(1000)
    .default(value)
    .describe(`${what}, 0 or more; 0 leaves it out. Default ${value}. ${published}`);

export const deepInfomax = definePart({
  kind: 'method',
  use: 'deepInfomax',
  doc: [
    'Deep InfoMax: the vector of a whole picture (global) has to tell its own places (local) from those of other pictures,',
    'which maximizes a bound of the mutual information between them; a prior can shape how the vectors are spread.',
    'Hjelm et al., "Learning deep representations by mutual information estimation and maximization" (ICLR 2019).',
  ].join('\n'),
  options: z.object({
    estimator: z
      .enum(estimators)
      .default('jsd')
      .describe(
        'Bound of the information: `jsd` (Jensen-Shannon, default; stable, works with few pictures), `infonce` (wants many), `dv` (Donsker-Varadhan; noisy with small batches).',
      ),
    local: weight(
      'Weight of the information between the vector and each place',
      1,
      'Published: 1 for DIM(L), 0 for DIM(G).',
    ),
    global: weight(
      'Weight of the information between the vector and the feature map as a whole',
      0,
      'Published: 0 for DIM(L), 1 for DIM(G).',
    ),
    prior: weight(
      'Weight of matching a prior: the sigmoid of the vector should be spread evenly over the unit cube, as an adversary judges',
      0.1,
      'Published: 0.1 for DIM(L), 1 for DIM(G).',
    ),
    map: z
      .number()
      .int()
      .min(0)
      .max(31)
      .default(1)
      .describe(
        'Which feature map of the encoder has the places, from 0, the finest. Default 1: the second, as published for 32 x 32 pictures (8 x 8 places).',
      ),
    dimensions: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(64)
      .describe('Length of the vector of a picture, a linear layer on the features. Default 64, as published.'),
    width: z
      .number()
      .int()
      .min(1)
      .max(8192)
      .default(256)
      .describe('Width of the networks whose products are the scores. Default 256; published: 2048.'),
    discriminator: z
      .array(z.number().int().min(1).max(8192))
      .min(1)
      .default([200])
      .describe('Widths of the hidden layers of the adversary. Default [200]; published: [1000, 200].'),
    gradientPenalty: z
      .number()
      .min(0)
      .max(1000)
      .default(1)
      .describe('Weight of the squared gradient of the adversary, which keeps it smooth, 0 or more. Default 1.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default([])
      .describe(
        'Augmentations of the picture. Default none, as published for CIFAR-10; random crops and flips for STL-10.',
      ),
  }),
  create: (options) => ({
    info,
    pipeline: options.views,

    views: (image: Image, context: ViewContext) => ({ image: context.augment(image, options.views, 0) }),

    build({ encoder, shape, batchSize, random, add }: BuildContext): MethodModel {
      const { maps, features } = encoder;
      const stage = maps?.stages[options.map];
      if (maps === undefined || stage === undefined)
        throw new Error(
          `deepInfomax: map ${options.map} asks for feature map number ${options.map + 1} of the encoder, which has ${maps?.stages.length ?? 0}. Take a smaller map or a deeper encoder.`,
        );
      const [rows, columns] = [shape[0], shape[1]].map((side) => Math.ceil((side as number) / stage.stride)) as [
        number,
        number,
      ];
      const places = rows * columns;
      const { estimator, dimensions, width } = options;
      const toVector = add('vector', linear(random.at(0), features, dimensions));
      const score = (name: string, number: number, inputs: number): Module =>
        add(name, scoreNetwork(random.at(number), inputs, width));
      const local = options.local > 0 && {
        vector: score('localVector', 1, dimensions),
        place: score('localPlace', 2, stage.channels),
      };
      const global = options.global > 0 && {
        vector: score('globalVector', 3, dimensions),
        // The further network that makes one vector of the whole map.
        summary: add(
          'summary',
          mlp(random.at(4), places * stage.channels, [width, dimensions], { norm: true, lastNorm: false }),
        ),
        map: score('globalMap', 5, dimensions),
      };
      const judge =
        options.prior > 0 &&
        add('discriminator', mlp(random.at(6), dimensions, [...options.discriminator, 1]), 'adversary');

      /** One pass: the map with the places, and the vector made of the mean of the last map, which is the features. */
      const encode = (images: tf.Tensor, mode: Mode) => {
        const all = maps.apply(images, mode);
        const pooled = tf.mean(all.at(-1) as tf.Tensor4D, [1, 2]);
        return { map: all[options.map] as tf.Tensor4D, vectors: toVector.apply(pooled, mode) as tf.Tensor2D };
      };
      type Encoded = ReturnType<typeof encode>;
      // Layer norm leaves vectors as long as the root of their width: divided by it, scores start with deviation 1. The
      // published code has plain products, with which the first thousand steps do nothing but shrink them.
      const products = (vectors: tf.Tensor, others: tf.Tensor, each: number): tf.Tensor3D => {
        const [n] = vectors.shape as [number];
        const rows = tf.div<tf.Tensor2D>(vectors, Math.sqrt(width));
        return tf.reshape(tf.matMul(rows, others as tf.Tensor2D, false, true), [n, n, each]);
      };
      const localScores = ({ map, vectors }: Encoded, { vector, place }: Exclude<typeof local, false>, mode: Mode) =>
        products(vector.apply(vectors, mode), place.apply(tf.reshape(map, [-1, stage.channels]), mode), places);
      const globalScores = (
        { map, vectors }: Encoded,
        { vector, summary, map: whole }: Exclude<typeof global, false>,
        mode: Mode,
      ) => {
        const flat = tf.reshape(map, [map.shape[0], places * stage.channels]);
        return products(vector.apply(vectors, mode), whole.apply(summary.apply(flat, mode), mode), 1);
      };

      const found = (title: string, each: number): Record<string, MetricInfo> => {
        const key = title.toLowerCase();
        return {
          [key]: {
            title: `${title} information loss`,
            chance: uninformedLoss(estimator, batchSize, each),
            ...(estimator === 'jsd' && { best: -2 * Math.LN2 }),
            better: 'lower',
          },
          [`${key}Accuracy`]: {
            title: `${title} accuracy: own picture has the highest score`,
            unit: 'fraction',
            chance: 1 / batchSize,
            better: 'higher',
          },
          [`${key}Joint`]: { title: `${title} score of own pairs` },
          [`${key}Product`]: { title: `${title} score of foreign pairs` },
        };
      };
      const said = (key: string, { loss, accuracy, joint, product }: InformationLoss) => ({
        [key]: loss,
        [`${key}Accuracy`]: accuracy,
        [`${key}Joint`]: joint,
        [`${key}Product`]: product,
      });

      return {
        metrics: {
          loss: { title: 'Loss', better: 'lower' },
          ...(local && found('Local', places)),
          ...(global && found('Global', 1)),
          ...(judge && {
            prior: { title: 'Prior loss of the encoder', chance: Math.LN2 },
            discriminator: { title: 'Loss of the discriminator', chance: 2 * Math.LN2 },
          }),
        },

        loss({ tensors }: Batch, _targets, { mode }: StepContext) {
          const encoded = encode(tensors.image as tf.Tensor, mode);
          const terms: tf.Tensor[] = [];
          const logs: Record<string, tf.Scalar> = {};
          for (const [key, factor, scores] of [
            ['local', options.local, local && localScores(encoded, local, mode)],
            ['global', options.global, global && globalScores(encoded, global, mode)],
          ] as const) {
            if (!scores) continue;
            const information = informationLoss(scores, estimator);
            terms.push(tf.mul(information.loss, factor));
            Object.assign(logs, said(key, information));
          }
          if (judge) {
            logs.prior = foolingLoss(judge.apply(tf.sigmoid(encoded.vectors), mode));
            terms.push(tf.mul(logs.prior, options.prior));
          }
          return { loss: tf.addN(terms) as tf.Scalar, logs };
        },

        ...(judge && {
          adversary({ tensors }: Batch, _targets: tf.NamedTensorMap, { mode, random }: StepContext) {
            const codes = tf.sigmoid(encode(tensors.image as tf.Tensor, mode).vectors);
            const draws = random.at(1);
            const uniform = tf.tensor2d(
              Float32Array.from({ length: codes.size }, () => draws.uniform()),
              codes.shape,
            );
            const judged = (points: tf.Tensor) => judge.apply(points, mode);
            const discriminator = discriminatorLoss(judged(uniform), judged(codes));
            const penalty = tf.add(gradientPenalty(judged, uniform), gradientPenalty(judged, codes));
            const loss = tf.add<tf.Scalar>(discriminator, tf.mul(penalty, options.gradientPenalty / 2));
            return { loss, logs: { discriminator } };
          },
        }),

        embed: (images) => encode(images, { training: false }).vectors,

        async compare({ tensors }: Batch, { tiles }: BatchFigures) {
          const mode = { training: false };
          const pictures = tiles.image ?? [];
          const read = tf.tidy(() => {
            const encoded = encode(tensors.image as tf.Tensor, mode);
            if (local) return localScores(encoded, local, mode);
            return global ? globalScores(encoded, global, mode) : undefined;
          });
          if (read === undefined)
            return [{ kind: 'text', text: 'Only the prior is matched: there are no scores to show.' }];
          const scores = (await read.data()) as Float32Array;
          read.dispose();
          return local
            ? [heatMaps(pictures, scores, [rows, columns]), scoreMatrix(pictures, scores)]
            : [scoreMatrix(pictures, scores)];
        },
      };
    },
  }),
});

interface Scores extends NdArray {
  readonly data: Float32Array;
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How many pictures have a row of heat maps. */
const SHOWN = 6;

/** Where the vector of a picture finds itself: scores over its own places and, in the same colors, over another's. */
function heatMaps(pictures: readonly Tile[], scores: Float32Array, [rows, columns]: [number, number]): Block {
  const places = rows * columns;
  const count = pictures.length;
  const map = (i: number, j: number): Scores => {
    const start = (i * count + j) * places;
    return { data: scores.subarray(start, start + places), shape: [rows, columns] };
  };
  const tiles = pictures.slice(0, SHOWN).flatMap((picture, i): Tile[] => {
    const other = (i + 1) % count;
    const [own, foreign] = [map(i, i), map(i, other)];
    const range = extent([...own.data, ...foreign.data]) ?? [0, 1];
    const words = ({ data }: Scores) => `mean score ${mean(data).toFixed(2)}`;
    return [
      { ...picture, role: 'anchor' },
      { image: heatMap(own, range), caption: words(own), role: 'positive' },
      { ...(pictures[other] as Tile), trace: undefined, role: 'negative' },
      { image: heatMap(foreign, range), caption: words(foreign), role: 'negative' },
    ];
  });
  return {
    kind: 'images',
    title: 'Score of each place with the vector of the picture at the left: its own places should be lighter',
    columns: ['picture', 'its places', 'another picture', 'places of that'],
    tiles,
  };
}

/** Mean score of each picture's vector with each picture's places: the diagonal should be the highest of its row. */
function scoreMatrix(pictures: readonly Tile[], scores: Float32Array): Block {
  const count = pictures.length;
  const places = scores.length / count ** 2;
  const names = pictures.map((_, i) => String(i + 1));
  return {
    kind: 'matrix',
    title: 'Mean score of the vector of a picture (row) with the places of a picture (column)',
    rowTitle: 'vector of',
    columnTitle: 'places of',
    rows: names,
    columns: names,
    values: Float32Array.from({ length: count * count }, (_, pair) =>
      mean(scores.subarray(pair * places, (pair + 1) * places)),
    ),
    marks: Int32Array.from({ length: count }, (_, i) => i),
  };
}
