import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { layeredStereo } from '../../../src/data/layered-stereo.js';
import { startEngine } from '../../../src/engine/index.js';
import { bestConstant, disparityErrors, postProcessed } from '../../../src/evaluate/disparity.js';
import type { Image, NdArray, StereoPair } from '../../../src/experiment/contracts.js';
import { monodepth } from '../../../src/methods/monodepth.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, identityEncoder, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

const shape = [16, 32, 3];
const scenes = await layeredStereo({ train: 4, test: 4, height: 16, width: 32 }).open({
  baseFolder: '.',
  cacheFolder: '.',
  sampleFolder: '.',
});
const pairs = [0, 1, 2, 3].map((i) => scenes.train.get(i));
const even = (value: number): Image => ({ data: new Float32Array(16 * 32 * 3).fill(value), shape: [16, 32, 3] });
const build = (options: Parameters<typeof monodepth>[0] = {}, samples: readonly StereoPair[] = pairs) =>
  buildMethod({
    method: monodepth({ width: 2, scales: 2, views: [], flip: 0, ...options }),
    encoder: convnet({ widths: [4, 8] }),
    data: memoryData('stereo', samples, shape),
    learningRate: 0.01,
  });

test('even pictures have the appearance of the sheet at every scale and side, whatever the disparity', async () => {
  const samples = [0, 1].map(() => ({ left: even(0.5), right: even(0.7) }));
  const under = build({ border: 'edge' }, samples);
  const { appearance, loss, smoothness, consistency } = await under.values(under.batch([0, 1]));
  // Left from right 0.052970, and right from left the same; two scales.
  expect(appearance).toBeCloseTo(4 * 0.05297, 3);
  expect(loss).toBeCloseTo(appearance! + 0.1 * smoothness! + consistency!, 5);
});

test('a step lowers the loss, and every trained variable has a gradient', async () => {
  const under = build();
  const gradients = under.gradients(under.batch([0, 1, 2, 3]));
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((g) => g !== 0)]).toEqual([name, true]);
  const stepper = under.stepper();
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) losses.push((await stepper.take(step, under.batch([0, 1, 2, 3]))).loss!);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  stepper.dispose();
});

test('the prediction looks at the left picture alone', () => {
  const swapped = pairs.map((pair, i) => ({ ...pair, right: pairs[(i + 1) % 4]!.right }));
  const [own, other] = [build(), build({}, swapped)];
  const measured = (under: typeof own) => under.model.measure!(under.batch([0, 1, 2, 3]), stepContext(0, false));
  const read = (t?: tf.Tensor) => t!.dataSync()[0];
  expect(read(measured(own).disparityError)).toBe(read(measured(other).disparityError));
  expect(read(measured(own).appearance)).not.toBe(read(measured(other).appearance));
});

test('a flip mirrors both pictures and lets them change places; both get the same colors', () => {
  const plain = build().example(0) as Record<string, NdArray>;
  const flipped = build({ flip: 1 }).example(0) as Record<string, NdArray>;
  const mirrored = tf.reverse(tf.tensor(plain.right!.data, shape), 1).dataSync();
  expect([...flipped.left!.data]).toEqual([...mirrored]);
  expect([plain.flipped, flipped.flipped]).toEqual([0, 1]);
  const same = { left: pairs[0]!.left, right: pairs[0]!.left };
  const recolored = buildMethod({
    method: monodepth({ width: 2, flip: 0 }),
    encoder: convnet({ widths: [4] }),
    data: memoryData('stereo', [same], shape),
  });
  const changes = [0, 1, 2, 3, 4, 5].map((epoch) => {
    const { left, right } = recolored.example(0, epoch) as Record<string, NdArray>;
    expect(left!.data).toEqual(right!.data);
    return left!.data[0] !== same.left.data[0];
  });
  expect(changes).toContain(true);
});

test('errors count where the truth is known, and the best constant is the median', () => {
  const truth = tf.tensor4d([1, 2, Number.NaN, 6], [1, 2, 2, 1]);
  const { error, d1 } = disparityErrors(tf.fill([1, 2, 2, 1], 2.5), truth);
  expect(error.dataSync()[0]).toBeCloseTo((1.5 + 0.5 + 3.5) / 3, 6);
  expect(d1.dataSync()[0]).toBeCloseTo(2 / 3, 6);
  const disparity = { data: Float32Array.of(1, 1.5, 2, Number.NaN, 9), shape: [1, 5] };
  const { test: samples } = memoryData('stereo', [{ ...pairs[0]!, disparity }], shape);
  expect(bestConstant(samples)).toEqual({ error: (1 + 0.5 + 0 + 7) / 4, d1: 0.25 });
  expect(bestConstant(memoryData('stereo', [{ left: even(0), right: even(0) }], shape).test)).toBeUndefined();
  tf.dispose([truth, error, d1]);
});

test('post-processing takes the mirrored prediction at the left border, the own at the right, else the mean', () => {
  const left = tf.zeros([1, 1, 64, 1]) as tf.Tensor4D;
  let calls = 0;
  const values = [...postProcessed(left, () => tf.fill([1, 1, 64, 1], calls++ === 0 ? 1 : 3)).dataSync()];
  expect([values[0], values[2], values[32], values[63]]).toEqual([3, 3, 2, 1]);
  expect(values[5]).toBeGreaterThan(2);
  expect(values[5]).toBeLessThan(3);
});

test('the figure has the pictures, what is rebuilt, disparities and the truth where it is known', async () => {
  const under = build();
  const [block] = (await under.compare([0, 1])) as [ImagesBlock];
  expect(block.columns).toHaveLength(8);
  expect(block.tiles).toHaveLength(16);
  expect(block.tiles[7]).toMatchObject({ role: 'target' });
  const unknown = build(
    {},
    pairs.map(({ left, right }) => ({ left, right })),
  );
  const [blind] = (await unknown.compare([0, 1])) as [ImagesBlock];
  expect(blind.columns).toHaveLength(7);
});

test('an encoder without maps is refused with the remedy', () => {
  const make = () =>
    buildMethod({ method: monodepth(), encoder: identityEncoder(3), data: memoryData('stereo', pairs, shape) });
  expect(make).toThrow('Take convnet() or resnet18()');
});
