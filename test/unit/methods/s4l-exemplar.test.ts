import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import { randomCrop } from '../../../src/augment/random-crop.js';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { s4lExemplar } from '../../../src/methods/s4l-exemplar.js';
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
const labels = [2, -1, 7, -1, 5, -1];
const data = memoryData('image', images, [8, 8, 1], { labels, classes });
const encoder = convnet({ widths: [8, 8], strides: [1, 2] });
const shifts = [randomCrop({ padding: 1 }), horizontalFlip()];
const built = (options: Parameters<typeof s4lExemplar>[0]) =>
  buildMethod({ method: s4lExemplar({ copies: 3, width: 8, ...options }), encoder, data, batchSize: 4 });

const minings = ['hardest', 'sampled'] as const;

test('copies of a picture are drawn independently, those of the labelled one too', () => {
  const { copies, labelled } = built({ views: shifts }).example(1, 3) as { copies: NdArray; labelled: NdArray };
  expect([copies.shape, labelled.shape]).toEqual([
    [3, 8, 8, 1],
    [3, 8, 8, 1],
  ]);
  const distinct = new Set([0, 1, 2].map((i) => copies.data.slice(64 * i, 64 * (i + 1)).join()));
  expect(distinct.size).toBeGreaterThan(1);
});

test.each(minings)('with zeroed heads the loss is ln 10 + ln 2, which is what the metrics say (%s)', async (mining) => {
  const model = built({ mining, views: shifts });
  for (const { name, variable } of model.built.variables)
    if (!name.startsWith('encoder/')) variable.assign(tf.zerosLike(variable));
  const { loss } = await model.values(model.batch([0, 1, 2, 3]));
  expect(loss).toBeCloseTo(Math.log(20), 5);
  expect(model.model.metrics.loss?.chance).toBeCloseTo(Math.log(20), 5);
});

test('without weight the embedding learns nothing, with it every variable takes part', () => {
  const largest = (weight: number) => {
    const model = built({ weight, views: shifts });
    const gradients = model.gradients(model.batch([0, 1, 2, 3]));
    return Object.entries(gradients).map(([name, gradient]) => [name, Math.max(...gradient.map(Math.abs))] as const);
  };
  for (const [name, most] of largest(0)) expect(most > 0, name).toBe(!name.startsWith('embedding/'));
  for (const [name, most] of largest(1)) expect(most, name).toBeGreaterThan(0);
});

test.each(minings)(
  'it learns both tasks; the figure has the copies and the hardest other picture (%s)',
  async (mining) => {
    const model = built({ mining, views: [] });
    const batch = () => model.batch([0, 1, 2, 3]);
    const training = model.stepper();
    for (let step = 0; step < 40; step++) await training.take(step, batch());
    const { accuracy, exemplarAccuracy } = await model.values(batch());
    expect([accuracy, exemplarAccuracy]).toEqual([1, 1]);
    const measured = model.model.measure!(model.batch([0, 2]), stepContext(0, false));
    expect((await measured.accuracy!.data())[0]).toBe(1);
    const [block] = (await model.compare([0, 1])) as [ImagesBlock];
    expect(block.tiles).toHaveLength(8);
    expect(block.tiles.map(({ role }) => role).slice(0, 4)).toEqual(['anchor', 'positive', 'positive', 'negative']);
  },
);
