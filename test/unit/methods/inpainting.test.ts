import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import type { Image, NdArray } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { inpainting } from '../../../src/methods/inpainting.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(async () => {
  await startEngine('wasm');
});
afterEach(() => tf.disposeVariables());

/** Gray noise whose left half is dark. */
function picture(seed: number): Image {
  const random = Random.fromSeed(seed);
  const data = Float32Array.from(
    { length: 16 * 16 * 3 },
    (_, i) => (Math.floor(i / 3) % 16 < 8 ? 0.1 : 0.8) + 0.1 * random.uniform(),
  );
  return { data, shape: [16, 16, 3] };
}
const pictures = [0, 1, 2, 3].map(picture);
const build = (options: Parameters<typeof inpainting>[0] = {}, samples = pictures) =>
  buildMethod({
    method: inpainting({ band: 1, bottleneck: 8, width: 4, ...options }),
    encoder: convnet({ widths: [4, 8] }),
    data: memoryData('image', samples, [16, 16, 3]),
    learningRate: 0.2,
  });

test('what the network is shown has the mean color in the hole, and the picture elsewhere', () => {
  const { masked, picture: whole, hole, weight } = build().example(1) as Record<string, NdArray>;
  const at = (array: NdArray, y: number, x: number) => array.data[(y * 16 + x) * array.shape[2]!];
  const inHole = masked!.data.filter((_, i) => hole!.data[Math.floor(i / 3)] === 1);
  expect(inHole).toHaveLength(6 * 6 * 3);
  expect(Math.min(...inHole)).toBeCloseTo(0.5, 1);
  expect(masked!.data.filter((v, i) => hole!.data[Math.floor(i / 3)] === 0 && v !== whole!.data[i])).toHaveLength(0);
  // The band is seen and counts ten times; the context does not count.
  expect([at(weight!, 4, 4), at(hole!, 4, 4), at(weight!, 5, 5), at(hole!, 5, 5), at(weight!, 3, 3)]).toEqual([
    10, 0, 1, 1, 0,
  ]);
});

test('the prediction does not depend on what was cut out, nor the error on the context', async () => {
  const inverted = pictures.map(
    ({ data, shape }): Image => ({
      data: data.map((v, i) => {
        const [y, x] = [Math.floor(i / 48), Math.floor(i / 3) % 16];
        return y >= 5 && y < 11 && x >= 5 && x < 11 ? 1 - v : v;
      }),
      shape,
    }),
  );
  const [own, other] = [build(), build()];
  const a = own.batch([0, 1, 2, 3]);
  const b = { ...a, tensors: { ...a.tensors } };
  b.tensors.picture = tf.tensor(Float32Array.from(inverted.flatMap(({ data }) => [...data])), [4, 16, 16, 3]);
  const [before, after] = [await own.values(a), await other.values(b)];
  // The same picture goes in, another truth comes out: the error differs, the band stays as it was.
  expect(after.bandError).toBeCloseTo(before.bandError!, 5);
  expect(Math.abs(after.holeError! - before.holeError!)).toBeGreaterThan(0.001);
});

test('the loss is w error + (1 - w) adversarial; w = 1 has no discriminator', async () => {
  const under = build({ reconstruction: 0.9 });
  const { loss, error, adversarial } = await under.values(under.batch([0, 1, 2, 3]));
  expect(loss).toBeCloseTo(0.9 * error! + 0.1 * adversarial!, 5);
  const plain = build({ reconstruction: 1 });
  expect(plain.model.adversary).toBeUndefined();
  expect(plain.built.variables.some(({ name }) => name.startsWith('discriminator'))).toBe(false);
  const values = await plain.values(plain.batch([0, 1, 2, 3]));
  expect(values.loss).toBe(values.error);
});

test('the generator has gradients from the loss, the discriminator from its own', async () => {
  const under = build({ reconstruction: 0.5 });
  const { model, built } = under;
  const batch = under.batch([0, 1, 2, 3]);
  const adversaries = built.variables.filter(({ variable, trainable }) => trainable && built.adversaries.has(variable));
  expect(adversaries.length).toBeGreaterThan(0);
  const own = tf.variableGrads(
    () => model.adversary!(batch, {}, stepContext()).loss,
    adversaries.map(({ variable }) => variable),
  );
  for (const gradient of Object.values(own.grads)) expect(gradient.dataSync().some((g) => g !== 0)).toBe(true);
  const gradients = under.gradients(batch);
  for (const name of Object.keys(gradients).filter((one) => !one.startsWith('discriminator')))
    expect([name, gradients[name]!.some((g) => g !== 0)]).toEqual([name, true]);
});

test.each(['center', 'random'] as const)('it learns to fill a hole (%s)', async (hole) => {
  const under = build({ hole, bandWeight: 1 });
  const stepper = under.stepper();
  const errors: number[] = [];
  for (let step = 0; step < 15; step++) errors.push((await stepper.take(step, under.batch([0, 1, 2, 3]))).holeError!);
  expect(errors.at(-1)).toBeLessThan(0.7 * errors[0]!);
  const { holeError, psnr } = tf.tidy(() => under.model.measure!(under.batch([0, 1, 2, 3]), stepContext(0, false)));
  expect(psnr!.dataSync()[0]).toBeCloseTo(-10 * Math.log10(holeError!.dataSync()[0]!), 3);
  stepper.dispose();
});

test('guessing is the mean color: halves at 0.15 and 0.85 are 0.35 off, 9 dB', () => {
  expect(build().model.measures!.psnr!.chance).toBeCloseTo(-20 * Math.log10(0.351), 1);
});

test('the figure pastes the prediction into the picture and nowhere else', async () => {
  const blocks = (await build().compare([0, 1])) as ImagesBlock[];
  const { columns, tiles } = blocks[0]!;
  expect(columns).toEqual(['hole', 'filled', 'truth', 'error']);
  expect(tiles).toHaveLength(8);
  const [, filled, truth] = tiles;
  const differs = [...filled!.image.data].map((v, i) => v !== truth!.image.data[i]);
  const outside = (i: number) => {
    const [y, x] = [Math.floor(i / 48), Math.floor(i / 3) % 16];
    return y < 5 || y >= 11 || x < 5 || x >= 11;
  };
  expect(differs.some((d, i) => d && outside(i))).toBe(false);
  expect(differs.some((d) => d)).toBe(true);
});
