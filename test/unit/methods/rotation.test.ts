import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fourTurns } from '../../../src/augment/quarter-turns.js';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { rotation } from '../../../src/methods/rotation.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock, MatrixBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});

const random = Random.fromSeed(1);
const noise = (): Image => ({ data: Float32Array.from({ length: 64 }, () => random.uniform()), shape: [8, 8, 1] });
const encoder = convnet({ widths: [8, 8], strides: [1, 2] });
const built = (images: Image[], options: Parameters<typeof rotation>[0] = { views: [] }) =>
  buildMethod({
    method: rotation(options),
    encoder,
    data: memoryData('image', images, [8, 8, 1]),
    batchSize: images.length,
  });

test('the network is shown all four turns of one and the same augmented picture', () => {
  const { example } = built([noise(), noise()], undefined);
  const turned = example(1).turned as NdArray;
  expect(turned.shape).toEqual([4, 8, 8, 1]);
  const upright: Image = { data: (turned.data as Float32Array).slice(0, 64), shape: [8, 8, 1] };
  expect(fourTurns(upright).data).toEqual(turned.data);
});

test('with a zeroed classifier the loss is that of guessing, ln 4, which is what the metrics say', async () => {
  const { built: model, batch, values } = built([noise(), noise()]);
  for (const { name, variable } of model.variables)
    if (name.startsWith('head/')) variable.assign(tf.zerosLike(variable));
  expect((await values(batch([0, 1]))).loss).toBeCloseTo(1.386294, 5);
  expect(model.model.metrics.loss?.chance).toBeCloseTo(1.386294, 5);
});

test('pictures that look the same from all sides stay at chance: nothing else gives the angle away', async () => {
  const flat = (value: number): Image => ({ data: new Float32Array(64).fill(value), shape: [8, 8, 1] });
  const { batch, values } = built([flat(0.2), flat(0.9)]);
  const { loss, accuracy } = await values(batch([0, 1]));
  // Equal logits for all four copies: each picture gets one of four right, and no loss below ln 4.
  expect(accuracy).toBeCloseTo(0.25, 6);
  expect(loss).toBeGreaterThan(1.386);
});

test('it learns a few pictures by heart, all variables take part, and the figure says so', async () => {
  const images = Array.from({ length: 4 }, noise);
  const { batch, gradients, stepper, values, compare } = built(images);
  for (const [name, gradient] of Object.entries(gradients(batch([0, 1, 2, 3]))))
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
  const training = stepper();
  for (let step = 0; step < 40; step++) await training.take(step, batch([0, 1, 2, 3]));
  expect((await values(batch([0, 1, 2, 3]))).accuracy).toBe(1);
  const [answers, maps, confusion] = (await compare([0, 1])) as [ImagesBlock, ImagesBlock, MatrixBlock];
  expect([answers.tiles.length, maps.tiles.length, answers.columns]).toEqual([8, 8, ['0°', '90°', '180°', '270°']]);
  expect(maps.tiles[0]?.image).toMatchObject({ width: 8, height: 8, channels: 3 });
  const right = answers.tiles.filter(({ role }) => role === 'target').length / 8;
  const diagonal = [0, 5, 10, 15].reduce((sum, i) => sum + confusion.values[i]!, 0) / 4;
  expect(diagonal).toBeCloseTo(right, 6);
});
