import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, Signal } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { cpc } from '../../../src/methods/cpc.js';
import { cpcV2, turned } from '../../../src/methods/cpc-v2.js';
import { convnet } from '../../../src/nn/convnet.js';
import { adam } from '../../../src/nn/optimizers.js';
import { signalEncoder } from '../../../src/nn/signal-encoder.js';
import type { BarsBlock, ImagesBlock } from '../../../src/protocol/figure.js';
import { Stepper } from '../../../src/trainer/step.js';
import { buildMethod, memoryData } from '../../support/method.js';

beforeAll(() => startEngine('wasm'));

const signals = (count: number): Signal[] =>
  Array.from({ length: count }, (_, i) => {
    const random = Random.fromSeed(i);
    return { data: Float32Array.from({ length: 32 }, () => random.normal()), shape: [32, 1] };
  });
const pictures = (count: number, constant = false): Image[] =>
  Array.from({ length: count }, (_, i) => {
    const random = Random.fromSeed(i);
    return { data: Float32Array.from({ length: 100 }, () => (constant ? 0.5 : random.uniform())), shape: [10, 10, 1] };
  });
const all = [0, 1, 2, 3];

const ofSignals = (options: Parameters<typeof cpc>[0] = {}) =>
  buildMethod({
    method: cpc({ steps: 2, context: 6, negatives: 5, ...options }),
    encoder: signalEncoder({ widths: [8], strides: [4] }),
    data: memoryData('sequence', signals(4), [32, 1]),
    learningRate: 0.3,
  });
// 10 pixels make a grid of 4 x 4, in which neighboring rows share pixels.
const patchNet = convnet({ widths: [8], norm: 'layer' });
const ofPictures = (options: Parameters<typeof cpc>[0] = {}, images = pictures(4)) =>
  buildMethod({
    method: cpc({ steps: 3, context: 6, negatives: 5, patch: 4, stride: 2, ...options }),
    encoder: patchNet,
    data: memoryData('image', images, [10, 10, 1]),
    learningRate: 0.3,
  });
const v2 = (options: Parameters<typeof cpcV2>[0] = {}, images = pictures(4), learningRate = 0.3) =>
  buildMethod({
    method: cpcV2({ steps: 3, blocks: 1, width: 6, dimensions: 5, patch: 4, stride: 2, ...options }),
    encoder: patchNet,
    data: memoryData('image', images, [10, 10, 1]),
    learningRate,
  });

test.each([
  ['cpc of signals', ofSignals, /^ahead\d/, 6, ['1', '2'].map((k) => `accuracy${k}`)],
  ['cpc of pictures', ofPictures, /^ahead\d/, 6, ['2', '3'].map((k) => `accuracy${k}`)],
  ['cpc-v2', v2, /\/ahead\d/, 64, ['down2', 'down3', 'up2', 'up3', 'right2', 'right3', 'left2', 'left3']],
] as const)(
  '%s: predictions of 0 give the loss of guessing, which is what the metrics say',
  async (_name, make, heads, candidates, terms) => {
    const built = make();
    for (const { name, variable } of built.built.variables)
      if (heads.test(name)) variable.assign(tf.zerosLike(variable));
    const values = await built.values(built.batch(all));
    expect(values.loss).toBeCloseTo(Math.log(candidates), 4);
    expect(built.model.metrics.loss?.chance).toBeCloseTo(Math.log(candidates), 5);
    expect(built.model.metrics.accuracy?.chance).toBeCloseTo(1 / candidates, 5);
    for (const term of terms) expect(Object.keys(values)).toContain(term);
    built.built.dispose();
  },
);

test.each([
  ['cpc of signals', ofSignals],
  ['cpc of pictures', ofPictures],
  ['cpc-v2', () => v2({ directions: ['down', 'left'], embScale: 1 }, pictures(4), 0.3)],
] as const)(
  '%s: all that is trained has a gradient, and a few samples are learned by heart',
  async (_name, make) => {
    const built = make();
    const gradients = built.gradients(built.batch(all));
    for (const [name, gradient] of Object.entries(gradients))
      if (/kernel$/.test(name)) expect([name, gradient.some((g) => g !== 0)]).toEqual([name, true]);
    const before = await built.values(built.batch(all));
    const experiment = { ...built.experiment, optimizer: adam({ learningRate: 0.02, schedule: 'constant' }) };
    const stepper = new Stepper(experiment, built.built, { stepsPerEpoch: 10, totalSteps: 100 });
    for (let step = 0; step < 30; step++) await stepper.take(step, built.batch(all));
    const after = await built.values(built.batch(all));
    expect(after.loss).toBeLessThan(0.8 * before.loss!);
    expect(after.accuracy).toBeGreaterThan(before.accuracy! + 0.1);
    built.built.dispose();
  },
  30_000,
);

