import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import { Random } from '../../../src/experiment/random.js';

/** Normal draws of this shape. */
function draws(seed: number, shape: number[]): tf.Tensor {
  const random = Random.fromSeed(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
    'float32',
  );
}

interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

/** Computes the same on a backend; checks that no tensor stays behind. */
async function on(backend: string, compute: () => tf.Tensor): Promise<Result> {
  await tf.setBackend(backend);
  const { numTensors, numDataBuffers } = tf.memory();
  const tensor = tf.tidy(compute);
  const result = { shape: tensor.shape, dtype: tensor.dtype, values: Array.from(tensor.dataSync()) };
  tensor.dispose();
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  return result;
}

/** wasm and cpu agree: up to rounding, relative to the size of the result. */
async function expectSame(compute: () => tf.Tensor) {
  const expected = await on('cpu', compute);
  const actual = await on('wasm', compute);
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  const scale = Math.max(1, ...expected.values.map(Math.abs));
  const worst = expected.values.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.values[i]!)), 0);
  expect(worst / scale).toBeLessThan(1e-5);
}

beforeAll(async () => {
  tf.enableProdMode();
  await startEngine('wasm');
});

describe('gradients of conv2d', () => {
  // [batch, height, width, channels], [height, width of the kernel, filters], stride, padding
  const cases: [number[], number[], number | [number, number], 'same' | 'valid' | number][] = [
    [[2, 8, 8, 3], [3, 3, 4], 1, 'same'],
    [[2, 7, 7, 3], [3, 3, 4], 2, 'same'],
    [[3, 8, 8, 2], [3, 3, 5], 2, 'same'],
    [[2, 9, 6, 3], [5, 3, 4], [2, 1], 'same'],
    [[2, 9, 6, 3], [5, 3, 4], [1, 3], 'valid'],
    [[2, 10, 10, 1], [4, 4, 2], 3, 'valid'],
    [[2, 8, 8, 3], [3, 3, 4], 2, 1],
    [[2, 8, 8, 4], [1, 1, 6], 1, 'same'],
    [[2, 8, 8, 4], [1, 1, 6], 2, 'same'],
    [[2, 5, 5, 1], [5, 5, 1], 1, 'valid'],
    [[1, 6, 6, 1], [3, 3, 1], 2, 'same'],
    [[2, 3, 3, 2], [7, 7, 3], 1, 'same'],
    [[2, 3, 3, 2], [7, 7, 3], 2, 'same'],
    // More than one chunk of samples, the last one smaller.
    [[37, 14, 14, 12], [3, 3, 8], 2, 'same'],
    [[13, 14, 14, 12], [3, 3, 8], 1, 'same'],
  ];
  it.each(cases)('input %j, kernel %j, stride %j, padding %j', async (input, [height, width, filters], stride, pad) => {
    const kernel = [height!, width!, input[3]!, filters!];
    const gradients = () => {
      const x = draws(1, input) as tf.Tensor4D;
      const k = draws(2, kernel) as tf.Tensor4D;
      const f = (x: tf.Tensor4D, k: tf.Tensor4D) =>
        tf.conv2d(x, k, stride, pad, 'NHWC', 1, typeof pad === 'number' ? 'floor' : undefined);
      return tf.grads(f as never)([x, k], draws(3, f(x, k).shape));
    };
    await expectSame(() => gradients()[0]!);
    await expectSame(() => gradients()[1]!);
  });
});

describe('gradients of depthwiseConv2d', () => {
  const cases: [number[], number[], number | [number, number], 'same' | 'valid'][] = [
    [[2, 6, 7, 3], [3, 3, 3, 1], 1, 'same'],
    [[2, 6, 7, 3], [3, 3, 3, 2], 1, 'valid'],
    [[2, 7, 6, 3], [3, 2, 3, 2], 2, 'same'],
    [[1, 5, 5, 1], [5, 5, 1, 3], 1, 'same'],
  ];
  it.each(cases)('input %j, kernel %j, stride %j, padding %s', async (input, kernel, stride, pad) => {
    const gradients = () => {
      const x = draws(1, input) as tf.Tensor4D;
      const k = draws(2, kernel) as tf.Tensor4D;
      const f = (x: tf.Tensor4D, k: tf.Tensor4D) => tf.depthwiseConv2d(x, k, stride, pad);
      return tf.grads(f as never)([x, k], draws(3, f(x, k).shape));
    };
    await expectSame(() => gradients()[0]!);
    await expectSame(() => gradients()[1]!);
  });
});

describe('matMul', () => {
  const cases: [number[], number[]][] = [
    [
      [5, 7],
      [7, 3],
    ],
    [
      [1, 7],
      [7, 1],
    ],
    [
      [40, 33],
      [33, 29],
    ],
    [
      [3, 20, 21],
      [3, 21, 22],
    ],
    [
      [3, 4, 5],
      [3, 5, 6],
    ],
    [
      [2, 3, 17, 18],
      [2, 3, 18, 19],
    ],
    [
      [4, 20, 21],
      [1, 21, 22],
    ],
    [
      [1, 20, 21],
      [4, 21, 22],
    ],
    [
      [4, 20, 21],
      [21, 22],
    ],
    [
      [20, 21],
      [4, 21, 22],
    ],
    [
      [2, 1, 20, 21],
      [1, 3, 21, 22],
    ],
  ];
  const flip = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
  it.each(cases)('%j by %j, transposed or not, and its gradients', async (a, b) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const left = () => draws(1, transposeA ? flip(a) : a);
        const right = () => draws(2, transposeB ? flip(b) : b);
        const f = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB);
        await expectSame(() => f(left(), right()));
        if (a.slice(0, -2).join() !== b.slice(0, -2).join()) continue; // No gradient through broadcasting in tfjs.
        for (const i of [0, 1])
          await expectSame(() => tf.grads(f as never)([left(), right()], draws(3, f(left(), right()).shape))[i]!);
      }
    }
  });
});

