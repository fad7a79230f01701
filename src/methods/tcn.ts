import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { drawMoments, drawNeighbors } from '../augment/moments.js';
import { embedFilms } from '../evaluate/alignment-error.js';
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
  MetricInfos,
  Mode,
  Module,
  MultiView,
  NdArray,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { camera, encoderInputShape, filmOf, frame } from '../experiment/encoder-input.js';
import { definePart, partOf } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { nPairs } from '../losses/n-pairs.js';
import { semiHardTriplets, squaredDistances } from '../losses/triplet.js';
import { batchNorm } from '../nn/batch-norm.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { lastMap } from '../nn/last-map.js';
import { conv2d, relu, sequential } from '../nn/layers.js';
import { mlp } from '../nn/mlp.js';
import { spatialSoftArgMax } from '../nn/soft-arg-max.js';
import type { Block, Tile } from '../protocol/figure.js';
import { filmMatrices, neighborTriples, pairTriples, shownMoments } from './figures/moments.js';

const info: MethodInfo = {
  title: 'Time-Contrastive Networks',
  family: 'temporal',
  paper: {
    authors: 'Sermanet, Lynch, Chebotar, Hsu, Jang, Schaal & Levine',
    year: 2018,
    title: 'Time-contrastive networks: self-supervised learning from video',
    arxiv: '1704.06888',
  },
  inputs: ['views', 'frames'],
  summary: 'Frames of one moment (or of near ones) attract each other; other moments of the same recording repel them.',
};

const frameCount = (least: number) => z.number().int().min(least).max(100_000);
const widths = z.array(z.number().int().min(1).max(65_536));

type Film = Clip | MultiView;

