/**
 * Class activation maps: where in a picture a linear classifier on averaged features finds its class.
 * Zhou, Khosla, Lapedriza, Oliva & Torralba, "Learning deep features for discriminative localization" (CVPR 2016).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { EncoderModule } from '../../experiment/contracts.js';
import { colorOf, extent } from '../../protocol/color-map.js';
import type { Pixels } from '../../protocol/figure.js';
import { eachOf, toPixels } from './pixels.js';

/** How much of the color map covers the gray picture below it. */
const cover = 0.6;

/**
 * The pictures in gray under the map of one class each, on one scale per picture; undefined for an encoder without maps.
 * @param images `[pictures, height, width, channels]`.
 * @param kernel Weights of the classifier, `[features, classes]`.
 * @param classes Class of each picture.
 */
export async function classActivation(
  { maps }: EncoderModule,
  kernel: tf.Tensor2D,
  images: tf.Tensor4D,
  classes: ArrayLike<number>,
): Promise<Pixels[] | undefined> {
  if (maps === undefined) return undefined;
  const [, height, width] = images.shape;
  const activations = tf.tidy(() => {
    const map = maps.apply(images, { training: false }).at(-1) as tf.Tensor4D;
    // Of each picture the weights of its class, as a column.
    const weights = tf.expandDims(tf.gather(tf.transpose(kernel), tf.tensor1d(Int32Array.from(classes), 'int32')), 2);
    const [count, rows, columns, features] = map.shape;
    const scores = tf.matMul(tf.reshape(map, [count, rows * columns, features]), weights);
    return tf.image.resizeBilinear(tf.reshape(scores, [count, rows, columns, 1]) as tf.Tensor4D, [height, width]);
  });
  const [pictures, heats] = [await eachOf(images.clone()), await eachOf(activations)];
  return pictures.map((picture, i) => {
    const { data, channels } = toPixels(picture) as Pixels;
    const heat = (heats[i] as { data: Float32Array }).data;
    const range = extent(heat) ?? [0, 1];
    const covered = new Uint8Array(3 * height * width);
    for (let p = 0; p < height * width; p++) {
      const own = data.subarray(p * channels, p * channels + Math.min(3, channels));
      const gray = own.reduce((sum, value) => sum + value, 0) / own.length;
      covered.set(
        colorOf(heat[p] as number, range).map((color) => Math.round(cover * color + (1 - cover) * gray)),
        3 * p,
      );
    }
    return { width, height, channels: 3, data: covered };
  });
}
