import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { labOf } from '../../../src/augment/lab.js';
import '../../../src/engine/gradients.js';
import type { EncoderContext, Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { cmc } from '../../../src/methods/cmc.js';
import { convnet } from '../../../src/nn/convnet.js';
import { normalizedLab } from '../../../src/nn/lab-encoder.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const random = Random.fromSeed(3);
const images = Array.from(
  { length: 8 },
  (): Image => ({ data: Float32Array.from({ length: 192 }, () => random.uniform()), shape: [8, 8, 3] }),
);
const data = memoryData('image', images, [8, 8, 3]);
const make = (options: Parameters<typeof cmc>[0] = {}) =>
  buildMethod({
    method: cmc({ dimension: 6, views: [], temperature: 0.1, ...options }),
    encoder: convnet({ widths: [6] }),
    data,
    learningRate: 0.1,
  });
type Made = ReturnType<typeof make>;
const state = ({ built }: Made, name: string) => built.variables.find((own) => own.name === `state/${name}`)!.variable;

test('the network sees Lab as the figures do, each channel brought to [-1, 1]', async () => {
  const image = images[0]!;
  const expected = labOf(image).data;
  const found = normalizedLab(tf.tensor4d(image.data, [1, 8, 8, 3])).dataSync();
  const [center, half] = [
    [50, (98.233 - 86.183) / 2, (94.478 - 107.857) / 2],
    [50, 92.208, 101.1675],
  ] as const;
  found.forEach((value, i) => {
    expect(value).toBeCloseTo((expected[i]! - center[i % 3]!) / half[i % 3]!, 4);
  });
});

test('where all rows are alike the loss is that of guessing twice, 2 ln n', async () => {
  const made = make();
  for (const name of ['lightnessBank', 'colorBank']) {
    const bank = state(made, name);
    bank.assign(tf.fill(bank.shape, Math.sqrt(1 / 6)));
  }
  const values = await made.values(made.batch([0, 1, 2, 3]));
  expect(values.loss).toBeCloseTo(2 * Math.log(8), 4);
  expect(values.lightnessToColor).toBeCloseTo(Math.log(8), 4);
  expect(made.model.metrics.loss?.chance).toBeCloseTo(2 * Math.log(8), 10);
  // Sheet, 6.6: noise-contrastive, m = 64.
  expect(make({ noise: 64 }).model.metrics.loss?.chance).toBeCloseTo(10.33331, 4);
});

test('lightness is compared with the rows of color, and color with those of lightness', async () => {
  const made = make();
  const batch = made.batch([0, 1, 2, 3]);
  const before = await made.values(batch);
  const bank = state(made, 'colorBank');
  bank.assign(tf.mul(bank, -1));
  const after = await made.values(batch);
  expect(after.colorToLightness).toBeCloseTo(before.colorToLightness!, 5);
  expect(after.lightnessToColor).not.toBeCloseTo(before.lightnessToColor!, 2);
});

test('each half of the encoder sees its channels alone', () => {
  const { built } = make();
  const apply = (image: tf.Tensor) =>
    tf.split(built.encoder.apply(image, { training: false }), 2, 1).map((own) => [...own.dataSync()]);
  const gray = tf.fill([1, 8, 8, 3], 0.25);
  const brighter = tf.fill([1, 8, 8, 3], 0.75);
  const [[dark, colorless], [bright, colorless2]] = [apply(gray), apply(brighter)] as [number[][], number[][]];
  expect(bright).not.toEqual(dark);
  colorless!.forEach((value, i) => {
    expect(value).toBeCloseTo(colorless2![i]!, 3);
  });
  expect(built.encoder.features).toBe(12);
  const names = built.variables.map(({ name }) => name);
  expect(names).toContain('encoder/lightness/conv1/kernel');
  expect(names).toContain('encoder/color/conv1/kernel');
});

test('the gradient reaches both encoders and heads, not the banks', () => {
  const made = make();
  const gradients = made.gradients(made.batch([0, 1, 2, 3]));
  expect(Object.keys(gradients).filter((name) => name.startsWith('state'))).toEqual([]);
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((x) => Math.abs(x) > 1e-8)]).toEqual([name, true]);
});

test.each([{ noise: 0 }, { noise: 6 }])('learns which color goes with which lightness, with %o', async (options) => {
  // Eight plain colors, each with a lightness of its own.
  const plain = images.map((_, i): Image => {
    const color = [(i & 1) * 0.8, ((i >> 1) & 1) * 0.7, ((i >> 2) & 1) * 0.9];
    return { data: Float32Array.from({ length: 48 }, (_, at) => color[at % 3]!), shape: [4, 4, 3] };
  });
  const made = buildMethod({
    method: cmc({ dimension: 6, views: [], temperature: 0.3, ...options }),
    encoder: convnet({ widths: [12] }),
    data: memoryData('image', plain, [4, 4, 3]),
    batchSize: 8,
    learningRate: 0.003,
  });
  const stepper = made.stepper();
  let values: Record<string, number> = {};
  for (let step = 0; step < 80; step++) values = await stepper.take(step, made.batch([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(values.loss).toBeLessThan((options.noise === 0 ? 0.9 : 0.98) * made.model.metrics.loss!.chance!);
  for (const name of ['lightnessBank', 'colorBank'])
    for (const length of tf.norm(state(made, name), 2, 1).dataSync()) expect(length).toBeCloseTo(1, 4);
});

test('pictures without color are told apart by their color no better than by chance', async () => {
  const gray = images.map(({ data, shape }): Image => ({ data: data.map((_, i) => data[i - (i % 3)]!), shape }));
  const made = buildMethod({
    method: cmc({ dimension: 6, views: [], temperature: 0.1 }),
    encoder: convnet({ widths: [6] }),
    data: memoryData('image', gray, [8, 8, 3]),
  });
  const stepper = made.stepper();
  for (let step = 0; step < 10; step++) await stepper.take(step, made.batch([0, 1, 2, 3]));
  const measured = made.model.measure!(made.batch([0, 1, 2, 3]), stepContext(0, false));
  expect((await measured.accuracy!.data())[0]).toBeLessThanOrEqual(0.5);
  expect((await measured.loss!.data())[0]).toBeGreaterThan(0.9 * Math.log(4));
});

test('gray data is refused with a remedy', () => {
  const gray = memoryData('image', [], [28, 28, 1]);
  expect(cmc().problems({ data: gray as never })).toEqual([expect.stringMatching(/gray, \[28, 28, 1\].*emoji\(\)/)]);
  expect(cmc().problems({ data: data as never })).toEqual([]);
  const context = { shape: [28, 28, 1], make: () => undefined as never } as EncoderContext;
  expect(() => cmc().encoder(context)).toThrow('take color pictures');
});

test('the figure shows lightness, color, and whose rows fit', async () => {
  const made = make();
  const { numTensors } = tf.memory();
  const [figure] = (await made.compare([5, 1])) as [ImagesBlock];
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(figure.columns?.length).toBe(9);
  expect(figure.tiles.length).toBe(18);
  expect(figure.tiles[1]!.image.channels).toBe(1);
  expect(figure.tiles[2]!.image.channels).toBe(3);
});
