import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import '../../../src/engine/gradients.js';
import type { EncoderModule, Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { instdisc } from '../../../src/methods/instdisc.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const random = Random.fromSeed(3);
const images = Array.from(
  { length: 8 },
  (): Image => ({ data: Float32Array.from({ length: 64 }, () => random.uniform()), shape: [8, 8, 1] }),
);
const data = memoryData('image', images, [8, 8, 1]);
/** Without batch norm, so that a sample's features are its own. */
const flat: EncoderModule = { features: 64, variables: () => [], apply: (input) => tf.reshape(input, [-1, 64]) };
const make = (options: Parameters<typeof instdisc>[0] = {}, encoder: EncoderModule = flat, batchSize = 4) =>
  buildMethod({
    method: instdisc({ dimension: 6, views: [], ...options }),
    encoder,
    data,
    batchSize,
    learningRate: 0.2,
  });
const bankOf = ({ built }: ReturnType<typeof make>) =>
  built.variables.find(({ name }) => name === 'state/bank')!.variable.arraySync() as number[][];

test('where all rows are alike the loss is ln n', async () => {
  const made = make();
  const { variable } = made.built.variables.find(({ name }) => name === 'state/bank')!;
  variable.assign(tf.fill(variable.shape, Math.sqrt(1 / 6)));
  const values = await made.values(made.batch([0, 1, 2, 3]));
  expect(values.loss).toBeCloseTo(Math.log(8), 5);
  expect(values.probability).toBeCloseTo(1 / 8, 5);
  expect(made.model.metrics.loss?.chance).toBeCloseTo(Math.log(8), 10);
});

test('the own row is that of the data set, and is written after the scores, half way to the view', async () => {
  const made = make();
  const before = bankOf(made);
  const batch = made.batch([5, 2, 7, 0]);
  const alone = await made.values(batch);
  const features = tf.tidy(() => {
    const vectors = made.model.embed(batch.tensors.view!);
    return tf.div(vectors, tf.norm(vectors, 2, 1, true)).arraySync() as number[][];
  });
  const taken = await made.stepper().take(0, made.batch([5, 2, 7, 0]));
  // A bank written before the loss would give the own row away.
  expect(taken.loss).toBeCloseTo(alone.loss!, 4);
  const after = bankOf(made);
  for (const untouched of [1, 3, 4, 6]) expect(after[untouched]).toEqual(before[untouched]);
  [5, 2, 7, 0].forEach((sample, i) => {
    const sum = before[sample]!.map((x, d) => x + features[i]![d]!);
    const length = Math.hypot(...sum);
    after[sample]!.forEach((x, d) => {
      expect(x).toBeCloseTo(sum[d]! / length, 4);
    });
  });
});

test('the gradient reaches the encoder and its head, not the bank', () => {
  const encoder = convnet({ widths: [4] }).build([8, 8, 1], Random.fromSeed(1));
  const made = make({}, encoder);
  const gradients = made.gradients(made.batch([0, 1, 2, 3]));
  expect(Object.keys(gradients).filter((name) => name.startsWith('state'))).toEqual([]);
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((x) => Math.abs(x) > 1e-8)]).toEqual([name, true]);
});

test.each([{ noise: 0 }, { noise: 6 }])('learns eight pictures by heart, with %o', async (options) => {
  const made = make(options);
  const stepper = made.stepper();
  let values: Record<string, number> = {};
  for (let step = 0; step < 60; step++)
    values = await stepper.take(step, made.batch(step % 2 === 0 ? [0, 1, 2, 3] : [4, 5, 6, 7]));
  expect(values.accuracy).toBe(1);
  expect(values.bankDrift).toBeLessThan(0.2);
});

test('Z is estimated in the first step, and constant from then on', async () => {
  const made = make({ noise: 6 });
  const stepper = made.stepper();
  const seen: number[] = [];
  for (let step = 0; step < 3; step++) seen.push((await stepper.take(step, made.batch([0, 1, 2, 3]))).normalizer!);
  expect(seen[0]).toBeGreaterThan(0);
  expect(seen[1]).toBe(seen[0]);
  expect(seen[2]).toBe(seen[0]);
});

test('the proximal term of orthogonal units is 60 at the paper’s weight, 30', async () => {
  const identity: EncoderModule = { ...flat, features: 64 };
  const [plain, proximal] = [make({ dimension: 64 }, identity), make({ dimension: 64, proximal: 30 }, identity)];
  const batch = plain.batch([0, 1]);
  const difference = async () => (await proximal.values(batch)).loss! - (await plain.values(batch)).loss!;
  const distance = (await proximal.values(batch)).proximal!;
  expect(await difference()).toBeCloseTo(30 * distance, 3);
  for (const { built } of [plain, proximal]) {
    const head = built.variables.find(({ name }) => name === 'head/kernel')!.variable;
    head.assign(tf.eye(64));
    const bank = built.variables.find(({ name }) => name === 'state/bank')!.variable;
    bank.assign(tf.cast(tf.oneHot(tf.fill([8], 1, 'int32'), 64), 'float32'));
  }
  const first = tf.reshape(tf.cast(tf.oneHot(tf.zeros([2], 'int32'), 64), 'float32'), [2, 8, 8, 1]);
  const units = { ...batch, tensors: { view: first } };
  const loss = async (made: typeof plain) => (await made.values(units)).loss!;
  expect((await loss(proximal)) - (await loss(plain))).toBeCloseTo(60, 3);
});

test('noise is drawn for the step, and for it alone', async () => {
  const made = make({ noise: 6 });
  const noise = (step: number) =>
    [...made.model.targets!(made.batch([0, 1]), stepContext(step)).noise!.dataSync()].join('');
  expect(noise(3)).toBe(noise(3));
  expect(noise(3)).not.toBe(noise(4));
});

test('held-out views find each other, and the figure shows the nearest rows and the own one', async () => {
  const made = make({ noise: 0 });
  const stepper = made.stepper();
  for (let step = 0; step < 40; step++)
    await stepper.take(step, made.batch(step % 2 === 0 ? [0, 1, 2, 3] : [4, 5, 6, 7]));
  const measured = made.model.measure!(made.batch([0, 1, 2, 3]), stepContext(0, false));
  expect((await measured.accuracy!.data())[0]).toBe(1);
  expect(made.model.measures!.accuracy!.chance).toBe(1 / 4);
  const { numTensors } = tf.memory();
  const [figure] = (await made.compare([5, 1])) as [ImagesBlock];
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(figure.columns?.length).toBe(6);
  expect(figure.tiles.map(({ role }) => role).filter((role) => role === 'positive').length).toBe(2);
  // Learned by heart: the own row is the nearest.
  expect(figure.tiles[1]).toMatchObject({ role: 'positive', caption: expect.stringContaining('sample 5') });
  expect(figure.tiles[7]!.caption).toContain('sample 1');
});
