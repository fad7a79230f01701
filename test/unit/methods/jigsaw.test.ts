import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { jigsaw } from '../../../src/methods/jigsaw.js';
import { convnet } from '../../../src/nn/convnet.js';
import { standardizePictures } from '../../../src/nn/standardized.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});

const random = Random.fromSeed(1);
const noise = (): Image => ({ data: Float32Array.from({ length: 256 }, () => random.uniform()), shape: [16, 16, 1] });
const encoder = convnet({ widths: [8, 16], strides: [1, 2] });
const small = { grid: 2, tile: 6, permutations: 24, views: [] };
const built = (images: Image[], options: Parameters<typeof jigsaw>[0] = small) =>
  buildMethod({ method: jigsaw(options), encoder, data: memoryData('image', images, [16, 16, 1]), batchSize: 4 });

test('the tiles come from their own cells, in the order of the permutation', () => {
  // Each cell has its own brightness.
  const cells = Float32Array.from({ length: 256 }, (_, i) => (Math.floor(i / 128) * 2 + Math.floor((i % 16) / 8)) / 4);
  const { example, built: model } = built([{ data: cells, shape: [16, 16, 1] }]);
  const orders = new Set<string>();
  for (let epoch = 0; epoch < 40; epoch++) {
    const { tiles, permutation } = example(0, epoch) as { tiles: NdArray; permutation: number };
    expect(tiles.shape).toEqual([4, 6, 6, 1]);
    const order = Array.from({ length: 4 }, (_, t) => 4 * tiles.data[t * 36]!);
    expect([...order].sort()).toEqual([0, 1, 2, 3]);
    orders.add(`${permutation}: ${order}`);
  }
  // A number stands for one order, whenever it is drawn.
  expect(new Set([...orders].map((entry) => entry.split(':')[0])).size).toBe(orders.size);
  expect(orders.size).toBeGreaterThan(10);
  expect(model.model.metrics.tileAccuracy?.chance).toBeCloseTo(1 / 4, 6);
});

test('with a zeroed classifier the loss is ln 24; another size than fits is refused with the sizes that do', async () => {
  const { built: model, batch, values } = built([noise(), noise(), noise(), noise()]);
  for (const { name, variable } of model.variables)
    if (name.startsWith('puzzle/linear2')) variable.assign(tf.zerosLike(variable));
  expect((await values(batch([0, 1, 2, 3]))).loss).toBeCloseTo(3.178054, 5);
  expect(() => built([noise()], { ...small, tile: 8 }).example(0)).toThrow(
    /tiles of 8 pixels .* take `tile` 7 or less/,
  );
});

test('brightness and contrast of a tile do not reach the network', () => {
  const tiles = tf.randomUniform([3, 6, 6, 2]);
  const changed = tf.add(tf.mul(tiles, tf.tensor([0.5, 2, 3], [3, 1, 1, 1])), tf.tensor([0.1, 0.2, 0], [3, 1, 1, 1]));
  const difference = tf.max(tf.abs(tf.sub(standardizePictures(tiles), standardizePictures(changed)))).dataSync()[0];
  expect(difference).toBeLessThan(2e-3);
  expect(tf.max(tf.abs(standardizePictures(tf.fill([1, 4, 4, 1], 0.7)))).dataSync()[0]).toBeLessThan(1e-3);
});

test('it learns some pictures by heart, every variable takes part, and the figure puts the tiles back', async () => {
  const images = Array.from({ length: 4 }, noise);
  const { batch, gradients, stepper, values, compare } = built(images);
  const fixed = [0, 1, 2, 3];
  for (const [name, gradient] of Object.entries(gradients(batch(fixed))))
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
  const training = stepper();
  for (let step = 0; step < 30; step++) await training.take(step, batch(fixed));
  expect((await values(batch(fixed))).accuracy).toBe(1);
  const [block] = (await compare(fixed)) as [ImagesBlock];
  expect(block.tiles).toHaveLength(12);
  expect(block.tiles[0]?.image).toMatchObject({ width: 13, height: 13 });
  // Where it is right, its answer and the truth are the same picture.
  for (let i = 0; i < 4; i++)
    if (block.tiles[3 * i + 1]?.role === 'target')
      expect(block.tiles[3 * i + 1]?.image.data).toEqual(block.tiles[3 * i + 2]?.image.data);
});
