import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { conv2dTranspose, elu, leakyRelu } from '../../../src/nn/layers.js';
import { ladder, resizeNearest, upBlock } from '../../../src/nn/upsampling.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const mode = { training: true };
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));

test('a decoder climbs from the last map through the last stage of each size to the input', () => {
  const stage = (channels: number, stride: number) => ({ channels, stride });
  expect(ladder({ stages: [stage(8, 2), stage(16, 4), stage(32, 8)] })).toEqual([
    { stride: 4, skip: 1, channels: 16 },
    { stride: 2, skip: 0, channels: 8 },
    { stride: 1, skip: undefined, channels: 0 },
  ]);
  expect(ladder({ stages: [stage(8, 1), stage(8, 2), stage(16, 2), stage(32, 4), stage(32, 4)] })).toEqual([
    { stride: 2, skip: 2, channels: 16 },
    { stride: 1, skip: 0, channels: 8 },
  ]);
});

onBackends('the way up', () => {
  test('nearest-neighbor upsampling repeats pixels', () => {
    const small = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const expected = [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4];
    expect([...resizeNearest(small, [4, 4]).dataSync()]).toEqual(expected);
  });

  test('an up block takes the size of the skip, odd ones too, and its gradient is that of finite differences', () => {
    const block = upBlock(Random.fromSeed(1), 3, 2, 4);
    const skip = draws(3, [1, 5, 6, 2]) as tf.Tensor4D;
    const up = (x: tf.Tensor) => block.apply(x as tf.Tensor4D, [5, 6], [skip], mode);
    expect(up(draws(2, [1, 3, 3, 3])).shape).toEqual([1, 5, 6, 4]);
    expectGradient((x) => mixed(up(x)), draws(2, [1, 3, 3, 3]), { step: 3e-3, tolerance: 3e-2 });
    disposeVariables(block);
  });

  test('a transposed convolution doubles the side and is the adjoint of the convolution with the same kernel', () => {
    const layer = conv2dTranspose(Random.fromSeed(2), { inputs: 3, filters: 2 });
    const kernel = layer.variables()[0]!.variable as unknown as tf.Tensor4D;
    const [small, large] = [draws(4, [2, 3, 4, 3]) as tf.Tensor4D, draws(5, [2, 6, 8, 2]) as tf.Tensor4D];
    const output = layer.apply(small, mode);
    expect(output.shape).toEqual(large.shape);
    const [left, right] = [tf.mul(output, large), tf.mul(small, tf.conv2d(large, kernel, 2, 'same'))];
    expect(tf.sum(left).dataSync()[0]).toBeCloseTo(tf.sum(right).dataSync()[0]!, 3);
    expectGradient((x) => mixed(layer.apply(x, mode)), draws(6, [1, 2, 2, 3]));
    disposeVariables(layer);
  });

  test('activations and their gradients', () => {
    const x = tf.tensor1d([-2, -0.5, 0.5, 2]);
    expect([...leakyRelu(0.2).apply(x, mode).dataSync()].map((v) => Number(v.toFixed(4)))).toEqual([
      -0.4, -0.1, 0.5, 2,
    ]);
    expect([...elu().apply(x, mode).dataSync()].map((v) => Number(v.toFixed(4)))).toEqual([-0.8647, -0.3935, 0.5, 2]);
    for (const activation of [leakyRelu(), elu()]) expectGradient((y) => mixed(activation.apply(y, mode)), x);
  });
});
