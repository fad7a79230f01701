import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { discriminatorLoss, generatorLoss } from '../../../src/losses/adversarial.js';
import { softCrossEntropy } from '../../../src/losses/colorization.js';
import { appearanceLoss, consistencyLoss, leftFromRight, smoothnessLoss } from '../../../src/losses/stereo.js';
import { onBackends } from '../backends.js';

/** Made with PyTorch by test/golden/dense.py. */
const golden = JSON.parse(readFileSync(new URL('../../golden/dense.json', import.meta.url), 'utf8'));

/** The formula of the script. */
function values(number: number, shape: number[], scale = 1): tf.Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  const flat = Float32Array.from(
    { length: size },
    (_, j) => scale * (0.5 + 0.5 * Math.sin(1 + 7 * number + 0.37 * j + 0.011 * j * j)),
  );
  return tf.tensor(flat, shape);
}
const read = (tensor: tf.Tensor) => tensor.dataSync()[0] as number;

onBackends('losses of dense predictions against PyTorch', () => {
  const pair = () => [0, 1].map((i) => values(i, [2, 6, 8, 3])) as [tf.Tensor4D, tf.Tensor4D];
  const disparities = () => [2, 3].map((i) => values(i, [2, 6, 8, 1], 0.3)) as [tf.Tensor4D, tf.Tensor4D];

  test.each(['zero', 'edge'] as const)(
    'appearance of the warped picture, its gradient, and consistency (%s)',
    (border) => {
      const [[left, right], [dLeft, dRight]] = [pair(), disparities()];
      const appearance = (d: tf.Tensor) => appearanceLoss(left, leftFromRight(right, d as tf.Tensor4D, border), 0.85);
      expect(read(appearance(dLeft))).toBeCloseTo(golden[border].appearance, 5);
      const gradient = tf.grad(appearance)(dLeft).dataSync();
      golden[border].gradient.forEach((expected: number, i: number) => {
        expect(gradient[i]).toBeCloseTo(expected, 4);
      });
      expect(read(consistencyLoss(dLeft, dRight, border))).toBeCloseTo(golden[border].consistency, 5);
    },
  );

  test('smoothness, soft cross-entropy and both sides of the game', () => {
    expect(read(smoothnessLoss(disparities()[0], pair()[0], 'xy'))).toBeCloseTo(golden.smoothness, 6);
    const target = tf.softmax(values(5, [5, 9], 4)) as tf.Tensor2D;
    const entropies = softCrossEntropy(values(4, [5, 9], 4) as tf.Tensor2D, target).dataSync();
    golden.crossEntropy.forEach((expected: number, i: number) => {
      expect(entropies[i]).toBeCloseTo(expected, 5);
    });
    const [real, fake] = [6, 7].map((i) => tf.sub(values(i, [5, 1], 4), 2)) as [tf.Tensor, tf.Tensor];
    expect(read(generatorLoss(fake))).toBeCloseTo(golden.generator, 5);
    expect(read(discriminatorLoss(real, fake))).toBeCloseTo(golden.discriminator, 5);
  });
});
