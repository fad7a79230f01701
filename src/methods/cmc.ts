import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { cropAndFlip } from '../augment/presets.js';
import {
  type Augmentation,
  type Batch,
  type BatchFigures,
  type BuildContext,
  DataError,
  type EncoderContext,
  type Example,
  type ExampleFigures,
  type Image,
  type MethodInfo,
  type MethodModel,
  type Mode,
  type OpenData,
  type ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { mutualInfoNce } from '../losses/info-nce.js';
import { drawNoise } from '../losses/nce.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { labEncoder } from '../nn/lab-encoder.js';
import { linear } from '../nn/layers.js';
import { memoryBank } from '../nn/memory-bank.js';
import { bankContrast, noiseOption } from './bank-contrast.js';
import { neighborTiles } from './figures/bank.js';
import { labTiles } from './figures/lab.js';
import { nearest } from './figures/nearest.js';
import { eachOf } from './figures/pixels.js';
import { bankOptions } from './instdisc.js';

const info: MethodInfo = {
  title: 'CMC',
  family: 'contrastive',
  paper: {
    authors: 'Tian, Krishnan & Isola',
    year: 2020,
    title: 'Contrastive multiview coding',
    arxiv: '1906.05849',
  },
  inputs: ['image'],
  summary:
    'The lightness of a picture has to find its colors among those of all pictures, and the colors its lightness.',
};

/** Neighbors shown beside each picture, by lightness and by color. */
const SHOWN = 3;

const problemWith = (shape: readonly number[], title: string): string | undefined =>
  shape[2] === 3
    ? undefined
    : `CMC compares lightness with color, but the pictures of ${title} are gray, [${shape.join(', ')}]: take color pictures such as emoji(), or a method without color such as instdisc()`;

export const cmc = definePart({
  kind: 'method',
  use: 'cmc',
  doc: [
    'CMC: the lightness of a picture (L of Lab) has to find the row of its colors (ab) in a memory bank, and the colors the',
    'row of its lightness. Needs color pictures. The experiment’s encoder is built twice, for L and for ab, so give it half',
    'the width; evaluations see both features. Tian et al., "Contrastive multiview coding" (ECCV 2020).',
  ].join('\n'),
  options: z.object({
    ...bankOptions,
    temperature: bankOptions.temperature
      .default(0.07)
      .describe('Divides the similarities, above 0. Default 0.07, as published for ImageNet; 0.1 for STL-10.'),
    noise: noiseOption(
      'Default 0, for data of a few thousand pictures; published 16384 (and the normalizer of each direction is its own).',
    ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => cropAndFlip())
      .describe(
        'Augmentations of the picture, in order, before its channels are taken apart: both views are of the same pixels. Default: crop of 20 to 100 % of the area, flip, as published.',
      ),
  }),
  create: ({ temperature, dimension, bankMomentum, noise, views }) => ({
    info,
    pipeline: views,

    problems: ({ data }: { data: Pick<OpenData, 'shape' | 'title'> }) =>
      [problemWith(data.shape, data.title) ?? []].flat(),

    encoder({ shape, make }: EncoderContext) {
      const problem = problemWith(shape, 'this data set');
      if (problem !== undefined) throw new DataError(problem);
      const [height, width] = shape as readonly [number, number, number];
      return labEncoder(make([height, width, 1], 1), make([height, width, 2], 2));
    },

    views: (image: Image, context: ViewContext) => ({ view: context.augment(image, views, 0) }),

    build({ encoder, samples, batchSize, random, add, state }: BuildContext): MethodModel {
      const half = encoder.features / 2;
      const heads = {
        lightness: add('lightnessHead', linear(random.at(0), half, dimension)),
        color: add('colorHead', linear(random.at(1), half, dimension)),
      };
      const bankOf = (name: string, number: number) =>
        memoryBank(name, samples, dimension, bankMomentum, { random: random.at(number), state });
      const banks = { lightness: bankOf('lightnessBank', 2), color: bankOf('colorBank', 3) };
      const project = ({ tensors }: Pick<Batch, 'tensors'>, mode: Mode) => {
        const [l, ab] = tf.split(encoder.apply(tensors.view as tf.Tensor, mode) as tf.Tensor2D, 2, 1);
        return {
          lightness: l2Normalize(heads.lightness.apply(l as tf.Tensor, mode) as tf.Tensor2D),
          color: l2Normalize(heads.color.apply(ab as tf.Tensor, mode) as tf.Tensor2D),
        };
      };
      // Each is compared with the bank of the other: with its own it would be InstDisc.
      const place = { samples, state };
      const toColor = bankContrast(banks.color, { temperature, draws: noise, name: 'colorNormalizer' }, place);
      const toLightness = bankContrast(
        banks.lightness,
        { temperature, draws: noise, name: 'lightnessNormalizer' },
        place,
      );
      const direction = (title: string) => ({
        title,
        unit: 'fraction' as const,
        chance: 1 / samples,
        better: 'higher' as const,
      });

      return {
        metrics: {
          loss: { title: 'Cross-view loss', chance: toColor.chance + toLightness.chance, better: 'lower' },
          lightnessToColor: { title: 'Loss of lightness to color', chance: toColor.chance, better: 'lower' },
          colorToLightness: { title: 'Loss of color to lightness', chance: toLightness.chance, better: 'lower' },
          accuracy: direction('Rows of color found by lightness'),
          colorAccuracy: direction('Rows of lightness found by color'),
          probability: direction('Probability of the own color'),
          colorProbability: direction('Probability of the own lightness'),
          ...(noise > 0 && {
            normalizer: { title: 'Normalizer Z / n, lightness to color' },
            colorNormalizer: { title: 'Normalizer Z / n, color to lightness' },
          }),
        },
        targets: ({ indices }, { random }) => ({
          ownLightness: banks.lightness.of(indices),
          ownColor: banks.color.of(indices),
          // The same noise for both directions.
          ...(noise > 0 && { noise: drawNoise(random.at(1), indices.length, samples, noise) }),
        }),
        loss(batch, targets, { mode }) {
          const { lightness, color } = project(batch, mode);
          const [ownLightness, ownColor] = [targets.ownLightness as tf.Tensor2D, targets.ownColor as tf.Tensor2D];
          const l = toColor.contrast(lightness, ownColor, batch.indices, targets.noise);
          const ab = toLightness.contrast(color, ownLightness, batch.indices, targets.noise);
          const ofColor = Object.entries(ab.logs).map(([name, value]) => [
            `color${name[0]?.toUpperCase()}${name.slice(1)}`,
            value,
          ]);
          return {
            loss: tf.add(l.loss, ab.loss),
            logs: {
              lightnessToColor: l.loss,
              colorToLightness: ab.loss,
              ...l.logs,
              ...Object.fromEntries(ofColor),
            },
            kept: {
              lightnessRows: banks.lightness.moved(ownLightness, lightness),
              colorRows: banks.color.moved(ownColor, color),
              ...(l.normalizer && { colorNormalizer: l.normalizer }),
              ...(ab.normalizer && { lightnessNormalizer: ab.normalizer }),
            },
          };
        },
        afterStep({ indices }, { lightnessRows, colorRows, colorNormalizer, lightnessNormalizer }) {
          banks.lightness.write(indices, lightnessRows as tf.Tensor);
          banks.color.write(indices, colorRows as tf.Tensor);
          if (colorNormalizer) toColor.normalizer?.assign(colorNormalizer as tf.Scalar);
          if (lightnessNormalizer) toLightness.normalizer?.assign(lightnessNormalizer as tf.Scalar);
        },
        embed(images) {
          const { lightness, color } = project({ tensors: { view: images } }, { training: false });
          return tf.concat([lightness, color], 1);
        },
        measures: {
          loss: { title: 'InfoNCE of lightness and color of a batch', chance: Math.log(batchSize), better: 'lower' },
          accuracy: {
            title: 'Lightness and color of a batch matched',
            unit: 'fraction',
            chance: 1 / batchSize,
            better: 'higher',
          },
          positiveSimilarity: { title: 'Similarity of lightness and color', chance: 0, best: 1, better: 'higher' },
        },
        measure(batch, { mode }) {
          const { lightness, color } = project(batch, mode);
          return { ...mutualInfoNce(lightness, color, temperature) };
        },
        async compare(batch: Batch, { tiles, sample }: BatchFigures) {
          const scores = tf.tidy(() => {
            const { lightness, color } = project(batch, { training: false });
            return [
              tf.matMul(lightness, banks.color.rows, false, true),
              tf.matMul(color, banks.lightness.rows, false, true),
            ];
          });
          const [byLightness, byColor] = (await Promise.all(scores.map((own) => own.data()))).map((values) =>
            nearest(values as Float32Array, samples, SHOWN),
          );
          tf.dispose(scores);
          const pictures = await eachOf(tf.clone(batch.tensors.view as tf.Tensor));
          const columns = (word: string) => Array.from({ length: SHOWN }, (_, i) => `${word} ${i + 1}`);
          const found = (all: ReturnType<typeof nearest> | undefined, row: number) => {
            const view = tiles.view?.[row];
            if (view === undefined) return [];
            return neighborTiles(all?.[row] ?? [], SHOWN, view, sample, ({ index }) =>
              index === batch.indices[row] ? 'positive' : 'negative',
            );
          };
          return [
            {
              kind: 'images',
              title:
                'Pictures, their lightness and their color; whose colors fit the lightness best, whose lightness fits the colors best',
              columns: ['picture', 'lightness', 'color', ...columns('by lightness'), ...columns('by color')],
              tiles: (tiles.view ?? []).flatMap((view, i) => [
                { ...view, role: 'anchor' as const },
                ...labTiles(pictures[i] as Image),
                ...found(byLightness, i),
                ...found(byColor, i),
              ]),
            },
          ];
        },
      };
    },

    show: ({ view }: Example, { tiles }: ExampleFigures) => [
      { kind: 'images' as const, tiles: [...(tiles.view ?? []), ...labTiles(view as Image)] },
    ],
  }),
});
