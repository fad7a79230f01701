import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { drawMoments, drawNeighbors } from '../../../src/augment/moments.js';
import { startEngine } from '../../../src/engine/index.js';
import { meanDistance, nearestMoments } from '../../../src/evaluate/alignment-error.js';
import type { MultiView, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { tcn } from '../../../src/methods/tcn.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock, MatrixBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

const [FRAMES, SIDE] = [12, 8];

/** A dot that goes from left to right; the second camera sees it higher, darker, and on gray. */
function recording(row: number): MultiView {
  const size = FRAMES * SIDE * SIDE;
  const data = new Float32Array(2 * size).fill(0.2, size);
  for (let t = 0; t < FRAMES; t++) {
    const column = Math.floor((t * SIDE) / FRAMES);
    data[(t * SIDE + row) * SIDE + column] = 1;
    data[size + (t * SIDE + row - 1) * SIDE + column] = 0.7;
  }
  return { data, shape: [2, FRAMES, SIDE, SIDE, 1] };
}
const recordings = [1, 2, 3, 4, 5, 6].map(recording);
const data = memoryData('views', recordings, [2, FRAMES, SIDE, SIDE, 1]);
const films = recordings.map(({ data, shape: [, ...shape] }) => ({ data: data.slice(0, data.length / 2), shape }));
const filmData = memoryData('frames', films, [FRAMES, SIDE, SIDE, 1]);
const build = (own: Parameters<typeof tcn>[0] = {}, over: typeof data | typeof filmData = data) =>
  buildMethod({
    method: tcn({ moments: 6, convolutions: [8], hidden: [16], embedding: 8, ...own }),
    encoder: convnet({ widths: [8], strides: [1] }),
    data: over as never,
    batchSize: 4,
    learningRate: 0.3,
  });
const four = [0, 1, 2, 3];
/** Makes all embeddings the unit vector along the first axis. */
function flatten({ built }: ReturnType<typeof build>) {
  for (const { name, variable } of built.variables) {
    if (name === 'embedding/fc/linear2/kernel') variable.assign(tf.zerosLike(variable));
    if (name === 'embedding/fc/linear2/bias') variable.assign(tf.cast(tf.oneHot(tf.scalar(0, 'int32'), 8), 'float32'));
  }
}

test('moments are different, in order, within the window; neighbors are near', () => {
  const random = Random.fromSeed(1);
  for (let i = 0; i < 200; i++) {
    const times = [...drawMoments(30, { moments: 6, window: 10 }, random.at(i))];
    expect(new Set(times).size).toBe(6);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[5]! - times[0]!).toBeLessThan(10);
    const near = [...drawNeighbors(30, { moments: 8, window: 30, radius: 2 }, random.at(i))];
    expect(near).toHaveLength(8);
    expect(near.every((t) => t >= 0 && t < 30)).toBe(true);
    // Each has another one within the radius.
    for (const [j, t] of near.entries())
      expect(near.some((other, k) => k !== j && Math.abs(other - t) <= 2)).toBe(true);
  }
  expect([...drawMoments(4, { moments: 9, window: 100 }, random)]).toEqual([0, 1, 2, 3]);
});

test('pairs are of one moment and of two cameras', () => {
  const { anchor, positive, times } = build().example(2) as Record<string, NdArray>;
  expect(anchor!.shape).toEqual([6, SIDE, SIDE, 1]);
  const size = SIDE * SIDE;
  for (let i = 0; i < 6; i++) {
    const frameOf = (camera: number) => {
      const from = (camera * FRAMES + times!.data[i]!) * size;
      return [...recordings[2]!.data.slice(from, from + size)];
    };
    const shown = [anchor, positive].map((film) => [...film!.data.slice(i * size, (i + 1) * size)]);
    const cameras = [0, 1].map(frameOf);
    expect([cameras, cameras.toReversed()]).toContainEqual(shown);
  }
});

test('where all embeddings are alike: the margin, or ln of the pairs and the regularizer', async () => {
  for (const [own, over, expected] of [
    [{}, data, 0.2],
    [{ cameras: 'single', positiveRadius: 2, negativeRadius: 4 }, filmData, 0.2],
    [{ loss: 'nPairs', moments: 6 }, data, Math.log(6) + 0.001],
  ] as const) {
    const built = build(own, over as never);
    flatten(built);
    const { loss } = await built.values(built.batch(four));
    expect(loss).toBeCloseTo(expected, 5);
    expect(built.model.metrics.loss?.chance).toBeCloseTo(expected, 5);
  }
});

