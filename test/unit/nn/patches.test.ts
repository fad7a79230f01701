import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { cutPatches, gridCorners, gridSize } from '../../../src/augment/patch-grid.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { convnet } from '../../../src/nn/convnet.js';
import { maskedContext } from '../../../src/nn/masked-context.js';
import { patchGridEncoder } from '../../../src/nn/patch-grid-encoder.js';
import { signalEncoder } from '../../../src/nn/signal-encoder.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const training = { training: true };
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));

it('a grid has (side - patch) / stride + 1 patches a side, cut where its corners say', () => {
  // Sheet, 6.5 (8).
  for (const [side, patch, stride, expected] of [
    [256, 64, 32, 7],
    [32, 8, 4, 7],
    [64, 16, 8, 7],
    [28, 14, 7, 3],
    [260, 80, 36, 6],
    [7, 8, 4, 0],
  ] as const)
    expect(gridSize(side, patch, stride)).toBe(expected);
  const image: Image = { data: Float32Array.from({ length: 6 * 5 * 2 }, (_, i) => i), shape: [6, 5, 2] };
  const patches = cutPatches(image, 3, 2);
  expect(gridCorners(image.shape, 3, 2)).toEqual([0, 2].flatMap((top) => [0, 2].map((left) => ({ top, left }))));
  // Row 2 + y, column 2 + x, channel c of the picture.
  const at = (y: number, x: number, c: number) => ((2 + y) * 5 + 2 + x) * 2 + c;
  expect([...patches[3]!.data]).toEqual([0, 1, 2].flatMap((y) => [0, 1, 2].flatMap((x) => [at(y, x, 0), at(y, x, 1)])));
});

onBackends('encoders of patches and signals', () => {
  it('the features of a picture are the mean over the encoder of its patches', () => {
    const inner = convnet({ widths: [4], norm: 'layer' });
    const make = (shape: readonly number[]) => inner.build(shape, Random.fromSeed(1));
    const encoder = patchGridEncoder({ shape: [6, 6, 1], make }, { patch: 4, stride: 2 });
    const images = draws(1, [2, 6, 6, 1]);
    const data = images.dataSync() as Float32Array;
    const expected = [0, 1].map((i) => {
      const patches = cutPatches({ data: data.slice(i * 36, (i + 1) * 36), shape: [6, 6, 1] }, 4, 2);
      const batch = tf.stack(patches.map((patch) => tf.tensor3d(patch.data, [4, 4, 1])));
      return Array.from(tf.mean(encoder.patch.apply(batch, training), 0).dataSync());
    });
    const features = encoder.apply(images, training);
    features.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i]!, 5);
    });
    disposeVariables(encoder);
  });

  it('a masked context sees its own row and those above, left and right, and nothing below', () => {
    const context = maskedContext(Random.fromSeed(2), 3, { blocks: 2, width: 4 });
    const slope = tf.grad((x) => mixed(tf.slice(context.apply(x, training), [0, 2, 1, 0], [1, 1, 1, 3])))(
      draws(2, [1, 5, 3, 3]),
    );
    const reached = tf.greater(tf.sum(tf.abs(slope), 3), 0).arraySync() as number[][][];
    expect(reached[0]!.slice(3)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(reached[0]![2]![1]).toBe(1);
    expect(reached[0]![1]!.some(Boolean)).toBe(true);
    expectGradient((x) => mixed(context.apply(x, training)), draws(3, [1, 3, 2, 3]), { tolerance: 3e-2 });
    disposeVariables(context);
  });

  it('a signal encoder gives one latent for so many values, which knows those values only', () => {
    const encoder = signalEncoder({ widths: [4, 5], strides: [4, 2] }).build([32, 2], Random.fromSeed(3));
    const latents = (x: tf.Tensor) => encoder.maps!.apply(x, training).at(-1) as tf.Tensor4D;
    const x = draws(4, [1, 32, 2]);
    expect(latents(x).shape).toEqual([1, 4, 1, 5]);
    expect(encoder.apply(x, training).shape).toEqual([1, 5]);
    const slope = tf.grad((input) => mixed(tf.slice(latents(input), [0, 1, 0, 0], [1, 1, 1, 5])))(x);
    const reached = tf.greater(tf.sum(tf.abs(slope), 2), 0).arraySync() as number[][];
    expect(reached[0]!.map((value, t) => (value ? t : -1)).filter((t) => t >= 0 && (t < 8 || t >= 16))).toEqual([]);
    expect(reached[0]!.slice(8, 16).some(Boolean)).toBe(true);
    disposeVariables(encoder);
    expect(() => signalEncoder().build([8, 8, 1], Random.fromSeed(3))).toThrow('takes signals');
  });
});
