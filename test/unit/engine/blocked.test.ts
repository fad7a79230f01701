/** What the onnxruntime engine computes in its blocked layout: pictures of 16 channels and multiples of it. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import { picturesOfTurn } from '../../../src/engine/onnxruntime/filter-gradient-blocked.js';
import { Random } from '../../../src/experiment/random.js';
import { batchNorm } from '../../../src/nn/batch-norm.js';
import { conv2d, relu, sequential } from '../../../src/nn/layers.js';
import { draws } from '../backends.js';

/** Computes the same on both; the gradients among the results are compared relative to their size. */
async function expectSame(compute: () => tf.Tensor[]) {
  const results = [];
  for (const backend of ['cpu', 'onnxruntime']) {
    await tf.setBackend(backend);
    const { numTensors } = tf.memory();
    const tensors = tf.tidy(compute);
    results.push(tensors.map((tensor) => ({ shape: tensor.shape, values: Array.from(tensor.dataSync()) })));
    tf.dispose(tensors);
    expect(tf.memory().numTensors).toBe(numTensors);
  }
  const [expected, actual] = results;
  expected!.forEach(({ shape, values }, i) => {
    expect(actual![i]!.shape).toEqual(shape);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = values.reduce((most, value, k) => Math.max(most, Math.abs(value - actual![i]!.values[k]!)), 0);
    expect(worst / scale).toBeLessThan(2e-5);
  });
}

beforeAll(async () => {
  tf.enableProdMode();
  await startEngine('onnxruntime', { threads: 2 });
});

describe('conv2d and its gradients', () => {
  // picture, kernel, stride, padding
  const cases: [number[], number[], number | [number, number], 'same' | 'valid' | number][] = [
    [[2, 6, 6, 16], [3, 3, 16, 32], 1, 'same'],
    [[2, 8, 8, 32], [3, 3, 32, 16], 2, 'same'],
    [[3, 7, 7, 16], [3, 3, 16, 16], 2, 'same'],
    [[2, 5, 4, 16], [1, 1, 16, 32], 1, 'same'],
    [[2, 5, 6, 16], [1, 1, 16, 32], 2, 'same'],
    [[2, 9, 7, 16], [5, 3, 16, 16], [2, 1], 'same'],
    [[2, 9, 8, 16], [5, 4, 16, 16], [1, 3], 'valid'],
    [[2, 8, 8, 16], [4, 4, 16, 16], 3, 1],
    [[2, 8, 8, 3], [3, 3, 3, 16], 1, 'same'],
    [[35, 9, 7, 3], [3, 2, 3, 32], 2, 'same'],
    [[18, 8, 8, 1], [1, 1, 1, 16], 3, 'valid'],
    // Of these windows TensorFlow.js leaves some out.
    [[2, 9, 8, 16], [5, 3, 16, 16], 2, 1],
    [[2, 9, 8, 3], [5, 3, 3, 16], 1, 1],
    // Single pixels, some of them zeros around the picture.
    [[2, 7, 6, 16], [1, 1, 16, 16], 2, 1],
    [[2, 7, 6, 16], [1, 1, 16, 16], 1, 1],
    [[2, 7, 6, 3], [1, 1, 3, 16], 1, 1],
    [[2, 8, 8, 24], [3, 3, 24, 16], 2, 'same'],
    [[2, 8, 8, 16], [3, 3, 16, 24], 2, 'same'],
    [[1, 1, 1, 16], [3, 3, 16, 16], 1, 'same'],
    [[2, 7, 5, 16], [3, 2, 16, 16], [1, 2], 'same'],
    // Gradients to the filter take some pictures at a time: many blocks of them and a part of one, in one turn and in several.
    [[72, 4, 4, 32], [3, 3, 32, 48], 1, 'same'],
    [[33, 28, 28, 16], [3, 3, 16, 16], 2, 'same'],
    [[130, 3, 3, 16], [2, 2, 16, 16], 1, 'valid'],
    // And large pictures in bands of rows: few of those, and more than a block; as many rows as cannot be cut.
    [[1, 6, 2900, 16], [3, 2, 16, 16], 1, 'same'],
    [[1, 6, 2900, 3], [3, 2, 3, 16], 1, 'same'],
    [[2, 9, 8600, 16], [1, 1, 16, 16], 1, 'same'],
    [[1, 17, 1100, 16], [2, 1, 16, 16], 1, 'same'],
    [[3, 48, 48, 16], [3, 2, 16, 16], 1, 'same'],
    [[1, 40, 40, 16], [3, 3, 16, 64], 1, 'same'],
    [[1, 81, 80, 32], [3, 3, 32, 16], 2, 1],
    [[2, 96, 64, 16], [1, 1, 16, 16], 1, 'same'],
    [[2, 97, 64, 16], [1, 1, 16, 16], 2, 1],
  ];
  it.each(cases)('picture %j, kernel %j, stride %j, padding %s', (picture, kernel, stride, pad) =>
    expectSame(() => {
      const x = draws(1, picture) as tf.Tensor4D;
      const k = draws(2, kernel) as tf.Tensor4D;
      const f = (x: tf.Tensor4D, k: tf.Tensor4D) =>
        tf.conv2d(x, k, stride, pad, 'NHWC', 1, typeof pad === 'number' ? 'floor' : undefined);
      return [f(x, k), ...tf.grads(f as never)([x, k], draws(3, f(x, k).shape))];
    }),
  );

  it('dilated', () =>
    expectSame(() => [
      tf.conv2d(draws(1, [2, 8, 8, 16]) as tf.Tensor4D, draws(2, [3, 3, 16, 16]) as tf.Tensor4D, 1, 'same', 'NHWC', 2),
    ]));
});