export const tcn = definePart({
  kind: 'method',
  use: 'tcn',
  doc: [
    'Time-Contrastive Networks (TCN). Multi-view: frames that two cameras take at the same moment attract each other.',
    'Single-view: frames of one camera that are near in time do. Other moments of the same recording repel them.',
    'The encoder’s last feature map is read by a spatial soft-arg-max: where things are, not only that they are there.',
    'Sermanet et al., "Time-contrastive networks: self-supervised learning from video" (ICRA 2018).',
  ].join('\n'),
  options: z
    .object({
      cameras: z
        .enum(['multi', 'single'])
        .default('multi')
        .describe(
          "'multi': positives are of the same moment and another camera. 'single': of one camera and near in time.",
        ),
      loss: z
        .enum(['triplet', 'nPairs'])
        .default('triplet')
        .describe("'triplet' with semi-hard negatives, or 'nPairs' (only for several cameras). Default 'triplet'."),
      moments: frameCount(2)
        .default(16)
        .describe(
          'Moments that are drawn of a recording: pairs of frames, or for one camera frames. Default 16; published: 32.',
        ),
      window: frameCount(2)
        .default(580)
        .describe('Frames within which they are drawn. Default 580, as published: 20 s at 29 frames a second.'),
      positiveRadius: frameCount(1)
        .default(2)
        .describe('For one camera: frames up to so far apart are positives. Default 2; published: 6.'),
      negativeRadius: frameCount(2)
        .default(4)
        .describe(
          'For one camera: frames farther apart than this are negatives; above positiveRadius. Default 4; published: 12.',
        ),
      margin: z
        .number()
        .positive()
        .max(4)
        .default(0.2)
        .describe('Of the triplet loss, in squared distance of unit vectors. Default 0.2, as published.'),
      regularization: z
        .number()
        .min(0)
        .max(10)
        .default(0.002)
        .describe('Of the n-pairs loss: keeps vectors short. Default 0.002, as in the published code.'),
      convolutions: widths
        .default([64])
        .describe(
          'Channels of the 3x3 convolutions between the feature map and the soft-arg-max. Default [64]; published: [512, 512].',
        ),
      hidden: widths
        .default([128])
        .describe('Widths of the layers between the positions and the embedding. Default [128]; published: [2048].'),
      embedding: z
        .number()
        .int()
        .min(1)
        .max(65_536)
        .default(32)
        .describe('Dimension of the embedding. Default 32, as published.'),
      views: z
        .array(partOf<Augmentation>('augmentation'))
        .default([])
        .describe(
          'Augmentations of the frames, in order; one draw for all anchors of a recording and one for all positives. Default none; published: color and scale.',
        ),
    })
    .refine(({ positiveRadius, negativeRadius }) => negativeRadius > positiveRadius, {
      path: ['negativeRadius'],
      message: 'must be above positiveRadius, or the same pair is to be near and far',
    })
    .refine(({ cameras, loss }) => cameras === 'multi' || loss === 'triplet', {
      path: ['loss'],
      message: "one camera has no pairs of the same moment: take 'triplet', or cameras: 'multi'",
    }),
  create: (options) => {
    const { cameras, loss, margin, regularization, positiveRadius, negativeRadius, views } = options;
    const isMulti = cameras === 'multi';
    return {
      info,
      pipeline: views,
      problems: ({ data }: { readonly data: OpenData<Film> }) => filmProblems(options, data),

      views(film: Film, { random, augment, data }: ViewContext<Film>): Example {
        const draws = random();
        const [problem] = filmProblems(options, data);
        if (problem !== undefined) throw new Error(problem);
        if (isMulti) return multiView(film as MultiView, options, draws, augment);
        const own = isRecording(film) ? camera(film, draws.integer(film.shape[0])) : film;
        const times = drawNeighbors(own.shape[0], { ...options, radius: positiveRadius }, draws);
        const frames = filmOf(Array.from(times, (t) => frame(own, t)));
        return { frames: augment(frames, views, 0), times: { data: times, shape: [times.length] } };
      },

      build({ encoder, data, random, add }: BuildContext<Film>): MethodModel {
        const map = lastMap(encoder, encoderInputShape(data), 'tcn');
        const head = add('embedding', readPositions(random, map.channels, options));
        /** `[n, height, width, channels]` to `[n, dim]`; of unit length where the loss compares directions. */
        const embed = (frames: tf.Tensor, mode: Mode) => {
          const vectors = head.apply(map.apply(frames, mode), mode) as tf.Tensor2D;
          return loss === 'triplet' ? (l2Normalize(vectors) as tf.Tensor2D) : vectors;
        };
        /** `[recordings, n, height, width, channels]` to `[recordings, n, dim]`. */
        const embedEach = (frames: tf.Tensor, mode: Mode) => {
          const [recordings, n, ...shape] = frames.shape as [number, number, number, number, number];
          const vectors = embed(tf.reshape(frames, [recordings * n, ...shape]), mode);
          return tf.reshape(vectors, [recordings, n, options.embedding]) as tf.Tensor3D;
        };
        // Both cameras in one pass, so that batch norm sees them together.
        const embedPairs = ({ tensors }: Batch, mode: Mode) =>
          embedEach(tf.concat([tensors.anchor as tf.Tensor, tensors.positive as tf.Tensor], 1), mode);

        const multi = (batch: Batch, mode: Mode): LossResult => {
          const vectors = embedPairs(batch, mode);
          const [anchor, positive] = tf.split(vectors, 2, 1) as [tf.Tensor3D, tf.Tensor3D];
          if (loss === 'nPairs') {
            const { loss, accuracy } = nPairs(anchor, positive, regularization);
            return { loss, logs: { accuracy } };
          }
          const distances = squaredDistances(vectors);
          const { loss: triplet, violations } = semiHardTriplets(distances, ...sameMoment(vectors), margin);
          return { loss: triplet, logs: { accuracy: retrieval(distances), violations } };
        };
        const single = ({ tensors }: Batch, mode: Mode): LossResult => {
          const distances = squaredDistances(embedEach(tensors.frames as tf.Tensor, mode));
          const masks = nearInTime(tensors.times as tf.Tensor, positiveRadius, negativeRadius);
          const { loss, violations } = semiHardTriplets(distances, ...masks, margin);
          return { loss, logs: { violations } };
        };
        return {
          metrics: metricsOf(options, data),
          loss: (batch, _targets, { mode }) => (isMulti ? multi : single)(batch, mode),
          embed: (frames) => embed(frames, { training: false }),
          async compare(batch: Batch, { tiles, data: own }: BatchFigures): Promise<readonly Block[]> {
            const frozen = { training: false };
            const vectors = tf.tidy(() =>
              isMulti ? embedPairs(batch, frozen) : embedEach(batch.tensors.frames as tf.Tensor, frozen),
            );
            const [, n, dim] = vectors.shape;
            const values = (await vectors.data()) as Float32Array;
            const times = (await (batch.tensors.times as tf.Tensor).data()) as Int32Array;
            vectors.dispose();
            // Of the first recording of the batch.
            const rows = Array.from({ length: n }, (_, i) => values.subarray(i * dim, (i + 1) * dim));
            const film = (own as OpenData<unknown>).train.get(batch.indices[0] as number) as Film;
            const films = await embedFilms(isRecording(film) ? film : oneCamera(film), (f) => embed(f, frozen));
            const timeline = isMulti
              ? pairTriples(rows, times.subarray(0, n / 2), tiles)
              : neighborTriples(rows, times.subarray(0, n), tiles, { positiveRadius, negativeRadius });
            return [
              {
                kind: 'images',
                title: 'Moments of one recording',
                columns: ['Anchor', 'Positive', 'Nearest negative'],
                tiles: timeline,
              },
              ...filmMatrices(films),
            ];
          },
        };
      },

      show(example: Example, { tiles }: ExampleFigures<Film>): readonly Block[] {
        const times = (example.times as NdArray).data;
        const named = (all: readonly Tile[], role: Tile['role']) =>
          all.slice(0, shownMoments).map((tile, i): Tile => ({ ...tile, caption: `frame ${times[i]}`, role }));
        if (!isMulti) return [{ kind: 'images', title: 'Along time', tiles: named(tiles.frames ?? [], 'anchor') }];
        return [
          { kind: 'images', title: 'Anchors, along time', tiles: named(tiles.anchor ?? [], 'anchor') },
          {
            kind: 'images',
            title: 'Positives: the same moments, another camera',
            tiles: named(tiles.positive ?? [], 'positive'),
          },
        ];
      },
    };
  },
});

