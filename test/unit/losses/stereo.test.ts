import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  appearanceLoss,
  consistencyLoss,
  leftFromRight,
  rightFromLeft,
  smoothnessLoss,
  ssim,
} from '../../../src/losses/stereo.js';
import { warpColumns } from '../../../src/nn/warp.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const read = (tensor: tf.Tensor) => tensor.dataSync()[0] as number;
const even = (shape: [number, number, number, number], value: number) => tf.fill(shape, value) as tf.Tensor4D;
const picture = (seed: number, shape: number[]) => tf.sigmoid(draws(seed, shape)) as tf.Tensor4D;

/** Reference: every pixel against every column, with hat weights. */
const dense = (image: tf.Tensor4D, shift: tf.Tensor4D) => {
  const [batch, height, width, channels] = image.shape;
  const columns = tf.range(0, width);
  const at = tf.add(tf.reshape(columns, [1, width, 1]), tf.reshape(shift, [batch * height, width, 1]));
  const weights = tf.relu(tf.sub(1, tf.abs(tf.sub(at, tf.reshape(columns, [1, 1, width])))));
  return tf.reshape(
    tf.matMul(weights, tf.reshape(image, [batch * height, width, channels])),
    image.shape,
  ) as tf.Tensor4D;
};

onBackends('losses of stereo pairs', () => {
  test('appearance has the values of the sheet on even pictures', () => {
    const of = (a: number, b: number) => read(appearanceLoss(even([2, 5, 6, 3], a), even([2, 5, 6, 3], b), 0.85));
    // Differences of squares leave float32 four digits.
    expect(of(0.5, 0.7)).toBeCloseTo(0.05297, 4);
    expect(of(1, 0)).toBeCloseTo(0.574958, 5);
    expect(of(0.4, 0.4)).toBeCloseTo(0, 6);
  });

  test('SSIM is symmetric, 1 for equal pictures, and has a value for each window inside', () => {
    const [a, b] = [picture(1, [1, 6, 7, 2]), picture(2, [1, 6, 7, 2])];
    expect(ssim(a, b).shape).toEqual([1, 4, 5, 2]);
    expect(read(tf.max(tf.abs(tf.sub(ssim(a, b), ssim(b, a)))))).toBeLessThan(1e-6);
    expect(read(tf.max(tf.abs(tf.sub(1, ssim(a, a)))))).toBeLessThan(1e-4);
    expect(read(tf.max(ssim(a, b)))).toBeLessThan(1);
  });

  test('smoothness is the slope, less where the picture has an edge', () => {
    const ramp = tf.tile(tf.reshape(tf.mul(tf.range(0, 8), 0.01), [1, 1, 8, 1]), [1, 4, 1, 1]) as tf.Tensor4D;
    expect(read(smoothnessLoss(ramp, even([1, 4, 8, 3], 0.3), 'xy'))).toBeCloseTo(0.01, 6);
    const stripes = tf.tile(tf.reshape(tf.mod(tf.range(0, 8), 2), [1, 1, 8, 1]), [1, 4, 1, 3]) as tf.Tensor4D;
    expect(read(smoothnessLoss(ramp, stripes, 'xy'))).toBeCloseTo(0.003679, 6);
    const upright = tf.transpose(ramp, [0, 2, 1, 3]);
    expect(read(smoothnessLoss(upright, even([1, 8, 4, 3], 0.3), 'xy'))).toBeCloseTo(0.01, 6);
    expect(read(smoothnessLoss(upright, even([1, 8, 4, 3], 0.3), 'x'))).toBe(0);
  });

  test('left looks at x - d of right: exact inside, black beyond the border', () => {
    const [width, k] = [16, 4];
    const left = picture(3, [1, 3, width, 2]);
    // right(x) = left(x + k)
    const right = tf.concat(
      [tf.slice(left, [0, 0, k, 0], [1, 3, width - k, 2]), tf.zeros([1, 3, k, 2])],
      2,
    ) as tf.Tensor4D;
    const d = even([1, 3, width, 1], k / width);
    const rebuilt = leftFromRight(right, d, 'zero');
    const inside = (x: tf.Tensor4D) => tf.slice(x, [0, 0, k, 0], [1, 3, width - k, 2]);
    expect(read(tf.max(tf.abs(tf.sub(inside(rebuilt), inside(left)))))).toBeLessThan(1e-6);
    expect(read(tf.max(tf.slice(rebuilt, [0, 0, 0, 0], [1, 3, k, 2])))).toBe(0);
    const back = rightFromLeft(left, d, 'zero');
    expect(read(tf.max(tf.abs(tf.sub(back, right))))).toBeLessThan(1e-6);
    // The wrong sign does not rebuild it.
    expect(read(tf.mean(tf.abs(tf.sub(inside(rightFromLeft(right, d, 'zero')), inside(left)))))).toBeGreaterThan(0.05);
  });

  test('equal disparities c are inconsistent at the border only: c squared, and 0 where the edge goes on', () => {
    const c = even([2, 3, 64, 1], 4 / 64);
    // Each of the two directions gives c squared.
    expect(read(consistencyLoss(c, c, 'zero'))).toBeCloseTo(2 * 0.00390625, 7);
    expect(read(consistencyLoss(c, c, 'edge'))).toBeCloseTo(0, 7);
  });

  test('warping agrees with hat weights over all columns, and so do its gradients', () => {
    const image = picture(4, [2, 3, 7, 2]);
    const shift = tf.mul(draws(5, [2, 3, 7, 1]), 2) as tf.Tensor4D;
    const dy = draws(6, [2, 3, 7, 2]);
    const [own, expected] = [warpColumns(image, shift, 'zero'), dense(image, shift)];
    expect(read(tf.max(tf.abs(tf.sub(own, expected))))).toBeLessThan(1e-5);
    const gradients = (warp: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor4D) =>
      tf.grads(warp as never)([image, shift], dy);
    const a = gradients((x, s) => warpColumns(x, s, 'zero'));
    const b = gradients(dense);
    for (const i of [0, 1]) expect(read(tf.max(tf.abs(tf.sub(a[i]!, b[i]!))))).toBeLessThan(1e-4);
  });

  test('gradients are those of finite differences', () => {
    const [left, right] = [picture(7, [1, 4, 6, 2]), picture(8, [1, 4, 6, 2])];
    // Places between pixels, away from where linear interpolation has its corners.
    const d = tf.add(tf.mul(tf.sigmoid(draws(9, [1, 4, 6, 1])), 0.04), 0.06) as tf.Tensor4D;
    expectGradient((x) => appearanceLoss(left, leftFromRight(right, x as tf.Tensor4D, 'edge'), 0.85), d, {
      step: 1e-3,
    });
    expectGradient((x) => appearanceLoss(left, x as tf.Tensor4D, 0.85), right, { step: 1e-3, tolerance: 2e-2 });
    expectGradient((x) => smoothnessLoss(x as tf.Tensor4D, left, 'xy'), d, { step: 1e-4, tolerance: 3e-2 });
    expectGradient(
      (x) => consistencyLoss(x as tf.Tensor4D, tf.mul(tf.slice(left, [0, 0, 0, 0], [1, 4, 6, 1]), 0.1), 'edge'),
      d,
      { step: 1e-4, tolerance: 3e-2 },
    );
  });
});
