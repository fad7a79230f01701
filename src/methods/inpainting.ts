import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { centralHole, middle, type Place, randomHole } from '../augment/holes.js';
import { meanColor } from '../data/mean-color.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  NdArray,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { discriminatorLoss, generatorLoss } from '../losses/adversarial.js';
import { psnr, regionError } from '../losses/reconstruction.js';
import { discriminator, pictureDecoder } from '../nn/context-encoder.js';
import { mapsOf } from '../nn/upsampling.js';
import type { MetricInfo } from '../protocol/run.js';
import { filledFigure, holeFigure } from './figures/inpainting.js';

const info: MethodInfo = {
  title: 'Inpainting',
  family: 'context',
  paper: {
    authors: 'Pathak, Krähenbühl, Donahue, Darrell & Efros',
    year: 2016,
    title: 'Context encoders: feature learning by inpainting',
    arxiv: '1604.07379',
  },
  inputs: ['image'],
  summary:
    'Fills in a part that was cut out of a picture, so that it is near the truth and looks real beside its context.',
};

const channels = (usual: number, what: string) => z.number().int().min(1).max(8192).default(usual).describe(what);

export const inpainting = definePart({
  kind: 'method',
  use: 'inpainting',
  doc: [
    'Inpainting (context encoder): fills in a part that was cut out of the picture, judged by squared error and by a discriminator.',
    'Only the removed part and a band around it count. Squared error alone blurs; that is expected.',
    'Pathak et al., "Context encoders: feature learning by inpainting" (CVPR 2016), arXiv:1604.07379.',
  ].join('\n'),
  options: z.object({
    hole: z
      .enum(['center', 'random'])
      .default('center')
      .describe(
        '`center`: the middle half of each side is predicted. `random`: blobs over 20 to 30 % of the picture, drawn for each picture (published: for each batch). Default `center`.',
      ),
    band: z
      .number()
      .int()
      .min(0)
      .max(128)
      .default(2)
      .describe(
        'Pixels around a central hole that are predicted although they are seen, 0 to 128. Default 2, for pictures of 32 pixels; published: 4 at 128 pixels.',
      ),
    bandWeight: z
      .number()
      .min(0)
      .max(1000)
      .default(10)
      .describe('Weight of the squared error in the band, 0 to 1000. Default 10, as published.'),
    reconstruction: z
      .number()
      .min(0)
      .max(1)
      .default(0.999)
      .describe(
        'Share w of the squared error in the loss, 0 to 1: w error + (1 - w) adversarial term. 1 trains no discriminator. Default 0.999, as published.',
      ),
    bottleneck: channels(
      256,
      'Units through which the whole map reaches the whole hole, 1 to 8192. Default 256; published: 4000 at 128 pixels.',
    ),
    width: channels(
      32,
      'Channels of the decoder’s finest map and of the discriminator’s first layer, 1 to 8192; doubled at each coarser one. Default 32; published: 64.',
    ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [])
      .describe('Augmentations before the hole is cut, in order. Default none; published: random crops.'),
  }),
  create: ({ hole, band, bandWeight, reconstruction, bottleneck, width, views }) => ({
    info,
    pipeline: views,

    views(image: Image, context: ViewContext) {
      const picture = context.augment(image, views, 0);
      const [height, across, colors] = picture.shape;
      const weight =
        hole === 'center'
          ? centralHole(height, across, band, bandWeight)
          : randomHole(context.random(0), height, across);
      // The band is seen; a hole has weight 1 and no band around it where it is random.
      const cut = hole === 'center' ? centralHole(height, across, band, 0) : weight;
      const fill = meanColor(context.data);
      const masked = picture.data.map((v, i) =>
        cut.data[Math.floor(i / colors)] === 1 ? (fill[i % colors] as number) : v,
      );
      return { masked: { data: masked, shape: picture.shape }, picture, hole: cut, weight };
    },

    build({ encoder, data, shape, random, add }: BuildContext): MethodModel {
      const maps = mapsOf(encoder, 'Inpainting');
      const [height, across, colors] = shape as [number, number, number];
      const { top, left, ...size } =
        hole === 'center' ? middle(height, across) : { top: 0, left: 0, height, width: across };
      const region = { ...size, channels: colors };
      const last = maps.stages.at(-1) as { channels: number; stride: number };
      const inputs = last.channels * Math.ceil(height / last.stride) * Math.ceil(across / last.stride);
      const decoder = add('decoder', pictureDecoder(random.at(0), inputs, { bottleneck, width }, region));
      const adversarial = reconstruction < 1;
      const judge = adversarial
        ? add('discriminator', discriminator(random.at(1), width, region), 'adversary')
        : undefined;

      /** The part that is predicted, of a batch of pictures. */
      const regionOf = (pictures: tf.Tensor) =>
        tf.slice(pictures as tf.Tensor4D, [0, top, left, 0], [-1, size.height, size.width, -1]);
      /** The network works in [-1, 1], the range of tanh. */
      const signed = (pictures: tf.Tensor) => tf.sub(tf.mul(pictures, 2), 1) as tf.Tensor4D;
      const fill = (masked: tf.Tensor, mode: Mode) =>
        decoder.apply(maps.apply(masked, mode).at(-1) as tf.Tensor4D, mode) as tf.Tensor4D;
      const arrays = ({ tensors }: Batch) => {
        const truth = signed(regionOf(tensors.picture as tf.Tensor));
        const [cut, weight] = [regionOf(tensors.hole as tf.Tensor), regionOf(tensors.weight as tf.Tensor)];
        return { masked: tensors.masked as tf.Tensor, truth, cut, weight };
      };
      /** What the discriminator is shown: blobs beside their true context, a central hole by itself. */
      const shownOf = (filled: tf.Tensor4D, truth: tf.Tensor4D, cut: tf.Tensor4D) =>
        hole === 'center' ? filled : tf.add<tf.Tensor4D>(tf.mul(filled, cut), tf.mul(truth, tf.sub(1, cut)));
      const errorIn = (filled: tf.Tensor4D, truth: tf.Tensor4D, place: tf.Tensor4D) =>
        // Of values in [0, 1], so that it can be compared.
        tf.div<tf.Scalar>(regionError(filled, truth, place), 4);

      const loss: MethodModel['loss'] = (batch, _targets, { mode }) => {
        const { masked, truth, cut, weight } = arrays(batch);
        const filled = fill(masked, mode);
        const error = regionError(filled, truth, weight);
        const logs: Record<string, tf.Scalar> = { error, holeError: errorIn(filled, truth, cut) };
        if (hole === 'center' && band > 0)
          logs.bandError = errorIn(filled, truth, tf.cast(tf.notEqual(weight, cut), 'float32'));
        if (judge === undefined) return { loss: error, logs };
        const adversary = generatorLoss(judge.apply(shownOf(filled, truth, cut), mode));
        return {
          loss: tf.add(tf.mul(error, reconstruction), tf.mul(adversary, 1 - reconstruction)),
          logs: { ...logs, adversarial: adversary },
        };
      };

      return {
        metrics: metricsOf(adversarial, hole === 'center' && band > 0),
        loss,
        adversary:
          judge &&
          ((batch, _targets, { mode }) => {
            const { masked, truth, cut } = arrays(batch);
            const fake = judge.apply(shownOf(fill(masked, mode), truth, cut), mode);
            const real = judge.apply(truth, mode);
            const believed = (logits: tf.Tensor) => tf.mean<tf.Scalar>(tf.sigmoid(logits));
            return {
              loss: discriminatorLoss(real, fake),
              logs: { discriminator: discriminatorLoss(real, fake), real: believed(real), fake: believed(fake) },
            };
          }),
        /** Filling the hole with the mean color is what guessing reaches (of a random hole: filling the middle). */
        get measures(): Record<string, MetricInfo> {
          const inner = inset(middle(height, across), hole === 'center' ? band : 0);
          const guess = -10 * Math.log10(meanColorError(data, inner));
          return { psnr: { title: 'PSNR in the hole (dB)', chance: guess, better: 'higher' } };
        },
        measure(batch, step) {
          const { loss: value, logs } = loss(batch, {}, step);
          return { loss: value, ...logs, psnr: psnr(logs?.holeError as tf.Scalar) };
        },
        embed: (pictures) => encoder.apply(pictures, { training: false }),

        compare: (batch: Batch, { tiles }: BatchFigures) => {
          const { masked, picture, hole: cut } = batch.tensors as Record<string, tf.Tensor4D>;
          const pasted = tf.tidy(() => {
            const filled = tf.div<tf.Tensor4D>(tf.add(fill(masked as tf.Tensor, { training: false }), 1), 2);
            const around: [number, number][] = [
              [0, 0],
              [top, height - top - size.height],
              [left, across - left - size.width],
              [0, 0],
            ];
            return tf.where(tf.greater(cut as tf.Tensor4D, 0), tf.pad(filled, around), picture as tf.Tensor4D);
          });
          return filledFigure(pasted as tf.Tensor4D, picture as tf.Tensor4D, cut as tf.Tensor4D, tiles);
        },
      };
    },

    show: (example: Example, figures: ExampleFigures) =>
      holeFigure(example, figures, hole === 'center' ? band : undefined),
  }),
});

