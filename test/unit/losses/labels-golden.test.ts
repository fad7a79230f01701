import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { batchHard } from '../../../src/losses/batch-hard.js';
import { classification } from '../../../src/losses/classification.js';
import { aggregated, distillation, jointLabels } from '../../../src/losses/joint-labels.js';
import { sampledTriplets } from '../../../src/losses/sampled-triplets.js';
import golden from '../../golden/labels.json' with { type: 'json' };
import { onBackends } from '../backends.js';

const [classes, M, temperature] = [3, 2, 2];
const labels = () => tf.tensor1d(golden.labels, 'int32');
const joint = () => tf.tensor2d(golden.joint.logits, [8, classes * M]);

function expectNear(tensor: tf.Tensor, expected: readonly number[]): void {
  const values = tensor.dataSync();
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 5);
  });
}

/** Made with PyTorch by test/golden/labels.py: value, and gradient with respect to the first argument. */
onBackends('losses of methods with labels against PyTorch', () => {
  test.each([
    [
      'cross-entropy',
      golden.crossEntropy.logits,
      classes,
      golden.crossEntropy,
      (x: tf.Tensor2D) => classification(x, labels()).loss,
    ],
    [
      'joint labels',
      golden.joint.logits,
      classes * M,
      golden.joint,
      (x: tf.Tensor2D) => classification(x, jointLabels(labels(), M)).loss,
    ],
    [
      'distillation',
      golden.distillation.student,
      classes,
      golden.distillation,
      (x: tf.Tensor2D) => distillation(x, aggregated(joint(), M), temperature),
    ],
    [
      'batch-hard',
      golden.batchHard.vectors,
      5,
      golden.batchHard,
      (x: tf.Tensor2D) => batchHard(x, tf.tensor1d([0, 0, 1, 1, 2, 2], 'int32')).loss,
    ],
    [
      'drawn triplets',
      golden.batchHard.vectors,
      5,
      golden.sampledTriplets,
      (x: tf.Tensor2D) => sampledTriplets(x, tf.tensor1d([0, 0, 1, 1, 2, 2], 'int32'), 2),
    ],
  ])('%s', (_, values, width, { loss, gradient }, own) => {
    const at = tf.tensor2d(values, [values.length / width, width]);
    expectNear(own(at), [loss]);
    expectNear(tf.grad(own as (x: tf.Tensor) => tf.Scalar)(at), gradient);
  });

  test('aggregation', () => {
    expectNear(aggregated(joint(), M), golden.joint.aggregated);
  });
});