describe('sum and mean', () => {
  const cases: [number[], number[]][] = [
    [[6], [0]],
    [[64, 5], [0]],
    [[63, 5], [0]],
    [[192, 5], [0]],
    [[5, 4], [1]],
    [
      [4, 5, 6, 7],
      [0, 1, 2],
    ],
    [
      [4, 5, 6, 7],
      [1, 2],
    ],
    [[4, 5, 6, 7], [-2]],
    [
      [4, 5, 6, 7],
      [2, 1],
    ],
    [
      [4, 5, 6, 7],
      [0, 2],
    ],
    [
      [4, 5, 6, 7],
      [0, 1, 2, 3],
    ],
    [[4, 5, 6, 7], [3]],
    [[4, 5, 1], [0]],
    [[0, 3], [0]],
    [[3, 0], [0]],
    [[1, 3], [0]],
  ];
  it.each(cases)('shape %j, axes %j', async (shape, axes) => {
    for (const keep of [false, true]) {
      await expectSame(() => tf.sum(draws(1, shape), axes, keep));
      if (!shape.includes(0)) await expectSame(() => tf.mean(draws(1, shape), axes, keep));
    }
  });
  it('keeps integers', () =>
    expectSame(() =>
      tf.sum(
        tf.tensor(
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
          'int32',
        ),
        0,
      ),
    ));
  it('lets NaN and infinity show, each in its own column', async () => {
    for (const rows of [2, 3, 64]) {
      const first = tf.tensor2d([[1, Number.NaN, Infinity, -Infinity, 5]]);
      const x = tf.concat([first, tf.ones([rows - 1, 5])]);
      const { values } = await on('wasm', () => tf.sum(tf.clone(x), 0));
      expect(values).toEqual([rows, Number.NaN, Infinity, -Infinity, rows + 4]);
      tf.dispose([first, x]);
    }
  });
  it('keeps six digits over a hundred thousand elements', async () => {
    const { values } = await on('wasm', () =>
      tf.concat([tf.mean(tf.fill([100_352, 8], 0.1), 0), tf.mean(tf.fill([2, 100_352], 0.1), 1)]),
    );
    for (const value of values) expect(Math.abs(value - 0.1)).toBeLessThan(1e-7);
  });
});

describe('slice', () => {
  const cases: [number[], number[], number[]][] = [
    [[9], [2], [4]],
    [
      [5, 6],
      [1, 2],
      [3, 2],
    ],
    [
      [5, 6],
      [1, 0],
      [3, 6],
    ],
    [
      [5, 6],
      [0, 0],
      [5, 6],
    ],
    [
      [5, 6],
      [4, 5],
      [1, 1],
    ],
    [
      [4, 5, 6],
      [1, 2, 3],
      [2, 2, 2],
    ],
    [
      [4, 5, 6, 7],
      [1, 2, 0, 0],
      [2, 2, 6, 7],
    ],
    [
      [4, 5, 6, 7],
      [0, 0, 1, 0],
      [4, 5, 3, 7],
    ],
    [
      [2, 3, 2, 3, 2],
      [1, 1, 0, 1, 0],
      [1, 2, 2, 2, 2],
    ],
    [
      [5, 6],
      [2, 2],
      [0, 3],
    ],
  ];
  it.each(cases)('shape %j from %j, size %j', (shape, begin, size) =>
    expectSame(() => tf.slice(draws(1, shape), begin, size)),
  );
  it('keeps types', async () => {
    await expectSame(() => tf.slice(tf.tensor1d([1, 2, 3, 4], 'int32'), 1, 2));
    await expectSame(() => tf.slice(tf.tensor1d([true, false, true], 'bool'), 1, 2));
    await expectSame(() => tf.tidy(() => tf.concat(tf.split(draws(1, [4, 6]), 3, 1), 0)));
  });
  it('copies: the source may go', async () => {
    await tf.setBackend('wasm');
    const source = tf.tensor1d([1, 2, 3, 4]);
    const part = tf.slice(source, 1, 2);
    source.dispose();
    expect(Array.from(part.dataSync())).toEqual([2, 3]);
    part.dispose();
  });
});

describe('gather', () => {
  it.each([
    [[5], 0],
    [[5, 3], 0],
    [[2, 5, 3], 1],
  ] as [number[], number][])('gradient for shape %j, axis %i', (shape, axis) =>
    expectSame(() => {
      const indices = tf.tensor1d([4, 1, 1, 0], 'int32');
      const f = (x: tf.Tensor) => tf.gather(x, indices, axis);
      return tf.grad(f)(draws(1, shape), draws(2, f(draws(1, shape)).shape));
    }),
  );
  it('drops segments that do not exist', () =>
    expectSame(() => tf.unsortedSegmentSum(draws(1, [4, 2]), tf.tensor1d([0, 2, -1, 2], 'int32'), 3)));
});
