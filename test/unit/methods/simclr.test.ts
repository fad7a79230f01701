import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import { randomResizedCrop } from '../../../src/augment/random-resized-crop.js';
import type { Batch, Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { listMethods } from '../../../src/methods/registry.js';
import { simclr } from '../../../src/methods/simclr.js';
import type { SimilarityBlock, Tile } from '../../../src/protocol/figure.js';
import { buildMethod, identityEncoder, memoryData, stepContext } from '../../support/method.js';

const step = stepContext();
const data = memoryData('image', [], [4]);
const build = (options: Parameters<typeof simclr>[0], batchSize: number) =>
  buildMethod({ method: simclr(options), encoder: identityEncoder(4), data, batchSize }).model;
const batchOf = (first: number[][], second: number[][]): Batch => ({
  tensors: { first: tf.tensor2d(first), second: tf.tensor2d(second) },
  indices: Int32Array.from(first.keys()),
  labels: new Int32Array(first.length).fill(-1),
});
const read = async (tensor: tf.Tensor) => (await tensor.data())[0] as number;

test('views that are all alike give the loss of guessing, ln(2N - 1), which is what the metrics say', async () => {
  // Sheet, 6.9: N = 2 gives 1.098612. Without norm, equal inputs stay equal.
  const model = build({ projectorNorm: false, projector: [8, 4] }, 2);
  const same = [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ];
  const { loss } = model.loss(batchOf(same, same), {}, step);
  expect(await read(loss)).toBeCloseTo(1.098612, 5);
  expect(model.metrics.loss?.chance).toBeCloseTo(1.098612, 5);
  expect(model.metrics.accuracy?.chance).toBeCloseTo(1 / 3, 10);
  expect(build({}, 128).metrics.loss?.chance).toBeCloseTo(5.541264, 5);
});

test('the order of the two views does not matter, which picture is whose partner does', async () => {
  const random = Random.fromSeed(3);
  const rows = () => Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => random.normal()));
  const first = rows();
  const second = first.map((row) => row.map((v) => v + 0.05 * random.normal()));
  const model = build({ temperature: 0.1 }, 6);
  const lossOf = async (a: number[][], b: number[][]) => read(model.loss(batchOf(a, b), {}, step).loss);
  const loss = await lossOf(first, second);
  expect(await lossOf(second, first)).toBeCloseTo(loss, 5);
  expect(await lossOf(first, [...second.slice(1), second[0]!])).toBeGreaterThan(loss + 1);
  const { accuracy, positiveSimilarity } = model.loss(batchOf(first, second), {}, step).logs!;
  expect(await read(accuracy!)).toBe(1);
  expect(await read(positiveSimilarity!)).toBeGreaterThan(0.9);
});

test('the figure compares every view with every other, and a row’s softmax is its loss', async () => {
  const model = build({ temperature: 0.5, projectorNorm: false }, 3);
  const random = Random.fromSeed(5);
  const rows = () => Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => random.normal()));
  const batch = batchOf(rows(), rows());
  const tile = (caption: string): Tile => ({
    caption,
    image: { width: 1, height: 1, channels: 1, data: new Uint8Array(1) },
  });
  const tiles = { first: ['a', 'b', 'c'].map(tile), second: ['A', 'B', 'C'].map(tile) };
  const before = tf.memory().numTensors;
  const blocks = await model.compare(batch, { tiles, sample: () => undefined, data: data as never });
  expect(tf.memory().numTensors).toBe(before);
  const figure = blocks[0] as SimilarityBlock;
  expect(figure.anchors.map(({ caption }) => caption).join('')).toBe('abcABC');
  expect([...figure.positives]).toEqual([3, 4, 5, 0, 1, 2]);
  expect([...figure.excluded]).toEqual([0, 1, 2, 3, 4, 5]);
  const rowLoss = (i: number) => {
    const logit = (j: number) => figure.values[i * 6 + j]! / figure.temperature;
    const others = [0, 1, 2, 3, 4, 5].filter((j) => j !== figure.excluded[i]);
    return Math.log(others.reduce((sum, j) => sum + Math.exp(logit(j)), 0)) - logit(figure.positives[i]!);
  };
  const mean = [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum + rowLoss(i) / 6, 0);
  expect(mean).toBeCloseTo(await read(model.loss(batch, {}, step).loss), 5);
});

test('the two views of a picture are drawn independently, and a seed gives both again', () => {
  const method = simclr({ views: [randomResizedCrop({ scale: [0.2, 0.5] }), horizontalFlip()] });
  const random = Random.fromSeed(9);
  const image: Image = { data: Float32Array.from({ length: 64 }, () => random.uniform()), shape: [8, 8, 1] };
  const data = memoryData('image', [image, image, image], [8, 8, 1]);
  const views = (seed: number) => buildMethod({ method, encoder: identityEncoder(4), data, seed }).example(2, 1);
  const { first, second } = views(4) as Record<string, NdArray>;
  expect(first!.data).not.toEqual(second!.data);
  expect(views(4)).toEqual({ first, second });
  expect((views(5) as Record<string, NdArray>).first!.data).not.toEqual(first!.data);
});

test('the list of methods says of each what it is, what to type, and its paper', () => {
  expect(listMethods()).toContainEqual(
    expect.objectContaining({
      id: 'simclr',
      title: 'SimCLR',
      family: 'contrastive',
      inputs: ['image'],
      snippet: 'ssl-simclr',
      paper: expect.objectContaining({ arxiv: '2002.05709' }),
    }),
  );
});