const picture = () =>
  tf.conv2d(draws(1, [2, 6, 6, 3]) as tf.Tensor4D, draws(2, [3, 3, 3, 16]) as tf.Tensor4D, 1, 'same');
const perChannel = (seed: number) => draws(seed, [16]);

describe('what becomes of a blocked picture', () => {
  const cases: Record<string, () => tf.Tensor> = {
    'times, plus, minus numbers per channel': () =>
      tf.sub(perChannel(3), tf.add(tf.mul(picture(), perChannel(4)), perChannel(5))),
    'minus another picture': () => tf.sub(tf.mul(picture(), perChannel(3)), tf.relu(picture())),
    'a sum of many': () => {
      const x = picture();
      return [3, 4, 5, 6, 7].map((seed) => tf.mul(x, perChannel(seed))).reduce((a, b) => tf.add(a, b));
    },
    'a sum of two convolutions': () => {
      const other = tf.conv2d(
        draws(6, [2, 6, 6, 16]) as tf.Tensor4D,
        draws(7, [3, 3, 16, 16]) as tf.Tensor4D,
        1,
        'same',
      );
      return tf.relu(tf.add(other, picture()));
    },
    'ReLU of a sum': () => tf.relu(tf.add(picture(), tf.relu(picture()))),
    'ReLU of NaN and infinities': () =>
      tf.relu(tf.mul(picture(), tf.concat([tf.tensor1d([Number.NaN, Infinity, -Infinity]), tf.ones([13])]))),
    'a number for all': () => tf.div(tf.add(picture(), 2), 3),
    'numbers per picture': () => tf.mul(picture(), draws(3, [2, 1, 1, 16])),
    'numbers per pixel': () => tf.mul(picture(), draws(3, [2, 6, 6, 1])),
    'another rank': () => tf.mul(tf.reshape(picture(), [2, 36, 16]), draws(3, [36, 16])),
    comparison: () => tf.cast(tf.greater(picture(), perChannel(3)), 'float32'),
    'where by a comparison': () => tf.where(tf.greater(picture(), 0), picture(), tf.mul(picture(), perChannel(4))),
    step: () => tf.step(picture(), 0.5),
    'sigmoid and square': () => tf.square(tf.sigmoid(picture())),
    'sum of a product over pixels': () => tf.sum(tf.mul(picture(), tf.relu(picture())), [1, 2]),
    'mean of squared differences': () => tf.mean(tf.squaredDifference(picture(), perChannel(3)), [0, 1, 2]),
    'mean of squared differences, in turns': () => {
      const x = tf.conv2d(draws(1, [6, 96, 96, 3]) as tf.Tensor4D, draws(2, [1, 1, 3, 16]) as tf.Tensor4D, 1, 'same');
      return tf.mean(tf.squaredDifference(x, perChannel(3)), [0, 1, 2]);
    },
    'a product and its sum': () => {
      const product = tf.mul(picture(), tf.relu(picture()));
      return tf.add(product, tf.sum(product, [0, 1, 2]));
    },
    'sum over pixels': () => tf.sum(picture(), [1, 2], true),
    'sum over everything': () => tf.sum(picture()),
    'mean over pictures': () => tf.mean(picture(), 0),
    'mean of rows': () => tf.mean(tf.reshape(picture(), [-1, 16]), 0),
    maximum: () => tf.max(picture(), [1, 2]),
    pooling: () => tf.maxPool(picture(), 2, 2, 'valid'),
    'pooling with oblong windows': () => tf.maxPool(picture(), [3, 2], 1, 1, 'floor'),
    integers: () => tf.cast(tf.cast(picture(), 'int32'), 'float32'),
    transposition: () => tf.transpose(picture(), [0, 3, 1, 2]),
    'one of its pictures': () => tf.slice(picture(), [1, 0, 0, 0], [1, 6, 6, 16]),
  };
  it.each(Object.entries(cases))('%s', async (_name, compute) => {
    if (_name !== 'ReLU of NaN and infinities') return expectSame(() => [compute()]);
    const shown: string[] = [];
    for (const backend of ['cpu', 'onnxruntime']) {
      await tf.setBackend(backend);
      shown.push(
        tf.tidy(() => Array.from(compute().dataSync(), (v) => (Number.isFinite(v) ? 'finite' : String(v)))).join(),
      );
    }
    expect(shown[1]).toBe(shown[0]);
  });
});

