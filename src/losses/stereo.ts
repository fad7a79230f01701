/**
 * Losses of pictures rebuilt from their stereo partner: Godard, Mac Aodha & Brostow, "Unsupervised monocular depth
 * estimation with left-right consistency" (CVPR 2017), arXiv:1609.03677. Pictures are `[batch, height, width, channels]`
 * in [0, 1]; disparities `[batch, height, width, 1]` as fractions of the width.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type BorderMode, warpColumns } from '../nn/warp.js';

const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * Structural similarity with means over 3x3 windows (those inside the picture) in place of Gaussian ones:
 * `[batch, height - 2, width - 2, channels]`, 1 for equal pictures.
 * Wang, Bovik, Sheikh & Simoncelli, "Image quality assessment" (2004).
 */
export function ssim(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  const mean = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 1, 'valid');
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = tf.mul(meanA, meanB);
  const squares = tf.add(tf.square(meanA), tf.square(meanB));
  const variances = tf.sub(tf.add(mean(tf.square(a)), mean(tf.square(b))), squares);
  const covariance = tf.sub(mean(tf.mul(a, b)), product);
  const above = tf.mul(tf.add(tf.mul(product, 2), C1), tf.add(tf.mul(covariance, 2), C2));
  return tf.div(above, tf.mul(tf.add(squares, C1), tf.add(variances, C2)));
}

/** How much a rebuilt picture differs: alpha mean((1 - SSIM) / 2) + (1 - alpha) mean|difference|; 0 for equal pictures. */
export function appearanceLoss(picture: tf.Tensor4D, rebuilt: tf.Tensor4D, alpha: number): tf.Scalar {
  const unlike = tf.clipByValue(tf.div(tf.sub(1, ssim(picture, rebuilt)), 2), 0, 1);
  const difference = tf.abs(tf.sub(picture, rebuilt));
  return tf.add(tf.mul(tf.mean(unlike), alpha), tf.mul(tf.mean(difference), 1 - alpha));
}

/**
 * Mean size of the disparity's steps, cheaper where the picture has an edge: |step| exp(-|step of the picture|), the
 * picture's step averaged over its channels; the means along both axes are added.
 * @param axes `xy` as in the paper; `x` is what the released code computes, which never reaches its vertical term.
 */
export function smoothnessLoss(disparity: tf.Tensor4D, picture: tf.Tensor4D, axes: 'xy' | 'x'): tf.Scalar {
  const along = (axis: 1 | 2) => {
    const weight = tf.exp(tf.neg(tf.mean(tf.abs(steps(picture, axis)), 3, true)));
    return tf.mean<tf.Scalar>(tf.mul(tf.abs(steps(disparity, axis)), weight));
  };
  return axes === 'x' ? along(2) : tf.add(along(2), along(1));
}

/** Differences of neighbors along an axis. */
function steps(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const length = (x.shape[axis] as number) - 1;
  const size = x.shape.map((side, i) => (i === axis ? length : side)) as [number, number, number, number];
  const begin = (first: number): [number, number, number, number] => [
    0,
    axis === 1 ? first : 0,
    axis === 2 ? first : 0,
    0,
  ];
  return tf.sub(tf.slice(x, begin(1), size), tf.slice(x, begin(0), size));
}

/** What the left camera sees, from the right camera's picture: column x looks at x - disparity of the left picture. */
export function leftFromRight(right: tf.Tensor4D, leftDisparity: tf.Tensor4D, border: BorderMode): tf.Tensor4D {
  return warpColumns(right, tf.mul(leftDisparity, -right.shape[2]), border);
}

/** What the right camera sees, from the left camera's picture: column x looks at x + disparity of the right picture. */
export function rightFromLeft(left: tf.Tensor4D, rightDisparity: tf.Tensor4D, border: BorderMode): tf.Tensor4D {
  return warpColumns(left, tf.mul(rightDisparity, left.shape[2]), border);
}

/** Mean |left disparity - right disparity at the place it points to|, and the same from the right, added. */
export function consistencyLoss(left: tf.Tensor4D, right: tf.Tensor4D, border: BorderMode): tf.Scalar {
  const apart = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.mean<tf.Scalar>(tf.abs(tf.sub(a, b)));
  return tf.add(apart(left, leftFromRight(right, left, border)), apart(right, rightFromLeft(left, right, border)));
}
