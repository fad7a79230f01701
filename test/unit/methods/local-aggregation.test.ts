import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import '../../../src/engine/gradients.js';
import type { EncoderModule, Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { localAggregation } from '../../../src/methods/local-aggregation.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

// Two kinds of pictures, ten of each: bright on the left, bright on the right.
const random = Random.fromSeed(3);
const images = Array.from({ length: 20 }, (_, i): Image => {
  const data = Float32Array.from(
    { length: 64 },
    (_, at) => (at % 8 < 4 === i % 2 < 1 ? 0.8 : 0) + 0.2 * random.uniform(),
  );
  return { data, shape: [8, 8, 1] };
});
const labels = images.map((_, i) => i % 2);
const data = memoryData('image', images, [8, 8, 1], { labels, classes: ['left', 'right'] });
const flat: EncoderModule = { features: 64, variables: () => [], apply: (input) => tf.reshape(input, [-1, 64]) };
const small = { dimension: 6, background: 8, clusterings: 2, clusters: 2, warmStart: 1, iterations: 5, views: [] };
const make = (options: object = {}, encoder: EncoderModule = flat) =>
  buildMethod({ method: localAggregation({ ...small, ...options }), encoder, data, batchSize: 10, learningRate: 0.05 });
type Made = ReturnType<typeof make>;
const state = ({ built }: Made, name: string) => built.variables.find((own) => own.name === `state/${name}`)!.variable;
const halves = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
];

test('begins as instance discrimination, then clusters the bank after every epoch', async () => {
  const made = make();
  const stepper = made.stepper();
  const [first] = halves as [number[], number[]];
  const close = async (step: number) => (await stepper.take(step, made.batch(halves[step % 2]!))).close;
  // Ten steps are an epoch: until then everyone is a cluster of its own.
  expect(await close(0)).toBeLessThanOrEqual(1);
  const own = state(made, 'clusters').arraySync() as number[][];
  expect(own).toEqual([first.concat(halves[1]!), first.concat(halves[1]!)]);
  for (let step = 1; step < 10; step++) await close(step);
  const clusters = state(made, 'clusters').arraySync() as number[][];
  for (const clustering of clusters) expect(new Set(clustering).size).toBe(2);
  for (let step = 10; step < 20; step++) await close(step);
  expect(await close(20)).toBeGreaterThan(2);
  // The two kinds are found without their labels.
  expect(state(made, 'clusterPurity').dataSync()[0]).toBe(1);
  expect(state(made, 'clusterEntropy').dataSync()[0]).toBeCloseTo(Math.log(2), 3);
});

test('who shares a cluster in any clustering is close, itself too', () => {
  const made = make();
  const clusters = [0, 1].map((clustering) => images.map((_, i) => (clustering === 0 ? i % 5 : i < 2 ? 0 : i)));
  state(made, 'clusters').assign(tf.tensor2d(clusters, [2, 20], 'int32'));
  const close = made.model.targets!(made.batch([0, 3]), stepContext()).close!.arraySync() as number[][];
  const members = close.map((row) => row.flatMap((is, i) => (is === 1 ? [i] : [])));
  expect(members).toEqual([
    [0, 1, 5, 10, 15],
    [3, 8, 13, 18],
  ]);
});

test('one giant cluster leaves nothing to learn, and the alarm says so', async () => {
  const made = make({ warmStart: 0 });
  state(made, 'clusters').assign(tf.zeros([2, 20], 'int32'));
  const values = await made.values(made.batch(halves[0]!));
  expect(values.loss).toBeCloseTo(0, 5);
  expect(values.allClose).toBe(1);
});

test('the gradient reaches the encoder and its head only', () => {
  const encoder = convnet({ widths: [4] }).build([8, 8, 1], Random.fromSeed(1));
  const gradients = make({ warmStart: 0 }, encoder).gradients(make().batch(halves[0]!));
  expect(Object.keys(gradients).filter((name) => name.startsWith('state'))).toEqual([]);
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((x) => Math.abs(x) > 1e-8)]).toEqual([name, true]);
});

test('a background larger than the data is named', () => {
  expect(localAggregation({ background: 64 }).problems({ data: data as never })).toEqual([
    'background is 64, but test data has 20 training samples: take 20 or less',
  ]);
  expect(localAggregation({ background: 8 }).problems({ data: data as never })).toEqual([]);
});

test('the figure shows close neighbors apart from other near ones', async () => {
  const made = make({ background: 20 });
  const stepper = made.stepper();
  for (let step = 0; step < 20; step++) await stepper.take(step, made.batch(halves[step % 2]!));
  const { numTensors } = tf.memory();
  const [figure] = (await made.compare([0])) as [ImagesBlock];
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(figure.columns?.length).toBe(9);
  const kinds = figure.tiles.map(({ label }) => label);
  expect(kinds.slice(1, 5)).toEqual(['left', 'left', 'left', 'left']);
  expect(kinds.slice(5)).toEqual(['right', 'right', 'right', 'right']);
});
