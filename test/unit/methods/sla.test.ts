import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { sla } from '../../../src/methods/sla.js';
import { supervised } from '../../../src/methods/supervised.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { MatrixBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});

const random = Random.fromSeed(1);
const noise = (): Image => ({ data: Float32Array.from({ length: 192 }, () => random.uniform()), shape: [8, 8, 3] });
const images = Array.from({ length: 6 }, noise);
const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
const labels = [2, -1, 7, -1, 0, -1];
const data = memoryData('image', images, [8, 8, 3], { labels, classes });
const encoder = convnet({ widths: [8, 8], strides: [1, 2] });
const built = (method: unknown) => buildMethod({ method, encoder, data, batchSize: 4 });
const zeroHeads = (model: ReturnType<typeof built>) => {
  for (const { name, variable } of model.built.variables)
    if (!name.startsWith('encoder/')) variable.assign(tf.zerosLike(variable));
};

test.each([
  ['rotation', 4, 3.688879],
  ['cyclicColors', 3, Math.log(30)],
  ['rotationAndColors', 24, Math.log(240)],
] as const)(
  '%s has %i copies and the loss of guessing, with and without distillation',
  async (transformations, M, joint) => {
    for (const distill of [false, true]) {
      const model = built(sla({ transformations, distill, views: [] }));
      zeroHeads(model);
      const { loss, distillLoss } = await model.values(model.batch([0, 1, 2, 3]));
      // N = 10, M = 4 with distillation: 5.991465.
      expect(loss).toBeCloseTo(distill ? joint + Math.log(10) : joint, 4);
      if (distill) expect(distillLoss).toBeCloseTo(0, 6);
      expect(model.model.metrics.loss?.chance).toBeCloseTo(loss as number, 4);
      expect((model.example(0).copies as NdArray).shape).toEqual([M, 8, 8, 3]);
    }
  },
);

test('samples without a label are replaced by some that have one; the same every time', () => {
  const model = built(sla({ views: [] }));
  expect(model.example(2).label).toBe(7);
  expect((model.example(2).copies as NdArray).data.slice(0, 192)).toEqual(images[2]!.data);
  const drawn = Array.from({ length: 30 }, (_, epoch) => model.example(1, epoch).label);
  expect(new Set(drawn)).toEqual(new Set([2, 7, 0]));
  expect(Array.from({ length: 30 }, (_, epoch) => model.example(1, epoch).label)).toEqual(drawn);
  const bare = memoryData('image', images, [8, 8, 3]);
  expect(sla().problems({ data: bare })[0]).toMatch(/it learns from labels, and test data has none/);
});

test('the teacher learns nothing from the student', async () => {
  const gradients = (distill: boolean) => {
    const model = built(sla({ distill, views: [] }));
    return { own: model.gradients(model.batch([0, 2])), model };
  };
  const [without, withStudent] = [gradients(false).own, gradients(true).own];
  expect([...withStudent['joint/kernel']!]).toEqual(
    [...without['joint/kernel']!].map((value) => expect.closeTo(value, 5)),
  );
  for (const [name, gradient] of Object.entries(withStudent))
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
});

test('it learns a few pictures by heart, and the table of the truth is a row of certainty', async () => {
  const model = built(sla({ views: [] }));
  const batch = () => model.batch([0, 2, 4]);
  const training = model.stepper();
  for (let step = 0; step < 60; step++) await training.take(step, batch());
  const { jointAccuracy, accuracy, aggregatedAccuracy } = await model.values(batch());
  expect([jointAccuracy, accuracy, aggregatedAccuracy]).toEqual([1, 1, 1]);
  const [, table] = (await model.compare([0])) as [unknown, MatrixBlock];
  expect(table.columns).toEqual(['0°', '90°', '180°', '270°', 'together', 'distilled']);
  for (let column = 0; column < 6; column++) {
    const sum = classes.reduce((all, _, row) => all + table.values[row * 6 + column]!, 0);
    expect(sum).toBeCloseTo(1, 5);
  }
});

test('the supervised baseline starts at ln N, learns its labels, and measures test pictures as they are', async () => {
  const model = built(supervised({ views: [] }));
  zeroHeads(model);
  expect((await model.values(model.batch([0, 2, 4]))).loss).toBeCloseTo(Math.log(10), 5);
  const training = model.stepper();
  for (let step = 0; step < 60; step++) await training.take(step, model.batch([0, 2, 4]));
  expect((await model.values(model.batch([0, 2, 4]))).accuracy).toBe(1);
});
