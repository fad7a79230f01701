import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { frameMotion, weightedChoice } from '../augment/motion.js';
import { crop } from '../augment/random-resized-crop.js';
import type { Box } from '../augment/shared.js';
import { boxAt, movingBox, squareAround, trackByTemplate } from '../augment/track.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Clip,
  EncoderContext,
  Example,
  ExampleFigures,
  Image,
  LossResult,
  MethodInfo,
  MethodModel,
  Mode,
  NdArray,
  StepContext,
  ViewContext,
} from '../experiment/contracts.js';
import { filmOf, frame } from '../experiment/encoder-input.js';
import { definePart, partOf } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { ownTrack, trackRanking } from '../losses/track-ranking.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { mlp } from '../nn/mlp.js';
import type { Block, Tile } from '../protocol/figure.js';
import { toPixels } from './figures/pixels.js';

const info: MethodInfo = {
  title: 'Siamese-triplet tracking',
  family: 'temporal',
  paper: {
    authors: 'Wang & Gupta',
    year: 2015,
    title: 'Unsupervised learning of visual representations using videos',
    arxiv: '1505.00687',
  },
  inputs: ['frames'],
  summary: 'The first and the last patch of a tracked object attract each other; patches of other films repel them.',
};

export const siameseTriplet = definePart({
  kind: 'method',
  use: 'siameseTriplet',
  doc: [
    'Siamese-triplet tracking: two patches of an object that was followed through a film are nearer to each other than to',
    'patches of other films, by a margin. Random negatives first, then also the hardest ones. Where films have no tracks,',
    'what moves is followed by template matching. The encoder looks at patches, in evaluations too.',
    'Wang & Gupta, "Unsupervised learning of visual representations using videos" (ICCV 2015).',
  ].join('\n'),
  options: z.object({
    frames: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe(
        'Frames from the first to the last patch, at most to the end of the film. Default 10; published: about 30.',
      ),
    patch: z
      .number()
      .int()
      .min(8)
      .max(512)
      .default(24)
      .describe('Side of a patch as the network sees it, in pixels, 8 to 512. Default 24; published: 227.'),
    context: z
      .number()
      .min(0.5)
      .max(4)
      .default(1.1)
      .describe(
        'Side of what is cut out, as a multiple of the box. Default 1.1: a static background inside lets the network ignore the object.',
      ),
    box: z
      .number()
      .min(0.05)
      .max(1)
      .default(0.35)
      .describe('Where films have no tracks: side of the box that is followed, as a part of the frame. Default 0.35.'),
    margin: z
      .number()
      .positive()
      .max(2)
      .default(0.5)
      .describe(
        'By how much negatives must be farther, in cosine distance. Default 0.5, as published; released code: 1.',
      ),
    negatives: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .default(4)
      .describe('Negatives of each pair. Default 4, as in the released code.'),
    hardRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Part of the negatives that are the nearest ones; the others are random. Default 0.5, as in the released code.',
      ),
    hardFrom: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe(
        'Part of the training that is over when hard negatives begin, 0 to 1; from 0 on, training can collapse. Default 0.3; published: after 10 of about 100 epochs.',
      ),
    mirrored: z
      .boolean()
      .default(true)
      .describe('Whether the last patch is an anchor too. Default true, as in the released code; the paper: false.'),
    embedding: z
      .array(z.number().int().min(1).max(65_536))
      .min(1)
      .default([64])
      .describe(
        'Widths of the layers on the features; the last is what is compared. Default [64]; published: [4096, 1024].',
      ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default([])
      .describe('Augmentations of a patch, in order, drawn for each patch alone. Default none, as published.'),
  }),
  create: ({ frames, patch, context, box, margin, negatives, hardRatio, hardFrom, mirrored, embedding, views }) => {
    const patchOf = (image: Image, around: Box) => crop(image, squareAround(image, around, context), patch, patch);
    const boxSide = ({ shape: [, height, width] }: Clip) => Math.max(4, Math.round(box * Math.min(height, width)));
    return {
      info,
      pipeline: views,
      problems: ({ batchSize }: { readonly batchSize: number }) =>
        batchSize > 1 ? [] : ['negatives are patches of the other films of a batch, so batchSize must be 2 or more'],

      views(clip: Clip, { random, augment }: ViewContext<Clip>): Example {
        const span = Math.min(frames, clip.shape[0] - 1);
        const start = drawStart(frameMotion(clip), span, random());
        const times = [start, start + span] as const;
        const boxes = ends(clip, times, boxSide(clip));
        const [first, last] = times.map((t, i) => augment(patchOf(frame(clip, t), boxes[i] as Box), views, i)) as [
          Image,
          Image,
        ];
        return {
          first,
          last,
          times: { data: Int32Array.from(times), shape: [2] },
          boxes: {
            data: Float32Array.from(boxes.flatMap(({ left, top, width, height }) => [left, top, width, height])),
            shape: [2, 4],
          },
        };
      },

      encoder: ({ shape, make }: EncoderContext) => make([patch, patch, ...shape.slice(2)]),

      input(clip: Clip): Image {
        const middle = Math.floor(clip.shape[0] / 2);
        const [now, next] = [frame(clip, middle), frame(clip, Math.min(middle + 1, clip.shape[0] - 1))];
        return patchOf(now, clip.track ? boxAt(clip.track, middle) : movingBox(now, next, boxSide(clip)));
      },

      build({ encoder, batchSize, random, add }: BuildContext<Clip>): MethodModel {
        const head = add('embedding', mlp(random, encoder.features, embedding));
        const embed = (patches: tf.Tensor, mode: Mode) => head.apply(encoder.apply(patches, mode), mode) as tf.Tensor2D;
        // Both patches in one pass, so that batch norm sees them together.
        const embedPairs = ({ tensors }: Batch, mode: Mode) =>
          tf.split(embed(tf.concat([tensors.first as tf.Tensor, tensors.last as tf.Tensor]), mode), 2) as [
            tf.Tensor2D,
            tf.Tensor2D,
          ];
        const evaluate = (batch: Batch, hard: number, { mode, random }: StepContext): LossResult => {
          const [first, last] = embedPairs(batch, mode);
          const options = { margin, negatives, hard, mirrored, random };
          return { loss: trackRanking(first, last, options), logs: measured(first, last) };
        };
        return {
          metrics: {
            loss: { title: 'Ranking loss', chance: margin, best: 0, better: 'lower' },
            accuracy: { title: 'Track retrieval, top 1', unit: 'fraction', chance: 1 / batchSize, better: 'higher' },
            violations: { title: 'Negatives nearer than the positive', unit: 'fraction', chance: 0.5, better: 'lower' },
            positiveDistance: { title: 'Distance of positives', best: 0, better: 'lower' },
            negativeDistance: { title: 'Distance of negatives', better: 'higher' },
          },
          positives: ['first', 'last'],
          loss: (batch, _targets, step) =>
            evaluate(batch, step.step < hardFrom * step.totalSteps ? 0 : Math.round(hardRatio * negatives), step),
          measure(batch, step) {
            const { loss, logs } = evaluate(batch, 0, step);
            return { loss, ...logs };
          },
          embed: (patches) => embed(patches, { training: false }),
          async compare(batch: Batch, { tiles }: BatchFigures): Promise<readonly Block[]> {
            const distances = tf.tidy(() => {
              const unit = l2Normalize(tf.concat(embedPairs(batch, { training: false }))) as tf.Tensor2D;
              return tf.sub(1, tf.matMul(unit, unit, false, true));
            });
            const values = (await distances.data()) as Float32Array;
            distances.dispose();
            return [
              {
                kind: 'images',
                columns: ['First patch', 'Last patch', 'Hardest negative'],
                tiles: tripletTiles(values, tiles),
              },
            ];
          },
        };
      },

      show(example: Example, { samples, index, tiles }: ExampleFigures<Clip>): readonly Block[] {
        const { times, boxes } = example as { times: NdArray; boxes: NdArray };
        const clip = samples.get(index);
        const tracked = [0, 1].flatMap((i): Tile[] => {
          const t = times.data[i] as number;
          const image = toPixels(frame(clip, t));
          const role = i === 0 ? ('anchor' as const) : ('positive' as const);
          return image === undefined ? [] : [{ image, caption: `frame ${t}`, boxes: [{ ...boxAt(boxes, i), role }] }];
        });
        const patches = [...(tiles.first ?? []), ...(tiles.last ?? [])].map(
          (tile, i): Tile => ({
            ...tile,
            caption: i === 0 ? 'anchor' : 'positive',
            role: i === 0 ? 'anchor' : 'positive',
          }),
        );
        return [
          {
            kind: 'images',
            columns: ['First frame', 'Last frame', 'First patch', 'Last patch'],
            tiles: [...tracked, ...patches],
          },
        ];
      },
    };
  },
});

