import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fourTurns, quarterTurns } from '../../../src/augment/quarter-turns.js';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { classification, labelTensor } from '../../../src/losses/classification.js';
import { s4lRotation } from '../../../src/methods/s4l-rotation.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});

const random = Random.fromSeed(1);
const noise = (): Image => ({ data: Float32Array.from({ length: 64 }, () => random.uniform()), shape: [8, 8, 1] });
const images = Array.from({ length: 6 }, noise);
const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
const labels = [2, -1, 7, -1, -1, -1];
const data = memoryData('image', images, [8, 8, 1], { labels, classes });
const encoder = convnet({ widths: [8, 8], strides: [1, 2] });
const built = (options: Parameters<typeof s4lRotation>[0] = { views: [] }) =>
  buildMethod({ method: s4lRotation(options), encoder, data, batchSize: 4 });

test('every sample is joined by one that has a label, drawn anew in every epoch', () => {
  const { example } = built();
  const drawn = Array.from({ length: 20 }, (_, epoch) => {
    const { turned, labelled, label } = example(3, epoch) as { turned: NdArray; labelled: NdArray; label: number };
    expect(turned.data).toEqual(fourTurns(images[3]!).data);
    expect(labelled.data).toEqual(fourTurns(images[labels.indexOf(label)]!).data);
    return label;
  });
  expect(new Set(drawn)).toEqual(new Set([2, 7]));
});

test('with zeroed heads the loss is ln 10 + ln 4, which is what the metrics say', async () => {
  const model = built();
  for (const { name, variable } of model.built.variables)
    if (!name.startsWith('encoder/')) variable.assign(tf.zerosLike(variable));
  const { loss, classLoss, rotationLoss } = await model.values(model.batch([0, 1, 2, 3]));
  expect(loss).toBeCloseTo(3.688879, 5);
  expect([classLoss, rotationLoss]).toEqual([expect.closeTo(Math.LN10, 5), expect.closeTo(1.386294, 5)]);
  expect(model.model.metrics.loss?.chance).toBeCloseTo(3.688879, 5);
});

test('without weight it is supervised training on the turned copies: no gradient from the angles', async () => {
  const model = built({ weight: 0, views: [] });
  const gradients = model.gradients(model.batch([0, 1, 2, 3]));
  for (const [name, gradient] of Object.entries(gradients))
    expect(Math.max(...gradient.map(Math.abs)) > 0, name).toBe(!name.startsWith('rotation/'));
  const both = built().gradients(model.batch([0, 1, 2, 3]));
  for (const [name, gradient] of Object.entries(both))
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
});

test.each([
  ['turned', [0, 1, 2, 3]],
  ['upright', [0]],
] as const)(
  'its class loss is that of the %s copies of the labelled samples with their one label',
  async (classify, turns) => {
    const model = built({ classify, views: [] });
    const batch = model.batch([0, 1, 2, 3]);
    const context = stepContext(0, false);
    const { classLoss } = await model.values(batch, context);
    const [kernel, bias] = ['classifier/kernel', 'classifier/bias'].map(
      (wanted) => model.built.variables.find(({ name }) => name === wanted)!.variable,
    );
    const drawn = Array.from(await batch.tensors.label!.data());
    const copies = drawn.flatMap((label) => {
      const own = images[labels.indexOf(label)]!;
      return turns.map((k) => tf.tensor(quarterTurns(own, k).data, [8, 8, 1]));
    });
    const features = model.built.encoder.apply(tf.stack(copies), { training: false }) as tf.Tensor2D;
    const logits = tf.add<tf.Tensor2D>(tf.matMul(features, kernel as tf.Tensor2D), bias!);
    const truth = labelTensor(drawn.flatMap((label) => turns.map(() => label)));
    expect(classLoss).toBeCloseTo(classification(logits, truth).loss.dataSync()[0]!, 4);
  },
);

test('told to classify upright pictures, it neither measures nor shows what it says of turned ones', async () => {
  const { model, batch } = built({ classify: 'upright', views: [] });
  const [labelled] = (await built({ classify: 'upright', views: [] }).compare([0, 2])) as [ImagesBlock];
  expect(labelled.tiles.map(({ caption }) => /class/.test(caption ?? ''))).toEqual(
    [0, 1].flatMap(() => [true, false, false, false]),
  );
  expect(model.measures).toEqual({});
  expect(model.measure!(batch([0, 2]), stepContext(0, false))).not.toHaveProperty('averagedAccuracy');
});

test('it learns both tasks by heart; held-out samples are classified by their own labels; the figure has both', async () => {
  const model = built();
  const training = model.stepper();
  for (let step = 0; step < 40; step++) await training.take(step, model.batch([0, 1, 2, 3]));
  const { accuracy, rotationAccuracy } = await model.values(model.batch([0, 1, 2, 3]));
  expect([accuracy, rotationAccuracy]).toEqual([1, 1]);
  const measured = model.model.measure!(model.batch([0, 2]), stepContext(0, false));
  expect((await measured.averagedAccuracy!.data())[0]).toBe(1);
  const [labelled, all] = (await model.compare([0, 1])) as [ImagesBlock, ImagesBlock];
  expect([labelled.tiles.length, all.tiles.length]).toEqual([8, 8]);
  expect(all.tiles[0]?.caption).toMatch(/class 2/);
});
