/** Sampling pictures along their rows: what a rectified stereo camera sees from beside. */
import * as tf from '@tensorflow/tfjs-core';

/** What is seen beyond the left and right border: black (fading over one pixel), or the last column again. */
export type BorderMode = 'zero' | 'edge';

/**
 * Pixel (y, x) of the result is the picture's at (y, x + shift[y, x]), linearly interpolated. Gradients reach the shift
 * (not beyond the border) and the picture.
 * @param image `[batch, height, width, channels]`.
 * @param shift In pixels, `[batch, height, width, 1]`.
 */
export function warpColumns(image: tf.Tensor4D, shift: tf.Tensor4D, border: BorderMode): tf.Tensor4D {
  const [, , width] = image.shape;
  const columns = tf.tensor(numbers(width), [1, 1, width, 1]);
  const at = tf.add(columns, shift);
  if (border === 'edge') return sampleColumns(image, tf.clipByValue(at, 0, width - 1) as tf.Tensor4D);
  const padded = tf.pad(image, [
    [0, 0],
    [0, 0],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor4D;
  return sampleColumns(padded, tf.clipByValue(tf.add(at, 1), 0, width + 1) as tf.Tensor4D);
}

/** 0 to length - 1. */
const numbers = (length: number) => Float32Array.from({ length }, (_, i) => i);

/** Keeps tensors for the gradient. */
type Save = (tensors: tf.Tensor[]) => void;

/**
 * Linear interpolation in each row at columns `at`, `[batch, height, places, 1]`, in [0, width - 1]. With the picture's
 * values a and b left and right of a place, and f its fraction: value = a + f (b - a), d at = sum over channels of
 * dy (b - a), and dy (1 - f) and dy f go back to where a and b came from. Written out since indices have no gradient.
 */
function sampleColumns(image: tf.Tensor4D, at: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = image.shape;
  const pixels = batch * height * width;
  const operation = tf.customGrad((...args: (tf.Tensor | Save)[]) => {
    const [source, place, save] = args as [tf.Tensor4D, tf.Tensor4D, Save];
    const first = tf.minimum(tf.floor(place), Math.max(0, width - 2));
    const fraction = tf.sub(place, first);
    const rows = tf.tensor(numbers(batch * height), [batch, height, 1, 1]);
    const index = tf.reshape(tf.cast(tf.add(tf.mul(rows, width), first), 'int32'), [-1]) as tf.Tensor1D;
    const next = tf.minimum(tf.add(index, tf.scalar(1, 'int32')), tf.scalar(pixels - 1, 'int32')) as tf.Tensor1D;
    const flat = tf.reshape(source, [pixels, channels]);
    const shape = [...place.shape.slice(0, 3), channels];
    const a = tf.reshape(tf.gather(flat, index), shape);
    const slope = tf.sub(tf.reshape(tf.gather(flat, next), shape), a);
    save([fraction, index, next, slope]);
    return {
      value: tf.add(a, tf.mul(fraction, slope)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [fraction, index, next, slope] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor];
        const right = tf.mul(dy, fraction);
        const back = (part: tf.Tensor, to: tf.Tensor1D) =>
          tf.unsortedSegmentSum(tf.reshape(part, [-1, channels]), to, pixels);
        const sums = tf.add(back(tf.sub(dy, right), index), back(right, next));
        return [tf.reshape(sums, image.shape), tf.sum(tf.mul(dy, slope), 3, true)];
      },
    };
  });
  return operation(image, at) as tf.Tensor4D;
}
