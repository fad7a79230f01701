import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { deepInfomax } from '../../../src/methods/deep-infomax.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock, MatrixBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(() => startEngine('wasm'));

const pictures = (count: number, constant = false): Image[] =>
  Array.from({ length: count }, (_, i) => {
    const random = Random.fromSeed(i);
    return { data: Float32Array.from({ length: 64 }, () => (constant ? 0.5 : random.uniform())), shape: [8, 8, 1] };
  });
const build = (options: Parameters<typeof deepInfomax>[0], images = pictures(6)) =>
  buildMethod({
    method: deepInfomax({ width: 16, dimensions: 8, discriminator: [8], ...options }),
    encoder: convnet({ widths: [4, 8] }),
    data: memoryData('image', images, [8, 8, 1]),
    batchSize: images.length,
    learningRate: 0.3,
  });
const all = [0, 1, 2, 3, 4, 5];

test('the loss is the sum of its terms by their weights', async () => {
  const built = build({ local: 2, global: 0.5, prior: 3 });
  const { loss, local, global, prior } = await built.values(built.batch(all));
  expect(loss).toBeCloseTo(2 * local! + 0.5 * global! + 3 * prior!, 4);
  built.built.dispose();
});

test('scores of 0 give the values of guessing that the metrics say', async () => {
  for (const estimator of ['jsd', 'infonce', 'dv'] as const) {
    const built = build({ estimator, global: 1 });
    for (const { name, variable } of built.built.variables)
      if (/^(local|global)Vector\/norm|^discriminator\/linear2/.test(name)) variable.assign(tf.zerosLike(variable));
    const values = await built.values(built.batch(all));
    const { metrics } = built.model;
    for (const term of ['local', 'global', 'prior']) expect(values[term]).toBeCloseTo(metrics[term]!.chance!, 4);
    const adversary = built.model.adversary!(built.batch(all), {}, stepContext());
    expect((await adversary.logs!.discriminator!.data())[0]).toBeCloseTo(metrics.discriminator!.chance!, 4);
    built.built.dispose();
  }
});

test('encoder and discriminator each have a gradient in all they train, and the encoder has none in the discriminator', async () => {
  const built = build({ global: 1, prior: 1 });
  const { adversaries, variables } = built.built;
  expect(variables.filter(({ variable }) => adversaries.has(variable)).map(({ name }) => name.split('/')[0])).toEqual(
    Array(4).fill('discriminator'),
  );
  const gradients = built.gradients(built.batch(all));
  for (const [name, gradient] of Object.entries(gradients)) {
    // Biases before a norm over the batch, or that shift all scores of a row alike, may have none.
    if (name.endsWith('kernel')) expect([name, gradient.some((g) => g !== 0)]).toEqual([name, true]);
  }
  const before = new Map(variables.map(({ name, variable }) => [name, variable.dataSync().slice()]));
  await built.stepper().take(0, built.batch(all));
  const moved = variables.filter(({ name, variable }) =>
    variable.dataSync().some((v, i) => v !== before.get(name)![i]),
  );
  expect(moved.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['encoder/conv1/kernel', 'vector/kernel', 'discriminator/linear1/kernel']),
  );
  built.built.dispose();
});

test('without a prior there is no adversary, and a map that is not there is an error that says so', () => {
  const built = build({ prior: 0 });
  expect(built.model.adversary).toBeUndefined();
  expect(built.built.adversaries.size).toBe(0);
  built.built.dispose();
  expect(() => build({ map: 2 })).toThrow('map 2 asks for feature map number 3 of the encoder, which has 2');
});

test('learns a few pictures by heart, and pictures that are all alike not at all', async () => {
  const learn = async (constant: boolean) => {
    const built = build({ estimator: 'jsd', prior: 0 }, pictures(6, constant));
    const stepper = built.stepper();
    for (let step = 0; step < 40; step++) await stepper.take(step, built.batch(all));
    const values = await built.values(built.batch(all));
    built.built.dispose();
    return values;
  };
  const { local, localAccuracy } = await learn(false);
  expect(localAccuracy).toBe(1);
  expect(local).toBeLessThan(-0.6);
  const alike = await learn(true);
  expect(alike.local).toBeGreaterThan(-1e-3);
}, 20_000);

test('the figure has a heat map of own and foreign places for each picture, and the mean scores', async () => {
  const built = build({});
  const [maps, matrix] = (await built.compare([3, 1, 4])) as [ImagesBlock, MatrixBlock];
  expect(maps.columns).toHaveLength(4);
  expect(maps.tiles).toHaveLength(12);
  expect([maps.tiles[1]!.image.width, maps.tiles[1]!.image.height]).toEqual([2, 2]);
  expect(maps.tiles[2]!.image.data).toEqual(maps.tiles[4]!.image.data);
  expect(matrix.values).toHaveLength(9);
  expect([...matrix.marks!]).toEqual([0, 1, 2]);
  expect(maps.tiles[1]!.caption).toBe(`mean score ${matrix.values[0]!.toFixed(2)}`);
  built.built.dispose();
});