test('recordings are compared with themselves only', async () => {
  const own = build();
  const frozen = stepContext(0, false);
  const alone = await Promise.all([0, 1].map(async (i) => (await own.values(own.batch([i]), frozen)).loss!));
  const both = await own.values(own.batch([0, 1]), frozen);
  expect(both.loss).toBeCloseTo((alone[0]! + alone[1]!) / 2, 4);
});

test('one camera: radii must not contradict, nor is there a pair of the same moment', () => {
  expect(() => tcn({ positiveRadius: 4, negativeRadius: 4 })).toThrow('negativeRadius: must be above positiveRadius');
  expect(() => tcn({ cameras: 'single', loss: 'nPairs' })).toThrow("take 'triplet'");
  expect(() => build({}, filmData).example(0)).toThrow(
    "filmed by one camera, so no two frames are of the same moment. Give tcn cameras: 'single'",
  );
  const problems = (own: Parameters<typeof tcn>[0], over: typeof data | typeof filmData) =>
    tcn(own)
      .problems({ data: over as never })
      .join();
  expect(problems({}, data)).toBe('');
  expect(problems({}, filmData)).toContain('filmed by one camera');
  expect(problems({ cameras: 'single' }, filmData)).toBe('');
  expect(problems({ cameras: 'single', negativeRadius: 11 }, filmData)).toContain(
    'more than 11 frames apart, but films',
  );
  // One camera of several is enough for it.
  expect((build({ cameras: 'single' }).example(0).frames as NdArray).shape).toEqual([6, SIDE, SIDE, 1]);
});

test('it learns what a moment looks like to both cameras, with all three losses', async () => {
  for (const own of [{}, { loss: 'nPairs' }] as const) {
    const built = build(own);
    for (const gradient of Object.values(built.gradients(built.batch(four))))
      expect(gradient.some((v) => v !== 0)).toBe(true);
    const stepper = built.stepper();
    for (let step = 0; step < 40; step++) await stepper.take(step, built.batch(four, step));
    const { accuracy } = await built.values(built.batch([4, 5], 99));
    expect(accuracy).toBeGreaterThan(0.4);
  }
  const single = build({ cameras: 'single' }, filmData);
  const before = await single.values(single.batch(four));
  const stepper = single.stepper();
  for (let step = 0; step < 30; step++) await stepper.take(step, single.batch(four, step));
  expect((await single.values(single.batch(four, 99))).loss).toBeLessThan(before.loss!);
});

test('nearest moments and their mean distance', () => {
  const film = [0, 1, 2, 3].map((x) => Float32Array.of(x, 0));
  expect([...nearestMoments(film, film)]).toEqual([0, 1, 2, 3]);
  expect(meanDistance(nearestMoments(film, film))).toBe(0);
  expect(meanDistance(nearestMoments(film, film.toReversed()))).toBeCloseTo((3 + 1 + 1 + 3) / 16, 6);
  // All alike: the first of equals, a mean distance of (0 + 1 + 2 + 3) / 16.
  const flat = film.map(() => Float32Array.of(1, 1));
  expect(meanDistance(nearestMoments(flat, flat))).toBeCloseTo(6 / 16, 6);
});

test('the figure: triples with distances, self-distances with a diagonal of 0, the alignment marked', async () => {
  const [images, own, alignment] = (await build().compare([1, 2])) as [ImagesBlock, MatrixBlock, MatrixBlock];
  expect(images.tiles).toHaveLength(3 * 6);
  expect(images.tiles[1]?.caption).toMatch(/^frame \d+, distance \d\.\d\d$/);
  for (let t = 0; t < FRAMES; t++) expect(own.values[t * FRAMES + t]).toBeCloseTo(0, 5);
  const marks = alignment.marks!;
  expect(marks).toHaveLength(FRAMES);
  for (let t = 0; t < FRAMES; t++) {
    const row = alignment.values.slice(t * FRAMES, (t + 1) * FRAMES);
    expect(row[marks[t]!]).toBe(Math.min(...row));
  }
  const [triples, only, none] = await build({ cameras: 'single' }, filmData).compare([0]);
  expect([triples?.kind, only?.kind, none]).toEqual(['images', 'matrix', undefined]);
});
