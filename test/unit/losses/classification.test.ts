import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { classification, labelTensor } from '../../../src/losses/classification.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const values = (logits: tf.Tensor, labels: number[]) => {
  const { loss, accuracy } = classification(logits as tf.Tensor2D, labelTensor(labels));
  return [loss.dataSync()[0] as number, accuracy.dataSync()[0] as number];
};

onBackends('classification', () => {
  it.each([4, 8, 24, 1000])('is ln %i for equal logits', (classes) => {
    const [loss] = values(tf.fill([3, classes], 0.7), [0, 1, classes - 1]);
    expect(loss).toBeCloseTo(Math.log(classes), 5);
  });

  it('counts the samples with a label only, and gives the others no gradient', () => {
    const logits = draws(1, [4, 3]);
    const [loss, accuracy] = values(logits, [2, -1, 0, -1]);
    const [own, ownAccuracy] = values(tf.gather(logits, [0, 2]), [2, 0]);
    expect(loss).toBeCloseTo(own as number, 6);
    expect(accuracy).toBe(ownAccuracy);
    const gradient = tf.grad((x) => classification(x as tf.Tensor2D, labelTensor([2, -1, 0, -1])).loss)(logits);
    const rows = gradient.arraySync() as number[][];
    expect(rows[1]!.every((value) => value === 0)).toBe(true);
    expect(Math.max(...rows[0]!.map(Math.abs))).toBeGreaterThan(0.01);
    expect(values(logits, [-1, -1, -1, -1]).every((value) => value === 0)).toBe(true);
  });

  it('agrees with the definition, and its gradient with finite differences', () => {
    const logits = draws(2, [5, 4]);
    const labels = [0, 3, 1, 1, 2];
    const rows = logits.arraySync() as number[][];
    const expected = rows.map((row, i) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[labels[i]!]!);
    const [loss, accuracy] = values(logits, labels);
    expect(loss).toBeCloseTo(expected.reduce((a, b) => a + b) / 5, 5);
    const right = rows.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length;
    expect(accuracy).toBeCloseTo(right / 5, 6);
    expectGradient((x) => classification(x as tf.Tensor2D, labelTensor(labels)).loss, logits);
  });
});
