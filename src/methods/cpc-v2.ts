import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type {
  Batch,
  BatchFigures,
  BuildContext,
  EncoderContext,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { futureLabels, futureLoss, futureScores, type LatentGrid } from '../losses/future.js';
import { conv2d } from '../nn/layers.js';
import { maskedContext } from '../nn/masked-context.js';
import { type PatchGridEncoder, patchGridEncoder } from '../nn/patch-grid-encoder.js';
import type { Block } from '../protocol/figure.js';
import type { MetricInfo } from '../protocol/run.js';
import { type Ahead, accuracyBars, rankedFutures } from './figures/futures.js';
import {
  gridProblems,
  overlappingRows,
  patchesOf,
  patchLatents,
  patchOptions,
  patchPictures,
  showPatches,
} from './patch-views.js';

const info: MethodInfo = {
  title: 'CPC v2',
  family: 'contrastive',
  paper: {
    authors: 'Hénaff, Srinivas, De Fauw, Razavi, Doersch, Eslami & van den Oord',
    year: 2020,
    title: 'Data-efficient image recognition with contrastive predictive coding',
    arxiv: '1905.09272',
  },
  inputs: ['image'],
  summary: 'Rows of patches predict the rows beyond, in four directions, among all patches of the batch.',
};

const directions = ['down', 'up', 'right', 'left'] as const;
type Direction = (typeof directions)[number];

/** Turns a grid, `[batch, rows, columns, channels]`, so that its context comes from above. */
export function turned(grid: tf.Tensor4D, direction: Direction): tf.Tensor4D {
  const upright = direction === 'right' || direction === 'left' ? tf.transpose(grid, [0, 2, 1, 3]) : grid;
  return direction === 'up' || direction === 'left' ? tf.reverse(upright, 1) : upright;
}

export const cpcV2 = definePart({
  kind: 'method',
  use: 'cpcV2',
  doc: [
    'CPC v2: contrastive predictive coding on grids of patches. A context made by masked convolutions over the rows seen so far',
    'has to find the patches of further rows among all patches of the batch, in four directions. The encoder must have no',
    'batch norm, which would join the patches: convnet({ norm: "layer" }).',
    'Hénaff et al., "Data-efficient image recognition with contrastive predictive coding" (ICML 2020).',
  ].join('\n'),
  options: z.object({
    steps: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(3)
      .describe(
        'How many rows ahead are predicted, at most. Default 3, as in the published pseudo-code, which predicts the third row only.',
      ),
    skip: z
      .number()
      .int()
      .min(0)
      .max(63)
      .optional()
      .describe(
        'How many of the nearest rows are left out. Default: those that share pixels with the context; published: 2.',
      ),
    directions: z
      .array(z.enum(directions))
      .min(1)
      .max(4)
      .refine((list) => new Set(list).size === list.length, 'each direction may be there once')
      .default([...directions])
      .describe(
        'Where predictions go from what was seen, each with a context network of its own. Default all four, as published: down, up, right, left.',
      ),
    dimensions: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(64)
      .describe('Length of the vectors that are compared. Default 64, as published.'),
    width: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(64)
      .describe('Width of the blocks of the context network. Default 64; published: 256.'),
    blocks: z
      .number()
      .int()
      .min(1)
      .max(16)
      .default(5)
      .describe(
        'Residual blocks of the context network, each of which looks one row further back. Default 5, as published.',
      ),
    embScale: z
      .number()
      .positive()
      .max(10)
      .default(0.1)
      .describe(
        'Factor of the predictions, above 0, so that the softmax does not start saturated. Default 0.1, as published.',
      ),
    ...patchOptions,
  }),
  create: (options) => {
    const { steps, embScale, dimensions, width, blocks } = options;
    const skip = options.skip ?? overlappingRows(options);
    const aheads = Array.from({ length: Math.max(0, steps - skip) }, (_, i) => skip + 1 + i);

    return {
      info,
      pipeline: [...options.views, ...options.patchViews],

      problems: ({ data }: { data: OpenData }) => gridProblems(data, options, skip + 1, steps),

      views: (image: Image, context: ViewContext) => ({ patches: patchesOf(image, options, context) }),

      encoder: (context: EncoderContext) => patchGridEncoder(context, options),

      build({ encoder, batchSize, random, add }: BuildContext): MethodModel {
        const grid = encoder as PatchGridEncoder;
        const { features, rows, columns } = grid;
        const pointwise = (name: string, draws: number[]) =>
          add(name, conv2d(random.at(...draws), { inputs: features, filters: dimensions, size: 1, bias: true }));
        const target = pointwise('target', [0]);
        const networks = options.directions.map((direction) => {
          const number = directions.indexOf(direction);
          return {
            direction,
            context: add(`${direction}/context`, maskedContext(random.at(1, number), features, { blocks, width })),
            predictors: aheads.map((ahead) => pointwise(`${direction}/ahead${ahead}`, [2, number, ahead])),
          };
        });
        const terms = options.directions.flatMap((direction) => aheads.map((ahead) => ({ direction, ahead })));
        const keyOf = ({ direction, ahead }: (typeof terms)[number]) => `${direction}${ahead}`;
        /** The grid of a direction, with its rows as that direction counts them. */
        const gridOf = (direction: Direction, batch: number): LatentGrid =>
          direction === 'down' || direction === 'up'
            ? { batch, rows, columns }
            : { batch, rows: columns, columns: rows };

        /** For each direction and row ahead, the products of all predictions with all targets of the batch. */
        const scoresOf = ({ tensors }: Batch, mode: Mode): tf.Tensor2D[] => {
          const latents = patchLatents(grid, tensors.patches as tf.Tensor, mode);
          const targets = target.apply(latents, mode) as tf.Tensor4D;
          return networks.flatMap(({ direction, context, predictors }) => {
            const contexts = context.apply(turned(latents, direction), mode) as tf.Tensor4D;
            const ofDirection = turned(targets, direction);
            const [batch, own, across] = contexts.shape;
            return aheads.map((ahead, i) => {
              const seen = tf.slice(contexts, [0, 0, 0, 0], [batch, own - ahead, across, features]);
              const predicted = predictors[i]?.apply(seen, mode) as tf.Tensor;
              return futureScores(tf.mul(predicted, embScale), ofDirection);
            });
          });
        };

        const guess = batchSize * rows * columns;
        const accuracy: Omit<MetricInfo, 'title'> = { unit: 'fraction', chance: 1 / guess, better: 'higher' };
        return {
          metrics: {
            loss: { title: 'InfoNCE loss', chance: Math.log(guess), better: 'lower' },
            accuracy: { title: 'Patch found', ...accuracy },
            ...Object.fromEntries(
              terms.map((term) => [
                keyOf(term),
                { title: `Patch found, ${term.ahead} ${term.direction}`, ...accuracy },
              ]),
            ),
          },

          loss(batch, _targets, { mode }) {
            const size = batch.indices.length;
            const found = scoresOf(batch, mode).map((scores, i) => {
              const { direction, ahead } = terms[i] as (typeof terms)[number];
              return futureLoss(scores, futureLabels(gridOf(direction, size), ahead));
            });
            const mean = (values: readonly tf.Scalar[]) => tf.div<tf.Scalar>(tf.addN([...values]), values.length);
            return {
              loss: mean(found.map(({ loss }) => loss)),
              logs: {
                accuracy: mean(found.map((own) => own.accuracy)),
                ...Object.fromEntries(found.map((own, i) => [keyOf(terms[i] as (typeof terms)[number]), own.accuracy])),
              },
            };
          },

          embed: (images) => encoder.apply(images, { training: false }),

          async compare(batch: Batch, figures: BatchFigures): Promise<readonly Block[]> {
            const size = batch.indices.length;
            const read = tf.tidy(() => scoresOf(batch, { training: false }));
            const all = await Promise.all(read.map((scores) => scores.data()));
            tf.dispose(read);
            const found = terms.map(({ direction, ahead }, i): Ahead & { readonly direction: Direction } => ({
              direction,
              label: `${ahead} ${direction}`,
              ahead,
              scores: all[i] as Float32Array,
              labels: futureLabels(gridOf(direction, size), ahead),
              chance: 1 / (size * rows * columns),
            }));
            // The nearest rows of each direction: the easiest to judge by eye.
            const nearest = found.filter(({ ahead }) => ahead === aheads[0]);
            const ranked = nearest.map((own) => {
              const places = turnedPlaces(rows, columns, own.direction);
              const ownGrid = gridOf(own.direction, size);
              const pictures = patchPictures(figures, options, ownGrid.columns, (place) => places[place] as number);
              return rankedFutures(own, ownGrid, pictures);
            });
            return [accuracyBars(found), ...ranked];
          },
        };
      },

      show: (example: Example, figures: ExampleFigures): readonly Block[] => showPatches(options, example, figures),
    };
  },
});

/** Of each place of a turned grid, row by row, the place it has in the picture. */
function turnedPlaces(rows: number, columns: number, direction: Direction): Float32Array {
  return tf.tidy(() => {
    const places = tf.reshape(tf.range(0, rows * columns), [1, rows, columns, 1]) as tf.Tensor4D;
    return turned(places, direction).dataSync() as Float32Array;
  });
}
