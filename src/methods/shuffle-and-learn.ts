import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { frameMotion } from '../augment/motion.js';
import { drawTuple, kinds, tupleProblem } from '../augment/order-tuple.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Clip,
  Example,
  ExampleFigures,
  LossResult,
  MethodInfo,
  MethodModel,
  Mode,
  NdArray,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { encoderInputShape, filmOf, frame } from '../experiment/encoder-input.js';
import { definePart, partOf } from '../experiment/part.js';
import { lastMap } from '../nn/last-map.js';
import { mlp } from '../nn/mlp.js';
import type { Block, Tile } from '../protocol/figure.js';

const info: MethodInfo = {
  title: 'Shuffle & Learn',
  family: 'temporal',
  paper: {
    authors: 'Misra, Zitnick & Hebert',
    year: 2016,
    title: 'Shuffle and learn: unsupervised learning using temporal order verification',
    arxiv: '1603.08561',
  },
  inputs: ['frames'],
  summary: 'Are three frames of a film in the order of time, or is the middle one from before or after the others?',
};

const frameCount = (least: number) => z.number().int().min(least).max(10_000);
const truths = { ordered: 'in order', before: 'middle from before', after: 'middle from after' } as const;

export const shuffleAndLearn = definePart({
  kind: 'method',
  use: 'shuffleAndLearn',
  doc: [
    'Shuffle & Learn: tells whether three frames of a film are in the order of time. Only the middle frame differs between',
    'ordered and shuffled tuples, frames are drawn where something moves, and all three get the same augmentation.',
    'Misra, Zitnick & Hebert, "Shuffle and learn: unsupervised learning using temporal order verification" (ECCV 2016).',
  ].join('\n'),
  options: z.object({
    longest: frameCount(2)
      .default(8)
      .describe('Most frames between the outer two, and from them to a shuffled one. Default 8; published: 60.'),
    apart: frameCount(1)
      .default(2)
      .describe('Least frames between a shuffled middle frame and the outer two. Default 2; published: 15.'),
    shuffled: z
      .number()
      .min(0.01)
      .max(0.99)
      .default(0.75)
      .describe('Part of the tuples that is shuffled, 0.01 to 0.99. Default 0.75, as published.'),
    frameWidth: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .default(128)
      .describe(
        'Width of the layer on the last feature map that describes one frame; published: fc6 and fc7 of CaffeNet, 4096. Default 128.',
      ),
    hidden: z
      .array(z.number().int().min(1).max(65_536))
      .default([128])
      .describe(
        'Widths of the hidden layers between the three frames, side by side, and the verdict. Default [128]; published: none, one linear layer.',
      ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default([])
      .describe('Augmentations of a tuple, in order, the same for its three frames. Default none.'),
  }),
  create: ({ longest, apart, shuffled, frameWidth, hidden, views }) => ({
    info,
    pipeline: views,
    problems: ({ data: { shape } }: { readonly data: Pick<OpenData, 'shape'> }) => {
      const problem = tupleProblem(shape[0] as number, apart);
      return problem === undefined ? [] : [problem];
    },

    views(clip: Clip, { random, augment }: ViewContext<Clip>): Example {
      const { times, kind, motion } = drawTuple(frameMotion(clip), random(), { longest, apart, shuffled });
      const frames = filmOf(times.map((t) => frame(clip, t)));
      const shown = { data: Int32Array.from(times), shape: [3] };
      return { frames: augment(frames, views, 0), times: shown, kind, motion };
    },

    build({ encoder, data, random, add }: BuildContext<Clip>): MethodModel {
      const map = lastMap(encoder, encoderInputShape(data), 'shuffleAndLearn');
      const places = map.height * map.width * map.channels;
      const describe = add('frame', mlp(random.at(0), places, [frameWidth], { norm: true }));
      const classifier = add('classifier', mlp(random.at(1), 3 * frameWidth, [...hidden, 2]));

      /** Of `[n, height, width, channels]` frames, `[n, frameWidth]`. */
      const describeFrames = (frames: tf.Tensor, mode: Mode) =>
        tf.relu(describe.apply(tf.reshape(map.apply(frames, mode), [-1, places]), mode)) as tf.Tensor2D;

      /** Of `[batch, 3, height, width, channels]` tuples, `[batch, 2]`: shuffled, in order. */
      const judge = ({ tensors }: Batch, mode: Mode) => {
        const frames = tensors.frames as tf.Tensor;
        const [batch, , ...shape] = frames.shape as [number, number, number, number, number];
        const described = describeFrames(tf.reshape(frames, [-1, ...shape]), mode);
        return classifier.apply(tf.reshape(described, [batch, 3 * frameWidth]), mode) as tf.Tensor2D;
      };

      return {
        metrics: {
          loss: { title: 'Order verification loss', chance: entropy(shuffled), better: 'lower' },
          accuracy: {
            title: 'Order accuracy',
            unit: 'fraction',
            chance: Math.max(shuffled, 1 - shuffled),
            better: 'higher',
          },
          balancedAccuracy: { title: 'Balanced order accuracy', unit: 'fraction', chance: 0.5, better: 'higher' },
          ...Object.fromEntries(
            kinds.map((kind) => [kind, { title: `Accuracy, ${truths[kind]}`, unit: 'fraction', better: 'higher' }]),
          ),
          motion: { title: 'Motion within tuples' },
        },
        loss(batch, _targets, { mode }): LossResult {
          const logits = judge(batch, mode);
          const kind = batch.tensors.kind as tf.Tensor1D;
          const inOrder = tf.cast(tf.equal(kind, 0), 'int32') as tf.Tensor1D;
          const loss = tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.oneHot(inOrder, 2), logits);
          const right = tf.cast(tf.equal(tf.argMax(logits, 1), inOrder), 'float32');
          // A batch without a kind says nothing about it: 0 of 0 is half right.
          const accuracyOf = (own: tf.Tensor) =>
            tf.div<tf.Scalar>(tf.add(tf.sum(tf.mul(right, own)), 5e-7), tf.add(tf.sum(own), 1e-6));
          const each = kinds.map((_, i) => accuracyOf(tf.cast(tf.equal(kind, i), 'float32')));
          const wrongOrder = accuracyOf(tf.cast(tf.greater(kind, 0), 'float32'));
          return {
            loss,
            logs: {
              accuracy: tf.mean(right),
              balancedAccuracy: tf.div(tf.add(each[0] as tf.Scalar, wrongOrder), 2),
              ...Object.fromEntries(kinds.map((name, i) => [name, each[i] as tf.Scalar])),
              motion: tf.mean(batch.tensors.motion as tf.Tensor),
            },
          };
        },
        embed: (frames) => describeFrames(frames, { training: false }),
        async compare(batch: Batch, { tiles }: BatchFigures): Promise<readonly Block[]> {
          const probabilities = tf.tidy(() => tf.softmax(judge(batch, { training: false })));
          const [verdicts, times, kind, motion] = await Promise.all(
            [probabilities, ...['times', 'kind', 'motion'].map((name) => batch.tensors[name] as tf.Tensor)].map((t) =>
              t.data(),
            ),
          );
          probabilities.dispose();
          const shown = batch.indices.length;
          return [
            { kind: 'text', text: 'Each row is a tuple; only its middle frame can be out of order.' },
            {
              kind: 'images',
              columns: ['First', 'Middle', 'Last'],
              tiles: Array.from({ length: shown }, (_, i) =>
                tupleTiles((tiles.frames ?? []).slice(3 * i, 3 * i + 3), {
                  times: (times as Int32Array).subarray(3 * i, 3 * i + 3),
                  kind: kind?.[i] as number,
                  motion: motion?.[i] as number,
                  inOrder: verdicts?.[2 * i + 1] as number,
                }),
              ).flat(),
            },
          ];
        },
      };
    },

    show(example: Example, { tiles }: ExampleFigures<Clip>): readonly Block[] {
      const { kind, motion, times } = example as { kind: number; motion: number; times: NdArray };
      return [
        {
          kind: 'images',
          columns: ['First', 'Middle', 'Last'],
          tiles: tupleTiles(tiles.frames ?? [], { times: times.data, kind, motion }),
        },
      ];
    },
  }),
});

/** Entropy of a share, in nats: the loss of always saying how probable each answer is. */
const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);

interface ShownTuple {
  readonly times: ArrayLike<number>;
  readonly kind: number;
  readonly motion: number;
  /** Probability that the network gives to their being in order. */
  readonly inOrder?: number;
}

/** Three frames with their times, what is true of them, and what the network says. */
function tupleTiles(tiles: readonly Tile[], { times, kind, motion, inOrder }: ShownTuple): Tile[] {
  const truth = truths[kinds[kind] as (typeof kinds)[number]];
  const right = inOrder !== undefined && inOrder > 0.5 === (kind === 0);
  const verdict =
    inOrder === undefined ? '' : `; says ${Math.round(100 * inOrder)} % in order, ${right ? 'right' : 'wrong'}`;
  const notes = ['', `: ${truth}${verdict}`, `, motion ${motion.toFixed(3)}`];
  return tiles.map((tile, i) => ({
    ...tile,
    caption: `frame ${times[i]}${notes[i]}`,
    role: i !== 1 ? 'anchor' : kind === 0 ? 'positive' : 'negative',
  }));
}
