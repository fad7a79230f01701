import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { aggregated, distillation, jointLabels, ownLogits } from '../../../src/losses/joint-labels.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

onBackends('joint labels', () => {
  it('are class-major: class · M + transformation, -1 stays -1', () => {
    const labels = jointLabels(tf.tensor1d([2, -1, 0], 'int32'), 4);
    expect([...labels.dataSync()]).toEqual([8, 9, 10, 11, -1, -1, -1, -1, 0, 1, 2, 3]);
  });

  it('averages of each copy the logits of its own transformation', () => {
    // N = M = 2; the copies' logits are [class 0 t 0, class 0 t 1, class 1 t 0, class 1 t 1].
    const joint = tf.tensor2d([
      [1, 9, 2, 9],
      [9, 3, 9, 5],
    ]);
    expect(aggregated(joint, 2).arraySync()).toEqual([[2, 3.5]]);
    expect(ownLogits(joint, 2).arraySync()).toEqual([
      [
        [1, 2],
        [3, 5],
      ],
    ]);
  });

  it('agrees with the definition for more pictures, and passes gradients to the own logits alone', () => {
    const joint = draws(1, [6, 12]) as tf.Tensor2D; // 2 pictures, M = 3, N = 4
    const rows = joint.arraySync();
    const expected = [0, 1].map((b) =>
      [0, 1, 2, 3].map((i) => [0, 1, 2].reduce((sum, j) => sum + rows[3 * b + j]![3 * i + j]! / 3, 0)),
    );
    (aggregated(joint, 3).arraySync() as number[][]).forEach((row, b) => {
      row.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[b]![i]!, 5);
      });
    });
    const gradient = tf
      .grad((x) => tf.sum(aggregated(x as tf.Tensor2D, 3)))(joint)
      .arraySync() as number[][];
    gradient.forEach((row, copy) => {
      row.forEach((value, label) => {
        expect(value).toBeCloseTo(label % 3 === copy % 3 ? 1 / 3 : 0, 6);
      });
    });
  });
});

onBackends('distillation', () => {
  const value = (student: tf.Tensor, teacher: tf.Tensor, temperature = 1) =>
    distillation(student as tf.Tensor2D, teacher as tf.Tensor2D, temperature).dataSync()[0] as number;

  it('is KL(teacher ‖ student) times T²', () => {
    expect(value(tf.zeros([1, 2]), tf.tensor2d([[Math.log(3), 0]]))).toBeCloseTo(0.130812, 5);
    // At T = 2 with doubled logits it is the same divergence, four times.
    expect(value(tf.zeros([1, 2]), tf.tensor2d([[2 * Math.log(3), 0]]), 2)).toBeCloseTo(4 * 0.130812, 5);
    const logits = draws(2, [3, 5]);
    expect(value(logits, tf.add(logits, 7))).toBeCloseTo(0, 5);
  });

  it('has the gradient of finite differences in the student', () => {
    const teacher = draws(3, [3, 4]) as tf.Tensor2D;
    expectGradient((x) => distillation(x as tf.Tensor2D, teacher, 2), draws(4, [3, 4]));
  });
});
