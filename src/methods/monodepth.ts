import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { flip as mirrored } from '../augment/horizontal-flip.js';
import { photometric } from '../augment/photometric.js';
import { bestConstant, disparityErrors, postProcessed, trueDisparities } from '../evaluate/disparity.js';
import type {
  Augmentation,
  Batch,
  BuildContext,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  StereoPair,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { appearanceLoss, consistencyLoss, leftFromRight, rightFromLeft, smoothnessLoss } from '../losses/stereo.js';
import { disparityDecoder } from '../nn/disparity-decoder.js';
import { mapsOf } from '../nn/upsampling.js';
import type { MetricInfo } from '../protocol/run.js';
import { disparityFigure, stereoFigure } from './figures/disparity.js';

const info: MethodInfo = {
  title: 'Monodepth',
  family: 'temporal',
  paper: {
    authors: 'Godard, Mac Aodha & Brostow',
    year: 2017,
    title: 'Unsupervised monocular depth estimation with left-right consistency',
    arxiv: '1609.03677',
  },
  inputs: ['stereo'],
  summary:
    'From the left picture alone, disparities by which each picture of a stereo pair can be rebuilt from the other.',
};

const weight = (usual: number, what: string) =>
  z.number().min(0).max(100).default(usual).describe(`${what}, 0 to 100. Default ${usual}, as published.`);

export const monodepth = definePart({
  kind: 'method',
  use: 'monodepth',
  doc: [
    'Monodepth: predicts disparities from the left picture of a rectified pair, such that each picture is rebuilt from the other.',
    'Terms: appearance of the rebuilt pictures, smoothness away from edges, and agreement of left and right disparity.',
    'Godard, Mac Aodha & Brostow, "Unsupervised monocular depth estimation with left-right consistency" (CVPR 2017), arXiv:1609.03677.',
  ].join('\n'),
  options: z.object({
    alpha: z
      .number()
      .min(0)
      .max(1)
      .default(0.85)
      .describe(
        'Share of structural similarity (SSIM) in the appearance; the rest is the mean difference. 0 to 1; default 0.85, as published.',
      ),
    smoothness: weight(0.1, 'Weight of the smoothness of disparities; halved at each coarser scale'),
    smoothnessAxes: z
      .enum(['xy', 'x'])
      .default('xy')
      .describe(
        'Smooth along both axes, as in the paper, or along rows only, which is what the released code does. Default `xy`.',
      ),
    consistency: weight(1, 'Weight of the agreement of left and right disparity'),
    maxDisparity: z
      .number()
      .gt(0)
      .max(1)
      .default(0.3)
      .describe(
        'Greatest disparity as a fraction of the width, above 0 to 1: the outputs are this times a sigmoid. Default 0.3, as published.',
      ),
    border: z
      .enum(['zero', 'edge'])
      .default('zero')
      .describe(
        'What a rebuilt picture shows where it looks beyond the border: black, as published, or the last column again. Default `zero`.',
      ),
    scales: z
      .number()
      .int()
      .min(1)
      .max(8)
      .default(4)
      .describe(
        'Number of sizes at which disparities are predicted, each half the one before, 1 to 8; at most as many as the encoder halves the picture. Default 4, as published.',
      ),
    width: z
      .number()
      .int()
      .min(1)
      .max(512)
      .default(16)
      .describe('Channels of the decoder at full size, 1 to 512; doubled at each step down. Default 16, as published.'),
    flip: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Probability of mirroring both pictures, which then change places, 0 to 1. Default 0.5, as published.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [photometric()])
      .describe(
        'Augmentations, with the same draws for both pictures; they may change colors, not places. Default [photometric()], as published.',
      ),
  }),
  create: ({ alpha, smoothness, smoothnessAxes, consistency, maxDisparity, border, scales, width, flip, views }) => ({
    info,
    pipeline: views,

    views({ left, right }: StereoPair, context: ViewContext<StereoPair>) {
      const flipped = context.random(0).chance(flip);
      const pair = flipped ? ([mirrored(right), mirrored(left)] as const) : ([left, right] as const);
      // The same view number: the same draws.
      const [first, second] = pair.map((image) => context.augment(image, views, 0)) as [Image, Image];
      return { left: first, right: second, flipped: Number(flipped) };
    },

    build({ encoder, data, random, add }: BuildContext<StereoPair>): MethodModel {
      const maps = mapsOf(encoder, 'Monodepth');
      const decoder = add('decoder', disparityDecoder(random, maps, { width, scales, maxDisparity }));
      /** Left and right disparities at each scale, finest first, from left pictures alone. */
      const predict = (left: tf.Tensor4D, mode: Mode) =>
        decoder
          .apply(maps.apply(left, mode), [left.shape[1], left.shape[2]], mode)
          .map((both) => tf.split(both, 2, 3) as [tf.Tensor4D, tf.Tensor4D]);
      const frozen: Mode = { training: false };
      const finest = (left: tf.Tensor4D) => predict(left, frozen)[0] as [tf.Tensor4D, tf.Tensor4D];
      const truths = (split: 'train' | 'test', indices: ArrayLike<number>) => trueDisparities(data[split], indices);
      const originals = (split: 'train' | 'test', indices: ArrayLike<number>, side: 'left' | 'right') =>
        tf.stack(
          Array.from(indices, (i) => {
            const { data: values, shape } = data[split].get(i)[side];
            return tf.tensor(values, [...shape]);
          }),
        ) as tf.Tensor4D;

      const loss: MethodModel['loss'] = ({ tensors }, _targets, { mode }) => {
        const [left, right] = [tensors.left, tensors.right] as [tf.Tensor4D, tf.Tensor4D];
        const outputs = predict(left, mode);
        const terms = outputs.map(([dLeft, dRight], scale) => {
          const stride = decoder.strides[scale] as number;
          const [l, r] = [shrunk(left, stride), shrunk(right, stride)];
          return {
            appearance: tf.add(
              appearanceLoss(l, leftFromRight(r, dLeft, border), alpha),
              appearanceLoss(r, rightFromLeft(l, dRight, border), alpha),
            ),
            smoothness: tf.div(
              tf.add(smoothnessLoss(dLeft, l, smoothnessAxes), smoothnessLoss(dRight, r, smoothnessAxes)),
              stride,
            ),
            consistency: consistencyLoss(dLeft, dRight, border),
          };
        });
        const sum = (term: 'appearance' | 'smoothness' | 'consistency') =>
          tf.addN(terms.map((scale) => scale[term])) as tf.Scalar;
        const logs = { appearance: sum('appearance'), smoothness: sum('smoothness'), consistency: sum('consistency') };
        return {
          loss: tf.addN([
            logs.appearance,
            tf.mul(logs.smoothness, smoothness),
            tf.mul(logs.consistency, consistency),
          ]) as tf.Scalar,
          logs: { ...logs, outOfFrame: outOfFrame((outputs[0] as tf.Tensor4D[])[0] as tf.Tensor4D) },
        };
      };

      const metrics: Record<string, MetricInfo> = {
        loss: { title: 'Monodepth loss', better: 'lower' },
        appearance: { title: 'Appearance, all scales', best: 0, better: 'lower' },
        smoothness: { title: 'Smoothness, all scales, unweighted', best: 0, better: 'lower' },
        consistency: { title: 'Left-right consistency, all scales', best: 0, better: 'lower' },
        outOfFrame: { title: 'Points beyond the border of the right picture', unit: 'fraction' },
      };
      return {
        metrics,
        get measures(): Record<string, MetricInfo> {
          const constant = bestConstant(data.test);
          if (constant === undefined) return {};
          return {
            disparityError: { title: 'Disparity error in pixels', chance: constant.error, best: 0, better: 'lower' },
            postProcessedError: {
              title: 'Disparity error in pixels, post-processed',
              chance: constant.error,
              best: 0,
              better: 'lower',
            },
            d1: {
              title: 'D1: disparities off by more than a pixel',
              unit: 'fraction',
              chance: constant.d1,
              best: 0,
              better: 'lower',
            },
          };
        },
        loss,
        /** Terms as in training; disparities of pictures that are neither flipped nor recolored, against the truth. */
        measure(batch, step) {
          const { loss: value, logs } = loss(batch, {}, step);
          const truth = truths('test', batch.indices);
          if (truth === undefined) return { loss: value, ...logs };
          const left = originals('test', batch.indices, 'left');
          const pixels = left.shape[2];
          const own = disparityErrors(tf.mul(finest(left)[0], pixels), truth);
          const both = disparityErrors(
            tf.mul(
              postProcessed(left, (x) => finest(x)[0]),
              pixels,
            ),
            truth,
          );
          return { loss: value, ...logs, disparityError: own.error, postProcessedError: both.error, d1: own.d1 };
        },
        embed: (left) => encoder.apply(left, frozen),

        compare: ({ indices }: Batch) => {
          const [left, right] = [originals('train', indices, 'left'), originals('train', indices, 'right')];
          const [dLeft, dRight] = finest(left);
          const rebuilt = leftFromRight(right, dLeft, border);
          const post = postProcessed(left, (x) => finest(x)[0]);
          const names = Array.from(indices, (i) => data.train.name(i));
          return disparityFigure({ left, right, rebuilt, dLeft, dRight, post, truth: truths('train', indices), names });
        },
      };
    },

    show: (example: Example, figures: ExampleFigures<StereoPair>) => [stereoFigure(example, figures)],
  }),
});

/** The picture with sides divided by `stride`, as means over its squares. */
const shrunk = (picture: tf.Tensor4D, stride: number): tf.Tensor4D =>
  stride === 1 ? picture : tf.avgPool(picture, stride, stride, 'same');

/** Part of the left picture whose points lie beyond the left border of the right one. */
function outOfFrame(disparity: tf.Tensor4D): tf.Scalar {
  const [, , width] = disparity.shape;
  const columns = tf.tensor(
    Float32Array.from({ length: width }, (_, x) => x / width),
    [1, 1, width, 1],
  );
  return tf.mean<tf.Scalar>(tf.cast(tf.less(columns, disparity), 'float32'));
}
