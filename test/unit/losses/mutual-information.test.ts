import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { discriminatorLoss, foolingLoss, gradientPenalty } from '../../../src/losses/adversarial-prior.js';
import { estimators, informationLoss, uninformedLoss } from '../../../src/losses/mutual-information.js';
import { mlp } from '../../../src/nn/mlp.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient, expectVariableGradient } from '../gradient-check.js';

const golden = JSON.parse(readFileSync(new URL('../../golden/mutual_information.json', import.meta.url), 'utf8'));
const number = (t: tf.Tensor) => t.dataSync()[0] as number;
/** Scores of 4 samples with 16 places: one value for own pairs, one for foreign ones. */
const split = (own: number, foreign: number) =>
  tf.tile(tf.reshape(tf.add(tf.mul(tf.eye(4), own - foreign), foreign), [4, 4, 1]), [1, 1, 16]) as tf.Tensor3D;

onBackends('mutual information', () => {
  // Sheet, 6.3 (8): strict InfoNCE, ln(1 + 3 * 16), not the 3.891835 of code that keeps own places with a score of -10.
  it.each([
    ['jsd', 0, 0, 0],
    ['jsd', 1, -1, -0.759771],
    ['jsd', 60, -60, -1.386294],
    ['infonce', 0, 0, 3.89182],
    ['dv', 0, 0, 0],
    ['dv', 3, 0, -3],
  ] as const)('%s of own scores %f and foreign scores %f is %f', (estimator, own, foreign, expected) => {
    const { loss, joint, product } = informationLoss(split(own, foreign), estimator);
    expect(number(loss)).toBeCloseTo(expected, 5);
    expect(number(joint)).toBeCloseTo(own, 4);
    expect(number(product)).toBeCloseTo(foreign, 4);
  });

  it.each(estimators)('%s has the value and gradient of PyTorch', (estimator) => {
    const scores = tf.tensor3d(golden.scores, golden.shape);
    const { value, grad } = tf.valueAndGrad((u) => informationLoss(u as tf.Tensor3D, estimator).loss)(scores);
    expect(number(value)).toBeCloseTo(golden[estimator].loss, 5);
    const gradient = grad.dataSync();
    golden[estimator].gradient.forEach((expected: number, i: number) => {
      expect(gradient[i]).toBeCloseTo(expected, 5);
    });
  });

  it.each(estimators)('%s has the gradient that finite differences tell', (estimator) => {
    expectGradient((u) => informationLoss(u as tf.Tensor3D, estimator).loss, draws(1, [3, 3, 2]));
  });

  it.each(estimators)(
    '%s: scores that are all alike give what is said to be the value of knowing nothing',
    (estimator) => {
      expect(number(informationLoss(split(0, 0), estimator).loss)).toBeCloseTo(uninformedLoss(estimator, 4, 16), 4);
    },
  );

  it('does not depend on the order of samples or places, and knows its own', () => {
    const scores = tf.add(draws(2, [4, 4, 3]), tf.mul(5, tf.reshape(tf.eye(4), [4, 4, 1]))) as tf.Tensor3D;
    const order = tf.tensor1d([2, 0, 3, 1], 'int32');
    const shuffled = tf.reverse(tf.gather(tf.gather(scores, order, 0), order, 1), 2) as tf.Tensor3D;
    for (const estimator of estimators) {
      const { loss, accuracy } = informationLoss(scores, estimator);
      expect(number(informationLoss(shuffled, estimator).loss)).toBeCloseTo(number(loss), 5);
      expect(number(accuracy)).toBe(1);
    }
    // Vectors that are given the places of the next sample find nothing.
    expect(number(informationLoss(tf.gather(scores, tf.tensor1d([1, 2, 3, 0], 'int32'), 1), 'jsd').accuracy)).toBe(0);
  });

  it('stays finite for scores far apart', () => {
    for (const estimator of estimators)
      for (const [own, foreign] of [
        [300, -300],
        [-300, 300],
      ] as const) {
        const { value, grad } = tf.valueAndGrad((u) => informationLoss(u as tf.Tensor3D, estimator).loss)(
          split(own, foreign),
        );
        expect(Number.isFinite(number(value))).toBe(true);
        expect(grad.dataSync().every(Number.isFinite)).toBe(true);
      }
  });
});

onBackends('adversarial prior', () => {
  it('is 2 ln 2 for the discriminator and ln 2 for the encoder where the discriminator says 0', () => {
    const zeros = tf.zeros([5, 1]);
    expect(number(discriminatorLoss(zeros, zeros))).toBeCloseTo(1.386294, 5);
    expect(number(foolingLoss(zeros))).toBeCloseTo(Math.LN2, 5);
  });

  it('wants draws from the prior high and codes low; the encoder wants codes high', () => {
    const [high, low] = [tf.fill([5, 1], 2), tf.fill([5, 1], -2)];
    expect(number(discriminatorLoss(high, low))).toBeLessThan(number(discriminatorLoss(low, high)));
    expect(number(foolingLoss(high))).toBeLessThan(number(foolingLoss(low)));
  });

  it('penalizes the squared slope, with the gradient that finite differences tell', () => {
    const points = draws(3, [4, 3]);
    // D(x) = w x has the slope w everywhere: |w|^2.
    const weights = tf.tensor2d([[1], [-2], [0.5]]);
    const linear = (w: tf.Tensor) => (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
    expect(number(gradientPenalty(linear(weights), points))).toBeCloseTo(5.25, 5);
    const discriminator = mlp(Random.fromSeed(4), 3, [6, 5, 1]);
    for (const { name, variable } of discriminator.variables()) {
      if (name.endsWith('kernel'))
        expectVariableGradient(
          () => gradientPenalty((x) => discriminator.apply(x, { training: true }), points),
          variable,
          { step: 1e-3, tolerance: 2e-2 },
        );
    }
    disposeVariables(discriminator);
  });
});