it('gradients to the filter take numbers of pictures that ONNX Runtime convolves', () => {
  const block = 16;
  for (let batch = 1; batch <= 130; batch++)
    for (let bands = 1; bands < block; bands++)
      for (let most = 0.3; most < 50; most += 0.7) {
        const channels = picturesOfTurn(block, batch, bands, most) * bands;
        if (channels >= block && channels % block !== 0)
          expect.fail(`batch ${batch}, ${bands} bands, at most ${most} pictures: ${channels} channels`);
      }
});

// The first layer's gradients, in one turn and in several.
it.each([
  [4, 6, 3],
  [80, 32, 1],
])('batch norm with ReLU, its statistics and gradients: %i pictures of %i pixels, kernel %i', (batch, size, filter) =>
  expectSame(() => {
    const norm = batchNorm(16);
    const kernel = tf.variable(draws(2, [filter, filter, 3, 16]) as tf.Tensor4D);
    const variables = [kernel, ...norm.variables().map(({ variable }) => variable)];
    const scale = variables[3] as tf.Variable;
    scale.assign(perChannel(7));
    const f = (x: tf.Tensor) => tf.relu(norm.apply(tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same'), { training: true }));
    const { grads, value } = tf.variableGrads(
      () => tf.sum(tf.mul(f(draws(1, [batch, size, size, 3])), draws(5, [batch, size, size, 16]))) as tf.Scalar,
      variables.filter(({ trainable }) => trainable),
    );
    const results = [value, ...Object.values(grads), ...variables.map((variable) => tf.clone(variable))];
    tf.dispose(variables);
    return results;
  }),
);

it('a residual block that halves the picture, in training and after it, and its gradients', () =>
  expectSame(() => {
    const random = Random.fromSeed(1);
    const conv = (key: number, options: { size?: number; stride?: number }) =>
      conv2d(random.at(key), { inputs: 16, filters: 16, ...options });
    const path = sequential({
      conv1: conv(1, { stride: 2 }),
      norm1: batchNorm(16),
      relu1: relu(),
      conv2: conv(2, {}),
      norm2: batchNorm(16),
    });
    const shortcut = sequential({ conv: conv(3, { size: 1, stride: 2 }), norm: batchNorm(16) });
    const apply = (x: tf.Tensor, training: boolean) =>
      tf.relu(tf.add(path.apply(x, { training }), shortcut.apply(x, { training })));
    const variables = [path, shortcut].flatMap((module) => module.variables().map(({ variable }) => variable));
    const first = tf.variable(draws(4, [3, 3, 3, 16]));
    const f = () => apply(tf.conv2d(draws(1, [3, 7, 6, 3]) as tf.Tensor4D, first as never, 1, 'same'), true);
    const { grads, value } = tf.variableGrads(
      () => tf.sum(tf.mul(f(), draws(5, [3, 4, 3, 16]))) as tf.Scalar,
      [first, ...variables.filter(({ trainable }) => trainable)],
    );
    const results = [value, apply(draws(6, [2, 7, 6, 16]), false), ...Object.values(grads)].map((t) => tf.clone(t));
    tf.dispose([first, ...variables]);
    return results;
  }));
