import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { candidateCount, drawCandidates, futureLabels, futureLoss, futureScores } from '../../../src/losses/future.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const { future: golden } = JSON.parse(readFileSync(new URL('../../golden/cpc.json', import.meta.url), 'utf8'));
const number = (t: tf.Tensor) => t.dataSync()[0] as number;
const closeTo = (actual: tf.Tensor, expected: number[]) => {
  const values = actual.dataSync();
  expected.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 5);
  });
};

onBackends('predicting the future', () => {
  it('labels the latent of the same column, so many rows on, in the order batch, row, column', () => {
    // Sheet, 6.5 (8): B = 2, H = 3, W = 2, i = 0, which is one row ahead.
    expect([...futureLabels({ batch: 2, rows: 3, columns: 2 }, 1)]).toEqual([2, 3, 4, 5, 8, 9, 10, 11]);
    expect([...futureLabels({ batch: 2, rows: 4, columns: 1 }, 3)]).toEqual([3, 7]);
  });

  it('is the logarithm of the number of candidates where nothing is predicted', () => {
    // Sheet, 6.5 (8): ln(B H W) over all latents of the batch.
    for (const [batch, expected] of [
      [2, 4.584967],
      [16, 6.664409],
    ] as const) {
      const labels = futureLabels({ batch, rows: 7, columns: 7 }, 3);
      const { loss } = futureLoss(tf.zeros([labels.length, batch * 49]), labels);
      expect(number(loss)).toBeCloseTo(expected, 4);
    }
    // Sheet, 6.4 (8): ln(1 + 10) with 10 negatives.
    const grid = { batch: 3, rows: 8, columns: 1 };
    const labels = futureLabels(grid, 2);
    for (const from of ['batch', 'sample'] as const) {
      const drawn = drawCandidates(grid, labels, { negatives: 5, from }, Random.fromSeed(1));
      const mask = tf.tensor2d(drawn, [labels.length, 24]);
      expect(number(futureLoss(tf.zeros([labels.length, 24]), labels, mask).loss)).toBeCloseTo(Math.log(6), 4);
    }
    const ten = tf.tensor2d(
      drawCandidates(grid, labels, { negatives: 10, from: 'batch' }, Random.fromSeed(1)),
      [18, 24],
    );
    expect(number(futureLoss(tf.zeros([18, 24]), labels, ten).loss)).toBeCloseTo(2.397895, 5);
  });

  it('has the value and gradients of PyTorch', () => {
    const latents = tf.tensor4d(golden.latents, [2, 3, 2, 4]);
    const predictions = tf.tensor4d(golden.predictions, [2, 2, 2, 4]);
    const labels = futureLabels({ batch: 2, rows: 3, columns: 2 }, 1);
    const { value, grads } = tf.valueAndGrads(
      (p, z) => futureLoss(futureScores(p as tf.Tensor, z as tf.Tensor), labels).loss,
    )([predictions, latents]);
    expect(number(value)).toBeCloseTo(golden.loss, 5);
    closeTo(grads[0]!, golden.predictionsGradient);
    closeTo(grads[1]!, golden.latentsGradient);
  });

  it('takes the softmax over the latents for a given context, not over the contexts', () => {
    // Not symmetric: context 0 scores high with everything, which the other axis would punish.
    const scores = tf.tensor2d([
      [5, 6],
      [0, 1],
    ]);
    const { loss, accuracy } = futureLoss(scores, Int32Array.of(0, 1));
    expect(number(loss)).toBeCloseTo((Math.log(1 + Math.E) + Math.log(1 + 1 / Math.E)) / 2, 5);
    expect(number(accuracy)).toBe(0.5);
    // A constant for a context changes nothing; one for a latent does.
    const shifted = (by: tf.Tensor) => number(futureLoss(tf.add(scores, by), Int32Array.of(0, 1)).loss);
    expect(shifted(tf.tensor2d([[7], [-3]]))).toBeCloseTo(number(loss), 5);
    expect(shifted(tf.tensor2d([[7, -3]]))).toBeGreaterThan(number(loss) + 1);
  });

  it('has the gradient that finite differences tell, and none in scores that are no candidates', () => {
    const grid = { batch: 2, rows: 4, columns: 1 };
    const labels = futureLabels(grid, 1);
    const mask = tf.tensor2d(drawCandidates(grid, labels, { negatives: 3, from: 'batch' }, Random.fromSeed(2)), [6, 8]);
    const loss = (scores: tf.Tensor) => futureLoss(scores as tf.Tensor2D, labels, mask).loss;
    const scores = draws(1, [6, 8]);
    expectGradient(loss, scores);
    const gradient = tf.grad(loss)(scores).dataSync();
    mask.dataSync().forEach((value, i) => {
      expect(gradient[i] === 0).toBe(value !== 0);
    });
  });
});

it('candidates: the true future once, as many others as asked for, each once, from where they may come', () => {
  const grid = { batch: 3, rows: 4, columns: 2 };
  const labels = futureLabels(grid, 2);
  for (const [negatives, from, expected] of [
    [5, 'batch', 6],
    [5, 'sample', 6],
    [100, 'batch', 24],
    [100, 'sample', 8],
  ] as const) {
    expect(candidateCount(grid, { negatives, from })).toBe(expected);
    const mask = drawCandidates(grid, labels, { negatives, from }, Random.fromSeed(3));
    labels.forEach((label, row) => {
      const chosen = Array.from({ length: 24 }, (_, i) => i).filter((i) => mask[row * 24 + i] === 0);
      expect(chosen).toHaveLength(expected);
      expect(chosen).toContain(label);
      if (from === 'sample')
        expect(new Set(chosen.map((i) => Math.floor(i / 8)))).toEqual(new Set([Math.floor(label / 8)]));
    });
    expect(drawCandidates(grid, labels, { negatives, from }, Random.fromSeed(3))).toEqual(mask);
  }
});