test('pictures that are all alike tell nothing: no patch is known by its place in the grid alone', async () => {
  for (const make of [ofPictures, v2]) {
    const built = make({}, pictures(4, true));
    const stepper = built.stepper();
    for (let step = 0; step < 15; step++) await stepper.take(step, built.batch(all));
    const { loss } = await built.values(built.batch(all));
    expect(loss).toBeCloseTo(built.model.metrics.loss!.chance!, 3);
    built.built.dispose();
  }
}, 20_000);

test('samples of a batch do not tell of each other: the latents of one stay as they are when another changes', () => {
  const built = ofPictures();
  const embed = (images: tf.Tensor) => built.model.embed(images).arraySync() as number[][];
  const [a, b, c] = pictures(3).map(({ data }) => tf.tensor3d(data, [10, 10, 1]));
  expect(embed(tf.stack([a!, b!]))[0]).toEqual(embed(tf.stack([a!, c!]))[0]);
  built.built.dispose();
});

test('a turned grid is read from the side its context comes from', () => {
  const grid = tf.reshape(tf.range(0, 6), [1, 2, 3, 1]) as tf.Tensor4D;
  const rows = (direction: Parameters<typeof turned>[1]) =>
    (tf.squeeze(turned(grid, direction), [0, 3]) as tf.Tensor2D).arraySync();
  expect(rows('down')).toEqual([[0, 1, 2], [3, 4, 5]]); // biome-ignore format: as it looks
  expect(rows('up')).toEqual([[3, 4, 5], [0, 1, 2]]); // biome-ignore format: as it looks
  expect(rows('right')).toEqual([[0, 3], [1, 4], [2, 5]]); // biome-ignore format: as it looks
  expect(rows('left')).toEqual([[2, 5], [1, 4], [0, 3]]); // biome-ignore format: as it looks
});

test('predicting upwards is predicting downwards in pictures upside down', async () => {
  const flipped = pictures(4).map(({ data, shape }): Image => {
    const rows = Array.from({ length: 10 }, (_, y) => data.slice((9 - y) * 10, (10 - y) * 10));
    return { data: Float32Array.from(rows.flatMap((row) => [...row])), shape };
  });
  const lossOf = async (direction: 'down' | 'up', images: Image[]) => {
    const built = buildMethod({
      method: cpcV2({ directions: [direction], blocks: 1, width: 6, dimensions: 5, patch: 4, stride: 2 }),
      encoder: convnet({ widths: [8], strides: [1], norm: 'layer' }),
      data: memoryData('image', images, [10, 10, 1]),
    });
    // Patches are encoded alike from above and below, and both directions have the same networks.
    for (const { name, variable } of built.built.variables)
      if (name.startsWith('encoder/conv')) variable.assign(tf.add(variable, tf.reverse(variable, 0)));
      else if (name.startsWith(direction)) {
        const random = Random.fromSeed(variable.size);
        variable.assign(
          tf.tensor(
            Float32Array.from({ length: variable.size }, () => random.normal()),
            variable.shape,
          ),
        );
      }
    const { loss } = await built.values(built.batch(all));
    built.built.dispose();
    return loss!;
  };
  const up = await lossOf('up', pictures(4));
  expect(await lossOf('down', flipped)).toBeCloseTo(up, 4);
  expect(Math.abs((await lossOf('down', pictures(4))) - up)).toBeGreaterThan(0.01);
});

test('the figures rank futures: bars per step against guessing, and rows of context, truth and best candidates', async () => {
  for (const [built, columns] of [
    [ofSignals(), 5],
    [ofPictures(), 6],
    [v2({ directions: ['left'] }), 6],
  ] as const) {
    const [bars, ...ranked] = (await built.compare([2, 0, 3])) as [BarsBlock, ...ImagesBlock[]];
    expect(bars.bars).toHaveLength(2);
    expect(bars.chance).toBeGreaterThan(0);
    for (const { columns: headings, tiles } of ranked) {
      expect(headings).toHaveLength(columns);
      expect(tiles).toHaveLength(3 * columns);
      const best = tiles[2]!;
      // The true future is the best candidate exactly where its rank is 1.
      expect(best.role === 'positive').toBe(tiles[1]!.caption === 'rank 1');
    }
    built.built.dispose();
  }
});

test('grids that do not fit are said to be so before training', () => {
  const data = memoryData('image', pictures(2), [10, 10, 1]);
  const problems = (method: ReturnType<typeof cpcV2>) => method.problems({ data: data as never });
  expect(problems(cpcV2({ patch: 4, stride: 2 }))).toEqual([]);
  expect(problems(cpcV2({ patch: 4, stride: 4 }))).toEqual([expect.stringContaining('make a grid of 2 x 2')]);
  expect(problems(cpcV2({ patch: 4, stride: 2, steps: 1 }))).toEqual([
    expect.stringContaining('nothing is left to predict'),
  ]);
  expect(cpc({ patch: 12 }).problems({ data: data as never })).toEqual([expect.stringContaining('0 x 0')]);
});