interface Options {
  readonly cameras: 'multi' | 'single';
  readonly moments: number;
  readonly window: number;
  readonly negativeRadius: number;
  readonly views: readonly Augmentation[];
}

const isRecording = (film: Film): film is MultiView => film.shape.length === 5;
const oneCamera = ({ data, shape }: Clip): MultiView => ({ data, shape: [1, ...shape] });

/** Why this data has no pairs, or nothing that repels. */
function filmProblems({ cameras, negativeRadius }: Pick<Options, 'cameras' | 'negativeRadius'>, data: OpenData<Film>) {
  const frames = data.shape.at(-4) as number;
  if (cameras === 'single')
    return frames > negativeRadius + 1
      ? []
      : [
          `negatives are more than ${negativeRadius} frames apart, but films of ${data.title} have ${frames} frames. Take longer films, or a smaller negativeRadius`,
        ];
  return data.kind === 'views' && (data.shape[0] as number) > 1
    ? []
    : [
        `${data.title} was filmed by one camera, so no two frames are of the same moment. Give tcn cameras: 'single', or take views of several cameras`,
      ];
}

/** Pairs of frames of the same moment from two different cameras. */
function multiView(film: MultiView, options: Options, draws: Random, augment: ViewContext['augment']): Example {
  const times = drawMoments(film.shape[1], options, draws);
  const pairs = Array.from(times, (t) => {
    const [a, b] = draws.permutation(film.shape[0]) as unknown as [number, number];
    return [frame(camera(film, a), t), frame(camera(film, b), t)] as const;
  });
  return {
    anchor: augment(filmOf(pairs.map(([anchor]) => anchor)), options.views, 0),
    positive: augment(filmOf(pairs.map(([, positive]) => positive)), options.views, 1),
    times: { data: times, shape: [times.length] },
  };
}

