import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Batch, Clip, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { siameseTriplet } from '../../../src/methods/siamese-triplet.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, identityEncoder, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

const [FRAMES, SIDE, BOX] = [8, 24, 8];

/** A patch of its own noise that goes from left to right over black. */
function film(seed: number, tracked = true): Clip {
  const random = Random.fromSeed(seed);
  const texture = Float32Array.from({ length: BOX * BOX }, () => 0.3 + 0.7 * random.uniform());
  const data = new Float32Array(FRAMES * SIDE * SIDE);
  const track = new Float32Array(FRAMES * 4);
  const top = random.integer(SIDE - BOX);
  for (let t = 0; t < FRAMES; t++) {
    for (let y = 0; y < BOX; y++)
      data.set(texture.subarray(y * BOX, (y + 1) * BOX), (t * SIDE + top + y) * SIDE + 2 * t);
    track.set([2 * t, top, BOX, BOX], 4 * t);
  }
  const shape = [FRAMES, SIDE, SIDE, 1] as const;
  return tracked ? { data, shape, track: { data: track, shape: [FRAMES, 4] } } : { data, shape };
}
const films = Array.from({ length: 8 }, (_, i) => film(i));
const shape = [FRAMES, SIDE, SIDE, 1];
const options = { patch: BOX, context: 1, frames: 5, box: BOX / SIDE };
const build = (own: Parameters<typeof siameseTriplet>[0] = {}, samples = films) =>
  buildMethod({
    method: siameseTriplet({ ...options, embedding: [16], ...own }),
    encoder: convnet({ widths: [16], strides: [1] }),
    data: memoryData('frames', samples, shape),
    batchSize: 8,
  });
const all = [0, 1, 2, 3, 4, 5, 6, 7];

test('patches are cut from the track, frames apart, where they are followed as where they are known', () => {
  for (const samples of [films, films.map((_, i) => film(i, false))]) {
    const { example } = build({}, samples);
    for (const i of all) {
      const { first, last, times, boxes } = example(i) as Record<string, NdArray>;
      expect(first!.shape).toEqual([BOX, BOX, 1]);
      expect(times!.data[1]! - times!.data[0]!).toBe(5);
      expect(boxes!.shape).toEqual([2, 4]);
      // Nothing but place changes: both patches are the same picture, up to a pixel where the track was found.
      if (samples === films) expect(first!.data).toEqual(last!.data);
      else expect(Math.abs(boxes!.data[4]! - 2 * times!.data[1]!)).toBeLessThanOrEqual(3);
    }
  }
});

test('evaluations look at the patch in the middle of the film', () => {
  const method = siameseTriplet(options);
  const input = method.input(films[0]!);
  expect(input.shape).toEqual([BOX, BOX, 1]);
  expect(Math.min(...input.data)).toBeGreaterThan(0.25);
  expect(method.input(film(0, false)).shape).toEqual([BOX, BOX, 1]);
});

test('where all embeddings are alike the loss is the margin', async () => {
  const own = build();
  for (const { name, variable } of own.built.variables) {
    if (name === 'embedding/linear1/kernel') variable.assign(tf.zerosLike(variable));
    if (name === 'embedding/linear1/bias') variable.assign(tf.onesLike(variable));
  }
  const values = await own.values(own.batch(all));
  expect(values.loss).toBeCloseTo(0.5, 5);
  expect(values.violations).toBe(1);
  expect(own.model.metrics.loss?.chance).toBe(0.5);
});

test('distances, retrieval and violations of known embeddings', async () => {
  const own = buildMethod({
    method: siameseTriplet({ mirrored: false, negatives: 100 }),
    encoder: identityEncoder(2),
    data: memoryData('frames', films, shape),
    batchSize: 2,
  });
  for (const { name, variable } of own.built.variables)
    if (name === 'embedding/linear1/kernel') variable.assign(tf.eye(2, variable.shape[1]));
  const pairs = (first: number[][], last: number[][]): Batch => ({
    tensors: { first: tf.tensor2d(first), last: tf.tensor2d(last) },
    indices: Int32Array.of(0, 1),
    labels: Int32Array.of(-1, -1),
  });
  // x = (1, 0) and x⁺ = (0.8, 0.6) against a track that is (0.6, 0.8) twice.
  const batch = pairs(
    [
      [1, 0],
      [0.6, 0.8],
    ],
    [
      [0.8, 0.6],
      [0.6, 0.8],
    ],
  );
  const values = await own.values(batch);
  expect(values.positiveDistance).toBeCloseTo(0.1, 5);
  expect(values.negativeDistance).toBeCloseTo((0.4 + 0.4 + 0.4 + 0.04) / 4, 5);
  expect([values.accuracy, values.violations]).toEqual([1, 0]);
  const swapped = await own.values(
    pairs(
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  );
  expect([swapped.accuracy, swapped.violations]).toEqual([0, 1]);
});

test('hard negatives begin when their part of the training is reached', async () => {
  const own = build({ hardFrom: 0.5, hardRatio: 1, negatives: 2 });
  const batch = own.batch(all);
  const early = await own.values(batch, stepContext(49));
  const late = await own.values(batch, stepContext(50));
  expect(late.loss).toBeGreaterThan(early.loss!);
  expect(late.violations).toBeCloseTo(early.violations!, 5);
});

test('it learns to find the patch of its track, every variable has a gradient, and the figure says the distances', async () => {
  const own = build({ hardFrom: 1 });
  for (const gradient of Object.values(own.gradients(own.batch(all)))) expect(gradient.some((v) => v !== 0)).toBe(true);
  const before = await own.values(own.batch(all));
  const stepper = own.stepper();
  for (let step = 0; step < 30; step++) await stepper.take(step, own.batch(all, step));
  const after = await own.values(own.batch(all, 99));
  expect(after.loss).toBeLessThan(before.loss! / 2);
  expect(after.accuracy).toBe(1);
  const [block] = (await own.compare([0, 1, 2])) as [ImagesBlock];
  expect(block.tiles.map(({ role }) => role).slice(0, 3)).toEqual(['anchor', 'positive', 'negative']);
  expect(block.tiles[2]?.caption).toMatch(/^distance \d\.\d\d: sample [12]/);
});
