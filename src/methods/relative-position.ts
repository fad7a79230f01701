import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { dropChannels } from '../augment/channel-drop.js';
import { cutOut, neighbors, type PatchPair, patchPair } from '../augment/patches.js';
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
  NdArray,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { classification } from '../losses/classification.js';
import { mlp } from '../nn/mlp.js';
import { standardizedInputs } from '../nn/standardized.js';
import type { Block, Box, Pixels, Role, Tile } from '../protocol/figure.js';
import { confusionMatrix } from './figures/confusion.js';
import { toPixels } from './figures/pixels.js';

const info: MethodInfo = {
  title: 'Relative Position',
  family: 'context',
  paper: {
    authors: 'Doersch, Gupta & Efros',
    year: 2015,
    title: 'Unsupervised visual representation learning by context prediction',
    arxiv: '1505.05192',
  },
  inputs: ['image'],
  summary: 'Two neighboring patches of a picture; the network says on which of eight sides the second is of the first.',
};

const sides = ['above left', 'above', 'above right', 'left', 'right', 'below left', 'below', 'below right'];

export const relativePosition = definePart({
  kind: 'method',
  use: 'relativePosition',
  doc: [
    'Relative Position: of two neighboring patches of a picture the network says on which of eight sides the second is of the',
    'first. Gaps between the patches and random shifts keep edges from fitting; each patch has its own mean and deviation',
    'removed; dropped color channels keep chromatic aberration from giving the place away. Both patches pass one encoder.',
    'Doersch, Gupta & Efros, "Unsupervised visual representation learning by context prediction" (ICCV 2015).',
  ].join('\n'),
  options: z.object({
    patch: z
      .number()
      .int()
      .min(2)
      .default(11)
      .describe('Side of a patch in pixels, 2 or more. Default 11, for pictures of 32; published: 96.'),
    gap: z
      .number()
      .int()
      .min(0)
      .default(5)
      .describe('Pixels between neighbors, 0 or more. Default 5; published: 48, half a patch.'),
    jitter: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe(
        'Each patch is shifted by up to so many pixels in both directions, 0 or more. Default 1; published: 7.',
      ),
    colors: z
      .enum(['keep', 'drop'])
      .default('drop')
      .describe(
        '`drop`: each patch keeps one channel, drawn at random, and gets noise in the others, as published; `keep`: all three, for pictures that no lens made. Default `drop`.',
      ),
    hidden: z
      .array(z.number().int().min(1))
      .default([128])
      .describe('Widths of the layers on both patches together. Default [128]; published: [4096, 4096].'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default([])
      .describe('Augmentations of each patch by itself, which must keep its size. Default: none, as published.'),
  }),
  create: ({ patch, gap, jitter, colors, hidden, views }) => {
    const sizes = { patch, gap, jitter };
    // Two patches with their gap and all shifts.
    const needed = 2 * patch + gap + 2 * jitter;
    return {
      info,
      pipeline: views,
      problems: ({ data: { shape, title } }: { readonly data: OpenData }) => {
        const [height = 0, width = 0] = shape;
        if (Math.min(height, width) >= needed) return [];
        return [
          `two patches of ${patch} pixels with a gap of ${gap} and jitter ${jitter} need ${needed} pixels, but the pictures of ${title} are ${height} x ${width}: take a smaller \`patch\` or \`gap\``,
        ];
      },

      views: (image: Image, context: ViewContext) => {
        const position = context.random(0).integer(neighbors.length);
        const places = patchPair(context.random(1), image.shape, position, sizes);
        const cut = (which: keyof PatchPair, view: number) => {
          const piece = context.augment(cutOut(image, places[which], patch), views, view);
          return colors === 'drop' ? dropChannels(piece, context.random(2, view)) : piece;
        };
        const { first, second } = places;
        return {
          first: cut('first', 0),
          second: cut('second', 1),
          position,
          // For people: where the patches were.
          places: { data: Int32Array.of(first.top, first.left, second.top, second.left), shape: [4] },
        };
      },

      encoder: ({ make, shape }: EncoderContext) => standardizedInputs(make(shape)),

      build({ encoder, random, add }: BuildContext): MethodModel {
        const head = add(
          'pair',
          mlp(random, 2 * encoder.features, [...hidden, sides.length], { norm: true, lastNorm: false }),
        );
        const predict = ({ tensors }: Batch, mode: Mode) => {
          // One pass, so that batch norm sees all patches together.
          const both = encoder.apply(tf.concat([tensors.first as tf.Tensor, tensors.second as tf.Tensor]), mode);
          return head.apply(tf.concat(tf.split(both, 2), 1), mode) as tf.Tensor2D;
        };
        return {
          metrics: {
            loss: { title: 'Position loss', chance: Math.log(sides.length), best: 0, better: 'lower' },
            accuracy: { title: 'Position accuracy', unit: 'fraction', chance: 1 / sides.length, better: 'higher' },
          },
          loss: (batch, _targets, { mode }) => {
            const truth = tf.cast(batch.tensors.position as tf.Tensor1D, 'int32');
            const { loss, accuracy } = classification(predict(batch, mode), truth);
            return { loss, logs: { accuracy } };
          },
          embed: (pictures) => encoder.apply(pictures, { training: false }),
          compare: async (batch: Batch, { tiles, sample }: BatchFigures) => {
            const answers = tf.tidy(() => tf.argMax(predict(batch, { training: false }), 1));
            const predicted = await answers.data();
            answers.dispose();
            const truth = await (batch.tensors.position as tf.Tensor).data();
            const places = await (batch.tensors.places as tf.Tensor).data();
            const rows = Array.from(batch.indices, (index, i): Tile[] => {
              const own = places.slice(4 * i, 4 * i + 4);
              const whole = sample(index);
              const right = predicted[i] === truth[i];
              const pieces = [tiles.first?.[i], tiles.second?.[i]].filter((tile) => tile !== undefined);
              if (whole === undefined) return pieces;
              const boxes = boxesOf(own, truth[i] as number, sizes, predicted[i]);
              const caption = right
                ? sides[truth[i] as number]
                : `${sides[predicted[i] as number]}, not ${sides[truth[i] as number]}`;
              return [{ ...whole, caption: caption ?? '', boxes, role: right ? 'target' : 'prediction' }, ...pieces];
            });
            return [
              {
                kind: 'images',
                title: 'Where the second patch is, and where the network says it is',
                columns: ['picture', 'first patch', 'second patch'],
                tiles: rows.flat(),
              },
              confusionMatrix({ title: 'Confusion', what: 'position', names: sides, truth, predicted }),
            ];
          },
        };
      },

      show: ({ position, places, first, second }: Example, { samples, index }: ExampleFigures): Block[] => {
        const whole = toPixels(samples.get(index));
        const at = (places as NdArray).data;
        const pieces = [first, second].flatMap((piece, i): Tile[] => {
          const image = toPixels(piece as NdArray);
          return image ? [{ image, caption: i === 0 ? 'first' : `second: ${sides[position as number]}` }] : [];
        });
        if (whole === undefined) return [{ kind: 'images', tiles: pieces }];
        const boxes = [...elsewhere(at, position as number, sizes, whole), ...boxesOf(at, position as number, sizes)];
        return [{ kind: 'images', tiles: [{ image: whole, caption: 'patches', boxes, role: 'original' }, ...pieces] }];
      },
    };
  },
});

/** Of the eight places where the second patch could have been, those within the picture where it is not. */
function elsewhere(
  [top, left]: ArrayLike<number> & Iterable<number>,
  truth: number,
  { patch, gap }: { readonly patch: number; readonly gap: number },
  { width, height }: Pixels,
): Box[] {
  return neighbors.flatMap(([down, right], position) => {
    const box = {
      top: (top as number) + down * (patch + gap),
      left: (left as number) + right * (patch + gap),
      width: patch,
      height: patch,
      role: 'original' as const,
    };
    const inside = Math.min(box.top, box.left) >= 0 && box.top + patch <= height && box.left + patch <= width;
    return inside && position !== truth ? [box] : [];
  });
}

/** The first patch, where the second is, and where it is said to be. */
function boxesOf(
  places: ArrayLike<number>,
  truth: number,
  { patch, gap }: { readonly patch: number; readonly gap: number },
  said?: number,
): Box[] {
  const [top, left, otherTop, otherLeft] = Array.from(places) as [number, number, number, number];
  const box = (row: number, column: number, role: Role, label?: string): Box => ({
    top: row,
    left: column,
    width: patch,
    height: patch,
    role,
    label,
  });
  const wrong = said === undefined || said === truth ? undefined : neighbors[said];
  return [
    box(top, left, 'anchor', '1'),
    box(otherTop, otherLeft, 'target', '2'),
    ...(wrong ? [box(top + wrong[0] * (patch + gap), left + wrong[1] * (patch + gap), 'prediction', '?')] : []),
  ];
}
