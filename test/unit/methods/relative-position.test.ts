import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { cutOut } from '../../../src/augment/patches.js';
import { startEngine } from '../../../src/engine/index.js';
import type { ExampleFigures, Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { relativePosition } from '../../../src/methods/relative-position.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock, MatrixBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});

const random = Random.fromSeed(1);
const noise = (): Image => ({ data: Float32Array.from({ length: 400 }, () => random.uniform()), shape: [20, 20, 1] });
const images = Array.from({ length: 4 }, noise);
const data = memoryData('image', images, [20, 20, 1]);
const encoder = convnet({ widths: [8, 16], strides: [1, 2] });
const sizes = { patch: 6, gap: 3, jitter: 1 };
const built = (options: Parameters<typeof relativePosition>[0] = sizes) =>
  buildMethod({ method: relativePosition(options), encoder, data, batchSize: 4 });

test('the patches are those of the picture, on the side that the label says', () => {
  const { example } = built();
  const seen = new Set<number>();
  for (let epoch = 0; epoch < 60; epoch++) {
    const { first, second, position, places } = example(1, epoch) as Record<string, NdArray> & { position: never };
    const [top, left, otherTop, otherLeft] = places!.data as unknown as [number, number, number, number];
    expect(first!.data).toEqual(cutOut(images[1]!, { top, left }, 6).data);
    expect(second!.data).toEqual(cutOut(images[1]!, { top: otherTop, left: otherLeft }, 6).data);
    const [down, right] = [otherTop - top, otherLeft - left].map((step) => Math.sign(Math.round(step / 9)));
    expect(position).toBe([0, 1, 2, 3, -1, 4, 5, 6, 7][3 * (down! + 1) + right! + 1]);
    seen.add(position);
  }
  expect(seen.size).toBe(8);
});

test('before training the figure has both patches, and the other places of the grid that fit into the picture', () => {
  const { example } = built();
  // Patches of 6 pixels, 9 apart, in 20 x 20: from the upper left only what is below and right fits.
  const places = { data: Int32Array.of(2, 2, 2, 11), shape: [4] };
  const method = relativePosition(sizes);
  const context = { samples: data.train, index: 1 } as unknown as ExampleFigures<Image>;
  const [figure] = method.show!({ ...example(1, 0), position: 4, places }, context) as [ImagesBlock];
  const boxes = figure.tiles[0]!.boxes!.map(({ top, left, role }) => [top, left, role]);
  expect(boxes).toEqual([
    [11, 2, 'original'],
    [11, 11, 'original'],
    [2, 2, 'anchor'],
    [2, 11, 'target'],
  ]);
});

test('with a zeroed classifier the loss is ln 8; pictures that are too small are refused with what is needed', async () => {
  const model = built();
  for (const { name, variable } of model.built.variables)
    if (name.startsWith('pair/linear2')) variable.assign(tf.zerosLike(variable));
  expect((await model.values(model.batch([0, 1, 2, 3]))).loss).toBeCloseTo(2.079442, 5);
  expect(model.model.metrics.loss?.chance).toBeCloseTo(2.079442, 5);
  expect(relativePosition(sizes).problems({ data })).toEqual([]);
  expect(relativePosition({ patch: 10, gap: 4 }).problems({ data })[0]).toMatch(/need 26 pixels, .* are 20 x 20/);
});

test('of pictures of one color nothing can be told: what is learned comes from the pixels alone', async () => {
  const flat = Array.from(
    { length: 8 },
    (_, i): Image => ({ data: new Float32Array(400).fill(i / 8), shape: [20, 20, 1] }),
  );
  const model = buildMethod({
    method: relativePosition(sizes),
    encoder,
    data: memoryData('image', flat, [20, 20, 1]),
    batchSize: 8,
  });
  const training = model.stepper();
  const indices = [0, 1, 2, 3, 4, 5, 6, 7];
  for (let step = 0; step < 10; step++) await training.take(step, model.batch(indices, step));
  const losses: number[] = [];
  for (let epoch = 100; epoch < 105; epoch++)
    losses.push((await model.values(model.batch(indices, epoch))).loss as number);
  expect(losses.reduce((a, b) => a + b) / losses.length).toBeGreaterThan(2);
});

test('it learns some pairs by heart, every variable takes part, and the figure has the boxes', async () => {
  const model = built();
  const batch = () => model.batch([0, 1, 2, 3]);
  for (const [name, gradient] of Object.entries(model.gradients(batch())))
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
  const training = model.stepper();
  for (let step = 0; step < 30; step++) await training.take(step, batch());
  expect((await model.values(batch())).accuracy).toBe(1);
  const [pictures, confusion] = (await model.compare([0, 1])) as [ImagesBlock, MatrixBlock];
  expect(pictures.tiles).toHaveLength(6);
  expect(pictures.tiles[0]?.boxes?.slice(0, 2).map(({ role }) => role)).toEqual(['anchor', 'target']);
  expect(confusion.rows).toHaveLength(8);
});
