import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { labOf } from '../augment/lab.js';
import { colorBins } from '../data/color-bins.js';
import type {
  Augmentation,
  Batch,
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
import { definePart, partOf } from '../experiment/part.js';
import { annealedMean, rebalancing, smoothed, softCrossEntropy, softEncoding } from '../losses/colorization.js';
import { ofLightness } from '../nn/lightness.js';
import { mapDecoder } from '../nn/map-decoder.js';
import { mapsOf } from '../nn/upsampling.js';
import { colorFigures, lightnessFigure } from './figures/colorization.js';

const info: MethodInfo = {
  title: 'Colorization',
  family: 'context',
  paper: {
    authors: 'Zhang, Isola & Efros',
    year: 2016,
    title: 'Colorful image colorization',
    arxiv: '1603.08511',
  },
  inputs: ['image'],
  summary: 'Predicts the color of each pixel, as a distribution over bins, from the lightness of the picture alone.',
};

/** Pictures no pixel of which has an a or b beyond this are gray, and teach nothing. */
const GRAY = 5;

export const colorization = definePart({
  kind: 'method',
  use: 'colorization',
  doc: [
    'Colorization: predicts the ab color (CIE Lab) of each pixel from L alone, as a distribution over the bins that occur in the data.',
    'Rare colors count more (class rebalancing), since means of likely colors are gray. The encoder takes L only, in evaluations too.',
    'Zhang, Isola & Efros, "Colorful image colorization" (ECCV 2016), arXiv:1603.08511.',
  ].join('\n'),
  options: z.object({
    grid: z
      .number()
      .min(2)
      .max(60)
      .default(10)
      .describe(
        'Side of a color bin in units of ab, 2 to 60. Default 10, as published (313 bins in gamut); 20 suits small data.',
      ),
    neighbors: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(5)
      .describe(
        'Bins that the color of a pixel is spread over, weighted by a Gaussian of half a bin, 1 to 50. Default 5, as in the paper; its code has 10.',
      ),
    rebalance: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Share lambda of an even distribution that the shares of colors are mixed with before their inverse becomes the weight, 0 to 1; 1 weighs all alike. Default 0.5, as published.',
      ),
    temperature: z
      .number()
      .positive()
      .max(10)
      .default(0.38)
      .describe(
        'Of the annealed mean by which one color is told, above 0: towards 0 the most probable bin, at 1 the mean. Default 0.38, as published.',
      ),
    stride: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(4)
      .describe(
        'Pixels of the picture per predicted pixel, a side, 1 to 32; one of the sizes of the encoder’s maps. Default 4, as published; 2 suits pictures of 32 pixels.',
      ),
    width: z
      .number()
      .int()
      .min(1)
      .max(2048)
      .default(64)
      .describe('Channels of the decoder, 1 to 2048. Default 64; published: 256.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [])
      .describe(
        'Augmentations before color and lightness are parted, in order. Default none; published: random crops and flips.',
      ),
  }),
  create: ({ grid, neighbors, rebalance, temperature, stride, width, views }) => ({
    info,
    pipeline: views,

    problems: ({ data }: { readonly data: OpenData }) =>
      data.kind === 'image' && data.shape[2] !== 3
        ? [
            `Colorization needs color pictures, [height, width, 3]; ${data.title} has [${data.shape.join(', ')}]: take emoji() or imageFolder()`,
          ]
        : [],

    views(image: Image, context: ViewContext) {
      const picture = context.augment(image, views, 0);
      return { picture, ab: sparseColors(picture, stride) };
    },

    encoder: ({ shape: [height, across], make }: EncoderContext) =>
      ofLightness(make([height as number, across as number, 1])),

    build({ encoder, data, random, add }: BuildContext): MethodModel {
      const maps = mapsOf(encoder, 'Colorization');
      const { centers, shares } = colorBins(data, grid);
      const bins = centers.length;
      const sigma = grid / 2;
      const weights = rebalancing(smoothed(shares, centers, sigma), rebalance);
      const decoder = add('decoder', mapDecoder(random, maps, { stride, width, outputs: bins }));
      const table = () => tf.tensor2d(centers.map((center) => [...center]));
      /** `[pixels, bins]` of all pictures. */
      const logitsOf = (pictures: tf.Tensor, mode: Mode) => {
        const [, height, across] = pictures.shape as [number, number, number];
        return tf.reshape(decoder.apply(maps.apply(pictures, mode), [height, across], mode), [-1, bins]) as tf.Tensor2D;
      };

      /** Soft-encoded colors, the weight of each pixel, and its bin. */
      const encoded = (ab: tf.Tensor) => {
        const rows = tf.reshape(ab, [-1, 2]) as tf.Tensor2D;
        const target = softEncoding(rows, table(), sigma, neighbors);
        const bin = tf.argMax(target, 1) as tf.Tensor1D;
        const colorful = tf.cast(tf.greater(tf.max(tf.abs(ab), [1, 2, 3], true), GRAY), 'float32');
        const counted = tf.reshape(tf.mul(colorful, tf.onesLike(tf.slice(ab, [0, 0, 0, 0], [-1, -1, -1, 1]))), [-1]);
        return { target, bin, counted, weight: tf.mul(counted, tf.gather(tf.tensor1d(weights), bin)) };
      };
      const mean = (values: tf.Tensor, weight: tf.Tensor) =>
        tf.div<tf.Scalar>(tf.sum(tf.mul(values, weight)), tf.maximum(tf.sum(weight), 1e-6));

      const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
      return {
        metrics: {
          loss: { title: 'Rebalanced cross-entropy', chance: Math.log(bins), better: 'lower' },
          crossEntropy: { title: 'Cross-entropy', chance: Math.log(bins), better: 'lower' },
          accuracy: { title: 'Right bin', unit: 'fraction', chance: most(shares), better: 'higher' },
          rebalancedAccuracy: {
            title: 'Right bin, colors rebalanced',
            unit: 'fraction',
            chance:
              most(shares.map((share, i) => share * (weights[i] as number))) /
              weights.reduce((sum, weight, i) => sum + weight * (shares[i] as number), 0),
            better: 'higher',
          },
          abError: { title: 'Distance of the color in ab', best: 0, better: 'lower' },
          chroma: { title: 'Chroma, predicted / true', best: 1 },
        },
        targets: ({ tensors }) => encoded(tensors.ab as tf.Tensor),
        loss({ tensors }, targets, { mode }) {
          const { target, bin, counted, weight } = targets as Record<string, tf.Tensor>;
          const logits = logitsOf(tensors.picture as tf.Tensor, mode);
          const entropy = softCrossEntropy(logits, target as tf.Tensor2D);
          const right = tf.cast(tf.equal(tf.argMax(logits, 1), bin as tf.Tensor), 'float32');
          const truth = tf.reshape(tensors.ab as tf.Tensor, [-1, 2]);
          const told = annealedMean(logits, table(), temperature);
          const length = (ab: tf.Tensor) => tf.sqrt(tf.maximum(tf.sum(tf.square(ab), 1), 1e-12));
          return {
            // The weights have mean 1 over all pixels, so they multiply gradients and leave the scale as it is.
            loss: tf.div<tf.Scalar>(
              tf.sum(tf.mul(entropy, weight as tf.Tensor)),
              tf.maximum(tf.sum(counted as tf.Tensor), 1),
            ),
            logs: {
              crossEntropy: mean(entropy, counted as tf.Tensor),
              accuracy: mean(right, counted as tf.Tensor),
              rebalancedAccuracy: mean(right, weight as tf.Tensor),
              abError: mean(length(tf.sub(told, truth)), counted as tf.Tensor),
              chroma: tf.div<tf.Scalar>(
                mean(length(told), counted as tf.Tensor),
                mean(length(truth), counted as tf.Tensor),
              ),
            },
          };
        },
        embed: (pictures) => encoder.apply(pictures, { training: false }),

        compare({ tensors }: Batch) {
          const picture = tensors.picture as tf.Tensor4D;
          const [batch, height, across] = (tensors.ab as tf.Tensor4D).shape;
          const grided = <T extends tf.Tensor>(rows: T, channels: number) =>
            tf.reshape(rows, [batch, height, across, channels]) as tf.Tensor4D;
          const made = tf.tidy(() => {
            const logits = logitsOf(picture, { training: false });
            const told = grided(annealedMean(logits, table(), temperature), 2);
            const mode = grided(tf.gather(table(), tf.argMax(logits, 1) as tf.Tensor1D), 2);
            const p = tf.softmax(logits);
            const entropy = grided(tf.neg(tf.sum(tf.mul(p, tf.logSoftmax(logits)), 1)), 1);
            return { told, mode, entropy };
          });
          return colorFigures(picture, tensors.ab as tf.Tensor4D, made, Math.log(bins));
        },
      };
    },

    show: (example: Example, figures: ExampleFigures) => [lightnessFigure(example, figures)],
  }),
});

/** The colors of every `stride`-th pixel, `[ceil(height / stride), ceil(width / stride), 2]`, the first ones in the middle of a step. */
function sparseColors(picture: Image, stride: number): { data: Float32Array; shape: number[] } {
  const { data, shape } = labOf(picture);
  const [height, width] = [Math.ceil(shape[0] / stride), Math.ceil(shape[1] / stride)];
  const ab = new Float32Array(height * width * 2);
  const middle = stride >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.min(shape[0] - 1, y * stride + middle);
      const column = Math.min(shape[1] - 1, x * stride + middle);
      const from = (row * shape[1] + column) * 3;
      ab.set(data.subarray(from + 1, from + 3), (y * width + x) * 2);
    }
  }
  return { data: ab, shape: [height, width, 2] };
}