/** Where to begin so that much moves within `span` frames. */
function drawStart(motion: Float32Array, span: number, random: Random): number {
  const starts = Array.from({ length: motion.length - span + 1 }, (_, t) => t);
  return weightedChoice(starts, (t) => motion.subarray(t, t + span).reduce((a, b) => a + b, 0), random);
}

/** The boxes in the two frames: known, or found by following what moves from the first on. */
function ends(clip: Clip, [from, to]: readonly [number, number], side: number): Box[] {
  if (clip.track !== undefined) return [boxAt(clip.track, from), boxAt(clip.track, to)];
  const between = filmOf(Array.from({ length: to - from + 1 }, (_, i) => frame(clip, from + i)));
  const track = trackByTemplate(between, side);
  return [boxAt(track, 0), boxAt(track, to - from)];
}

/** What is logged of embeddings of first and last patches, `[pairs, dim]`. */
function measured(first: tf.Tensor2D, last: tf.Tensor2D) {
  const pairs = first.shape[0];
  const [x, y] = [l2Normalize(first) as tf.Tensor2D, l2Normalize(last) as tf.Tensor2D];
  const positive = tf.sub(1, tf.sum(tf.mul(x, y), 1, true));
  const distances = tf.sub(1, tf.matMul(x, tf.concat([x, y]) as tf.Tensor2D, false, true));
  const negative = tf.sub(1, ownTrack(pairs));
  const mean = (values: tf.Tensor) =>
    tf.div<tf.Scalar>(tf.sum(tf.mul(values, negative)), Math.max(1, 2 * pairs * (pairs - 1)));
  const nearest = tf.argMin(tf.slice2d(distances as tf.Tensor2D, [0, pairs], [pairs, pairs]), 1);
  return {
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.equal(nearest, tf.range(0, pairs, 1, 'int32')), 'float32')),
    violations: mean(tf.cast(tf.lessEqual(distances, positive), 'float32')),
    positiveDistance: tf.mean<tf.Scalar>(positive),
    negativeDistance: mean(distances),
  };
}

/** For each pair its patches and the patch of another film that is nearest to the first, with distances. */
function tripletTiles(distances: Float32Array, { first = [], last = [] }: BatchFigures['tiles']): Tile[] {
  const pairs = first.length;
  const all = [...first, ...last];
  return first.flatMap((anchor, i) => {
    const row = distances.subarray(2 * pairs * i, 2 * pairs * (i + 1));
    const others = [...row.keys()].filter((j) => j % pairs !== i);
    const hardest = others.reduce((best, j) => ((row[j] as number) < (row[best] as number) ? j : best), others[0] ?? i);
    const distance = (j: number) => (row[j] as number).toFixed(2);
    const negative = all[hardest] as Tile;
    return [
      { ...anchor, role: 'anchor' as const },
      { ...(last[i] as Tile), role: 'positive' as const, caption: `distance ${distance(pairs + i)}` },
      { ...negative, role: 'negative' as const, caption: `distance ${distance(hardest)}: ${negative.caption}` },
    ];
  });
}