const metricsOf = (adversarial: boolean, banded: boolean): Record<string, MetricInfo> => ({
  loss: { title: 'Inpainting loss', best: 0, better: 'lower' },
  error: { title: 'Squared error, weighted', best: 0, better: 'lower' },
  holeError: { title: 'Squared error in the hole, values in [0, 1]', best: 0, better: 'lower' },
  ...(banded && { bandError: { title: 'Squared error in the band, values in [0, 1]', best: 0, better: 'lower' } }),
  ...(adversarial && {
    adversarial: { title: 'Adversarial loss', chance: Math.LN2 },
    discriminator: { title: 'Discriminator loss', chance: 2 * Math.LN2 },
    real: { title: 'Real pictures taken for real', unit: 'fraction', chance: 0.5 },
    fake: { title: 'Filled pictures taken for real', unit: 'fraction', chance: 0.5 },
  }),
});

/** The place without a band along its sides. */
const inset = ({ top, left, height, width }: Place, band: number): Place => ({
  top: top + band,
  left: left + band,
  height: height - 2 * band,
  width: width - 2 * band,
});

/** Mean squared error of the mean color in this part of test pictures. */
function meanColorError(data: BuildContext['data'], place: Place): number {
  const color = meanColor(data);
  let [sum, count] = [0, 0];
  for (let i = 0; i < Math.min(200, data.test.length); i++) {
    const { data: values, shape } = data.test.get(i) as NdArray;
    const [, across, colors] = shape as [number, number, number];
    for (let y = place.top; y < place.top + place.height; y++) {
      for (let x = place.left * colors; x < (place.left + place.width) * colors; x++) {
        sum += ((values[y * across * colors + x] as number) - (color[x % colors] as number)) ** 2;
        count++;
      }
    }
  }
  return sum / Math.max(1, count);
}