/** Convolutions, where each of their channels is active, and an embedding of these positions. */
function readPositions(
  random: Random,
  channels: number,
  {
    convolutions,
    hidden,
    embedding,
  }: { convolutions: readonly number[]; hidden: readonly number[]; embedding: number },
): Module {
  const layers: Record<string, Module> = {};
  convolutions.forEach((filters, i) => {
    layers[`conv${i + 1}`] = conv2d(random.at(0, i), { inputs: convolutions[i - 1] ?? channels, filters });
    layers[`norm${i + 1}`] = batchNorm(filters);
    layers[`relu${i + 1}`] = relu();
  });
  const read = convolutions.at(-1) ?? channels;
  return sequential({
    ...layers,
    positions: spatialSoftArgMax(),
    fc: mlp(random.at(1), 2 * read, [...hidden, embedding]),
  });
}

/** Masks of `[recordings, 2 pairs]` vectors, first all anchors, then their positives: the partner, and all others. */
function sameMoment(vectors: tf.Tensor3D): [positives: tf.Tensor3D, negatives: tf.Tensor3D] {
  const [recordings, n] = vectors.shape;
  const own = tf.tile(tf.eye(n / 2), [2, 2]);
  const each = (mask: tf.Tensor) => tf.tile(tf.expandDims(mask, 0), [recordings, 1, 1]) as tf.Tensor3D;
  return [each(tf.sub(own, tf.eye(n))), each(tf.sub(1, own))];
}

/** Masks of frames at these times, `[recordings, n]`: at most `near` frames apart, and more than `far`. */
function nearInTime(times: tf.Tensor, near: number, far: number): [positives: tf.Tensor3D, negatives: tf.Tensor3D] {
  const at = tf.cast(times, 'float32');
  const gap = tf.abs(tf.sub(tf.expandDims(at, 2), tf.expandDims(at, 1)));
  const mask = (condition: tf.Tensor) => tf.cast(condition, 'float32') as tf.Tensor3D;
  return [mask(tf.logicalAnd(tf.greater(gap, 0), tf.lessEqual(gap, near))), mask(tf.greater(gap, far))];
}

/** Share of anchors whose nearest positive is their own; distances `[recordings, 2 pairs, 2 pairs]`. */
function retrieval(distances: tf.Tensor3D): tf.Scalar {
  const [recordings, n] = distances.shape;
  const pairs = n / 2;
  const found = tf.argMin(tf.slice(distances, [0, 0, pairs], [recordings, pairs, pairs]), 2);
  return tf.mean<tf.Scalar>(tf.cast(tf.equal(found, tf.range(0, pairs, 1, 'int32')), 'float32'));
}

function metricsOf(
  options: { cameras: string; loss: string; moments: number; window: number; margin: number; regularization: number },
  { shape }: OpenData<Film>,
): MetricInfos {
  const { cameras, loss, moments, window, margin, regularization } = options;
  const violations = {
    title: 'Negatives nearer than the positive',
    unit: 'fraction',
    chance: 0.5,
    better: 'lower',
  } as const;
  if (cameras === 'single')
    return { loss: { title: 'Triplet loss', chance: margin, best: 0, better: 'lower' }, violations };
  const pairs = Math.min(moments, window, shape.at(-4) as number);
  const accuracy = { title: 'Moment retrieval, top 1', unit: 'fraction', chance: 1 / pairs, better: 'higher' } as const;
  if (loss === 'triplet')
    return { loss: { title: 'Triplet loss', chance: margin, best: 0, better: 'lower' }, accuracy, violations };
  return { loss: { title: 'N-pairs loss', chance: Math.log(pairs) + 0.5 * regularization, better: 'lower' }, accuracy };
}
