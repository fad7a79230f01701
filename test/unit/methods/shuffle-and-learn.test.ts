import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { frameMotion } from '../../../src/augment/motion.js';
import { drawTuple } from '../../../src/augment/order-tuple.js';
import { randomResizedCrop } from '../../../src/augment/random-resized-crop.js';
import { startEngine } from '../../../src/engine/index.js';
import type { Batch, Clip, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { shuffleAndLearn } from '../../../src/methods/shuffle-and-learn.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

const FRAMES = 12;
const SIDE = 8;

/** A dot that goes from left to right, a column every 1.5 frames, at a height of its own. */
function dot(row: number): Clip {
  const data = new Float32Array(FRAMES * SIDE * SIDE);
  for (let t = 0; t < FRAMES; t++) data[t * SIDE * SIDE + row * SIDE + Math.floor(t / 1.5)] = 1;
  return { data, shape: [FRAMES, SIDE, SIDE, 1] };
}
const films = Array.from({ length: SIDE }, (_, row) => dot(row));
const shape = [FRAMES, SIDE, SIDE, 1];
const data = memoryData('frames', films, shape);
const options = { longest: 6, apart: 2, shuffled: 0.75 };
const build = (own: Parameters<typeof shuffleAndLearn>[0] = {}, samples = films) =>
  buildMethod({
    method: shuffleAndLearn({ longest: 6, frameWidth: 16, hidden: [16], ...own }),
    encoder: convnet({ widths: [8], strides: [1] }),
    data: memoryData('frames', samples, shape),
    batchSize: 8,
  });

test('motion is how much a frame differs from the one before', () => {
  const still = { ...dot(0), data: new Float32Array(FRAMES * SIDE * SIDE).fill(0.5) };
  expect([...frameMotion(still)]).toEqual(Array(FRAMES - 1).fill(0));
  // A dot that moves changes two pixels.
  expect(frameMotion(dot(3))[1]).toBeCloseTo(2 / SIDE ** 2, 6);
});

test('tuples: outer frames alike for all kinds, distances kept, three of four shuffled, half turned around', () => {
  const random = Random.fromSeed(1);
  const counts = [0, 0, 0];
  const spans = [0, 0, 0];
  let turned = 0;
  const draws = 4000;
  for (let i = 0; i < draws; i++) {
    const { times, kind } = drawTuple(new Float32Array(FRAMES - 1).fill(1), random.at(i), options);
    const [low, high] = [Math.min(times[0], times[2]), Math.max(times[0], times[2])];
    const middle = times[1];
    expect(high - low).toBeGreaterThanOrEqual(2);
    expect(high - low).toBeLessThanOrEqual(6);
    if (kind === 0) expect(middle > low && middle < high).toBe(true);
    else if (kind === 1) expect(low - middle).toBeGreaterThanOrEqual(2);
    else expect(middle - high).toBeGreaterThanOrEqual(2);
    counts[kind]!++;
    spans[kind]! += high - low;
    if (times[0] > times[2]) turned++;
  }
  const share = (count: number) => count / draws;
  expect(share(counts[0]!)).toBeCloseTo(0.25, 1);
  expect(share(counts[1]!) / share(counts[2]!)).toBeCloseTo(1, 0);
  expect(share(turned)).toBeCloseTo(0.5, 1);
  const means = spans.map((sum, kind) => sum / counts[kind]!);
  expect(Math.max(...means) - Math.min(...means)).toBeLessThan(0.2);
});

test('tuples come from where something moves', () => {
  const motion = new Float32Array(29);
  motion.fill(1, 12, 18);
  const random = Random.fromSeed(2);
  for (let i = 0; i < 200; i++) {
    const { times, motion: moved } = drawTuple(motion, random.at(i), { ...options, shuffled: 0.5 });
    expect(moved).toBeGreaterThan(0);
    expect(Math.max(times[0], times[2])).toBeGreaterThan(12);
  }
  // Without any motion it still draws.
  expect(drawTuple(new Float32Array(11), random, options).motion).toBe(0);
  expect(() => drawTuple(new Float32Array(5), random, options)).toThrow(/clips of 6 frames are too short.*7 or more/);
  const problems = (frames: number) => shuffleAndLearn().problems({ data: { shape: [frames, SIDE, SIDE, 1] } });
  expect([problems(7), problems(6)]).toEqual([[], [expect.stringContaining('clips of 6 frames are too short')]]);
});

test('the three frames are cropped alike', () => {
  const bars = { ...dot(0), data: new Float32Array(FRAMES * SIDE * SIDE).map((_, i) => (i % SIDE) / SIDE) };
  const { example } = build({ views: [randomResizedCrop({ scale: [0.2, 0.6] })] }, [bars, bars]);
  const size = SIDE * SIDE;
  for (const epoch of [0, 1, 2]) {
    const { data: pixels } = example(1, epoch).frames as NdArray;
    for (const other of [1, 2]) expect(pixels.slice(other * size, (other + 1) * size)).toEqual(pixels.slice(0, size));
  }
  expect((example(1, 0).frames as NdArray).data).not.toEqual((example(1, 1).frames as NdArray).data);
});

test('guessing costs ln 2, always saying how probable each answer is 0.562335', async () => {
  const own = build();
  for (const { name, variable } of own.built.variables)
    if (name.startsWith('classifier/linear2')) variable.assign(tf.zerosLike(variable));
  const { loss } = await own.values(own.batch([0, 1, 2, 3]));
  expect(loss).toBeCloseTo(Math.LN2, 5);
  expect(own.model.metrics.loss?.chance).toBeCloseTo(0.562335, 5);
  expect(own.model.metrics.accuracy?.chance).toBe(0.75);
  expect(own.model.metrics.balancedAccuracy?.chance).toBe(0.5);
});

test('always saying "shuffled" has an accuracy of 75 % and a balanced one of 50 %', async () => {
  const own = build();
  for (const { name, variable } of own.built.variables) {
    if (name === 'classifier/linear2/kernel') variable.assign(tf.zerosLike(variable));
    if (name === 'classifier/linear2/bias') variable.assign(tf.tensor1d([5, -5]));
  }
  const frames = tf.zeros([4, 3, SIDE, SIDE, 1]);
  const tensors = { frames, kind: tf.tensor1d([0, 1, 2, 1]), motion: tf.zeros([4]) };
  const batch: Batch = { tensors, indices: new Int32Array(4), labels: new Int32Array(4) };
  const values = await own.values(batch);
  expect(values).toMatchObject({
    accuracy: 0.75,
    balancedAccuracy: expect.closeTo(0.5, 5),
    ordered: expect.closeTo(0, 5),
    before: expect.closeTo(1, 5),
    after: expect.closeTo(1, 5),
  });
});

test('it learns order from places, and cannot from films that stand still', async () => {
  const accuracyOf = async (samples: Clip[]) => {
    const own = build({ shuffled: 0.5 }, samples);
    const stepper = own.stepper();
    for (let step = 0; step < 60; step++) await stepper.take(step, own.batch([0, 1, 2, 3, 4, 5, 6, 7], step));
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      const { accuracy } = await own.values(own.batch([0, 1, 2, 3, 4, 5, 6, 7], 1000 + i), stepContext(60, false));
      sum += accuracy! / 8;
    }
    return sum;
  };
  expect(await accuracyOf(films)).toBeGreaterThan(0.8);
  const still = films.map(({ data, shape }) => ({
    data: data.map((_, i) => data[i % (SIDE * SIDE)]!),
    shape,
  }));
  expect(await accuracyOf(still)).toBeLessThan(0.7);
});

test('every variable has a gradient, and the figure says what is true and what the network says', async () => {
  const own = build();
  const gradients = own.gradients(own.batch([0, 1, 2, 3, 4, 5, 6, 7]));
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((v) => v !== 0)]).toEqual([name, true]);
  const blocks = await own.compare([0, 1]);
  const { tiles } = blocks.find(({ kind }) => kind === 'images') as ImagesBlock;
  expect(tiles).toHaveLength(6);
  expect(tiles[1]?.caption).toMatch(
    /^frame \d+: (in order|middle from (before|after)); says \d+ % in order, (right|wrong)$/,
  );
  expect(data.kind).toBe('frames');
});
