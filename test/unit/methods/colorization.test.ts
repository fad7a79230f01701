import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { imageOfLab } from '../../../src/augment/lab.js';
import { colorBins } from '../../../src/data/color-bins.js';
import { startEngine } from '../../../src/engine/index.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { colorization } from '../../../src/methods/colorization.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

/** Stripes whose color follows from their lightness: dark ones blue, middle ones green, light ones yellowish. */
function stripes(shift: number): Image {
  const data = new Float32Array(16 * 16 * 3);
  for (let i = 0; i < 256; i++) {
    const kind = (Math.floor((i % 16) / 4) + shift) % 3;
    data.set(
      [
        [30, 20, -40],
        [55, -40, 30],
        [85, 0, 60],
      ][kind]!,
      3 * i,
    );
  }
  return imageOfLab({ data, shape: [16, 16, 3] });
}
const pictures = [0, 1, 2, 3].map(stripes);
const gray: Image = { data: new Float32Array(16 * 16 * 3).fill(0.5), shape: [16, 16, 3] };
const build = (options: Parameters<typeof colorization>[0] = {}, samples = pictures) =>
  buildMethod({
    method: colorization({ grid: 20, stride: 2, width: 8, ...options }),
    encoder: convnet({ widths: [8, 8] }),
    data: memoryData('image', samples, [16, 16, 3]),
    learningRate: 0.3,
  });

test('bins are those that occur, with their shares', () => {
  const { centers, shares } = colorBins(memoryData('image', pictures, [16, 16, 3]), 20);
  expect(centers).toEqual(
    [
      [-40, 40],
      [0, 60],
      [20, -40],
    ].map((center) => expect.arrayContaining(center)),
  );
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
  expect(Math.min(...shares)).toBeGreaterThan(0.2);
});

test('equal logits cost ln of the number of bins, which is the chance level', async () => {
  const under = build();
  for (const { name, variable } of under.built.variables)
    if (name.startsWith('decoder/head')) variable.assign(tf.zerosLike(variable));
  const { crossEntropy, loss } = await under.values(under.batch([0, 1, 2, 3]));
  expect(crossEntropy).toBeCloseTo(Math.log(3), 4);
  expect(loss).toBeCloseTo(Math.log(3), 1);
  expect(under.model.metrics.crossEntropy!.chance).toBeCloseTo(Math.log(3), 10);
});

test('the network sees lightness alone: a picture without its color gives the same features', () => {
  const under = build();
  const l = tf.tidy(() => {
    const [own, bleached] = [pictures[0]!, pictures[0]!].map((image, i) => {
      if (i === 0) return tf.tensor4d(image.data, [1, 16, 16, 3]);
      const values = [
        [30, 0, 0],
        [55, 0, 0],
        [85, 0, 0],
      ];
      const lab = Float32Array.from(
        { length: 768 },
        (_, j) => values[Math.floor((Math.floor(j / 3) % 16) / 4) % 3]![j % 3]!,
      );
      return tf.tensor4d(imageOfLab({ data: lab, shape: [16, 16, 3] }).data, [1, 16, 16, 3]);
    });
    const features = (x: tf.Tensor) => under.model.embed(x);
    return tf.max(tf.abs(tf.sub(features(own!), features(bleached!)))).dataSync()[0]!;
  });
  expect(l).toBeLessThan(1e-2);
});

test('it learns colors that follow from lightness, and all trained variables have gradients', async () => {
  const under = build();
  for (const [name, gradient] of Object.entries(under.gradients(under.batch([0, 1, 2, 3]))))
    expect([name, gradient.some((g) => g !== 0)]).toEqual([name, true]);
  const stepper = under.stepper();
  let last: Record<string, number> = {};
  for (let step = 0; step < 25; step++) last = await stepper.take(step, under.batch([0, 1, 2, 3]));
  expect(last.rebalancedAccuracy).toBeGreaterThan(0.8);
  expect(last.crossEntropy).toBeLessThan(0.7 * Math.log(3));
  stepper.dispose();
});

test('gray pictures do not count', async () => {
  const under = build({}, [...pictures, gray]);
  // Running averages aside, a frozen network says the same of the colorful ones.
  const frozen = stepContext(0, false);
  const [without, beside] = [
    await under.values(under.batch([0, 1]), frozen),
    await under.values(under.batch([0, 1, 4]), frozen),
  ];
  expect(beside.loss).toBeCloseTo(without.loss!, 5);
  expect(beside.accuracy).toBeCloseTo(without.accuracy!, 5);
});

test('the figure has lightness, truth, both predictions and their entropy, and the chroma of both', async () => {
  const [images, bars] = await build().compare([0, 1]);
  expect((images as ImagesBlock).tiles).toHaveLength(10);
  expect((images as ImagesBlock).tiles[0]!.image.channels).toBe(1);
  expect(bars).toMatchObject({ kind: 'bars' });
});

test('gray data and strides without a map are refused with the remedy', () => {
  const { problems } = colorization();
  const data = memoryData('image', [], [28, 28, 1]);
  expect(problems({ data: data as never })[0]).toContain('take emoji()');
  expect(() => build({ stride: 8 })).toThrow('maps of stride 4, 2, 1, not 8');
});
