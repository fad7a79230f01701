import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { grayscale } from '../augment/grayscale.js';
import { horizontalFlip } from '../augment/horizontal-flip.js';
import { cutOut, tilePlaces } from '../augment/patches.js';
import { hamming, permutationSet } from '../augment/permutation-set.js';
import { stacked } from '../augment/stacked.js';
import type {
  Augmentation,
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
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { Random } from '../experiment/random.js';
import { classification } from '../losses/classification.js';
import { allPictures } from '../nn/groups.js';
import { mlp } from '../nn/mlp.js';
import { standardizedInputs } from '../nn/standardized.js';
import type { Block, Tile } from '../protocol/figure.js';
import { mosaic } from './figures/mosaic.js';

const info: MethodInfo = {
  title: 'Jigsaw',
  family: 'context',
  paper: {
    authors: 'Noroozi & Favaro',
    year: 2016,
    title: 'Unsupervised learning of visual representations by solving jigsaw puzzles',
    arxiv: '1603.09246',
  },
  inputs: ['image'],
  summary: 'The tiles of a picture are shuffled by one of P permutations; the network says by which.',
};

export const jigsaw = definePart({
  kind: 'method',
  use: 'jigsaw',
  doc: [
    'Jigsaw: the picture is cut into tiles, which are shuffled by one of P fixed permutations; the network says by which. All',
    'tiles pass the same encoder (context-free network), each with its own mean and deviation removed; gaps of random width',
    'keep edges from fitting. Noroozi & Favaro, "Unsupervised learning of visual representations by solving jigsaw puzzles"',
    '(ECCV 2016).',
  ].join('\n'),
  options: z.object({
    grid: z
      .number()
      .int()
      .min(2)
      .max(5)
      .default(3)
      .describe('Tiles a side, 2 to 5. Default 3, as published; 2 for pictures of 32 pixels.'),
    tile: z
      .number()
      .int()
      .min(2)
      .optional()
      .describe(
        'Side of a tile in pixels, smaller than its cell (the picture divided by `grid`). Default 64/75 of the cell, as published: 64 in cells of 75.',
      ),
    permutations: z
      .number()
      .int()
      .min(2)
      .max(10_000)
      .default(100)
      .describe(
        'How many permutations are told apart, P. Default 100; published: 100 to 1000; 24 are all of four tiles.',
      ),
    rule: z
      .enum(['maxMin', 'mean'])
      .default('maxMin')
      .describe(
        'How the set is chosen, greedily: by the least Hamming distance to those chosen (`maxMin`, VISSL), or by the mean one (`mean`, as published), which lets near-duplicates in. Default `maxMin`.',
      ),
    tileFeatures: z
      .number()
      .int()
      .min(1)
      .default(64)
      .describe('Width of the layer on the features of each tile, fc6. Default 64; published: 1024.'),
    hidden: z
      .number()
      .int()
      .min(1)
      .default(256)
      .describe('Width of the layer on all tiles together, fc7. Default 256; published: 4096.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [horizontalFlip(), grayscale({ p: 0.3 })])
      .describe(
        'Augmentations of the picture before it is cut. Default: flip, and gray with probability 0.3, as in the reference code.',
      ),
  }),
  create: ({ grid, tile, permutations, rule, tileFeatures, hidden, views }) => {
    const tiles = grid * grid;
    let made: Uint8Array[] | undefined;
    // The same for every run, so that runs can be compared and continued.
    const set = () => {
      made ??= permutationSet(Random.fromSeed(0), tiles, permutations, rule);
      return made;
    };
    return {
      info,
      pipeline: views,

      views: (image: Image, context: ViewContext) => {
        const picture = context.augment(image, views, 0);
        const side = tileSide(picture.shape, grid, tile);
        const places = tilePlaces(context.random(0), picture.shape, grid, side);
        const permutation = context.random(1).integer(permutations);
        const order = set()[permutation] as Uint8Array;
        // Slot t is given the tile order[t].
        const shuffled = Array.from(order, (from) => cutOut(picture, places[from] as (typeof places)[number], side));
        return { tiles: stacked(shuffled), permutation };
      },

      encoder: ({ make, shape }: EncoderContext) => standardizedInputs(make(shape)),

      build({ encoder, random, add }: BuildContext): MethodModel {
        const perTile = add('tile', mlp(random.at(0), encoder.features, [tileFeatures], { norm: true }));
        const together = add(
          'puzzle',
          mlp(random.at(1), tiles * tileFeatures, [hidden, permutations], { norm: true, lastNorm: false }),
        );
        const predict = (groups: tf.Tensor, mode: Mode) => {
          const own = tf.relu(perTile.apply(encoder.apply(allPictures(groups), mode), mode));
          return together.apply(tf.reshape(own, [-1, tiles * tileFeatures]), mode) as tf.Tensor2D;
        };
        return {
          metrics: {
            loss: { title: 'Jigsaw loss', chance: Math.log(permutations), best: 0, better: 'lower' },
            accuracy: { title: 'Permutation accuracy', unit: 'fraction', chance: 1 / permutations, better: 'higher' },
            tileAccuracy: {
              title: 'Tiles at their place',
              unit: 'fraction',
              chance: tilesByChance(set()),
              better: 'higher',
            },
          },
          loss: ({ tensors }, _targets, { mode }) => {
            const logits = predict(tensors.tiles as tf.Tensor, mode);
            const truth = tf.cast(tensors.permutation as tf.Tensor1D, 'int32');
            const { loss, accuracy } = classification(logits, truth);
            const orders = tf.tensor2d(
              set().map((order) => Array.from(order)),
              undefined,
              'int32',
            );
            const same = tf.equal(tf.gather(orders, tf.argMax(logits, 1)), tf.gather(orders, truth));
            return { loss, logs: { accuracy, tileAccuracy: tf.mean<tf.Scalar>(tf.cast(same, 'float32')) } };
          },
          embed: (pictures) => encoder.apply(pictures, { training: false }),
          compare: async ({ tensors }: Batch, { tiles: shown }: BatchFigures) => {
            const answers = tf.tidy(() => tf.argMax(predict(tensors.tiles as tf.Tensor, { training: false }), 1));
            const predicted = await answers.data();
            answers.dispose();
            const truth = await (tensors.permutation as tf.Tensor).data();
            const pieces = shown.tiles ?? [];
            const figures = Array.from(truth, (own, i): Tile[] => {
              const slots = pieces.slice(i * tiles, (i + 1) * tiles);
              const right = own === predicted[i];
              const order = set()[predicted[i] as number] as Uint8Array;
              const wrong = hamming(order, set()[own] as Uint8Array);
              return [
                mosaic(slots, grid, 'shuffled'),
                {
                  ...mosaic(restored(slots, order), grid, right ? 'solved' : `${wrong} tiles misplaced`),
                  role: right ? 'target' : 'prediction',
                },
                { ...mosaic(restored(slots, set()[own] as Uint8Array), grid, 'true'), role: 'original' },
              ];
            });
            return [
              {
                kind: 'images',
                title: 'What it was shown, what it made of it, and the truth',
                columns: ['shuffled', 'put back by the network', 'truth'],
                tiles: figures.flat(),
              },
              { kind: 'text', text: described(set()) },
            ];
          },
        };
      },

      show: ({ permutation }: Example, { tiles: shown }: ExampleFigures): Block[] => {
        const order = set()[permutation as number] as Uint8Array;
        const slots = shown.tiles ?? [];
        return [
          {
            kind: 'images',
            tiles: [
              mosaic(slots, grid, `permutation ${permutation}: ${order.join(' ')}`),
              { ...mosaic(restored(slots, order), grid, 'put back'), role: 'original' },
            ],
          },
        ];
      },
    };
  },
});

/** Checked against the picture: a tile must leave room in its cell. */
function tileSide([height, width]: Image['shape'], grid: number, tile: number | undefined): number {
  const cell = Math.floor(Math.min(height, width) / grid);
  const side = tile ?? Math.max(1, Math.min(cell - 1, Math.round((cell * 64) / 75)));
  if (side >= cell)
    throw new Error(
      `tiles of ${side} pixels do not fit with a gap into cells of ${cell} (pictures of ${height} x ${width}, ${grid} x ${grid} tiles): take \`tile\` ${cell - 1} or less, or a smaller \`grid\``,
    );
  return side;
}

/** The tiles in the places they came from: the inverse permutation. */
function restored<T>(slots: readonly T[], order: Uint8Array): T[] {
  const places: T[] = [...slots];
  order.forEach((place, slot) => {
    places[place] = slots[slot] as T;
  });
  return places;
}

/** Share of tiles at their place where two permutations are drawn at random. */
function tilesByChance(set: readonly Uint8Array[]): number {
  const tiles = set[0]?.length ?? 1;
  let same = 0;
  for (const a of set) for (const b of set) same += tiles - hamming(a, b);
  return same / tiles / set.length ** 2;
}

function described(set: readonly Uint8Array[]): string {
  const distances = set.flatMap((a, i) => set.slice(i + 1).map((b) => hamming(a, b)));
  const mean = distances.reduce((a, b) => a + b, 0) / distances.length;
  return `${set.length} permutations; Hamming distance between two of them: mean ${mean.toFixed(3)}, least ${distances.reduce((a, b) => Math.min(a, b))} of ${set[0]?.length} tiles.`;
}
