import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { sampledTriplets } from '../../../src/losses/sampled-triplets.js';
import { draws, onBackends } from '../backends.js';

const inTurn = (rows: number, copies: number) =>
  tf.tensor1d(
    Array.from({ length: rows }, (_, i) => Math.floor(i / copies)),
    'int32',
  );
const loss = (vectors: tf.Tensor, copies: number, pictures = inTurn(vectors.shape[0] as number, copies)) =>
  sampledTriplets(vectors as tf.Tensor2D, pictures, copies);
const read = (value: tf.Scalar) => value.dataSync()[0] as number;

type Rows = number[][];
const unitRows = (rows: Rows) => rows.map((row) => row.map((x) => x / Math.hypot(...row)));
const distance = (a: number[], b: number[]) => Math.hypot(...a.map((x, c) => x - b[c]!));
const softmax = (logits: number[]) => logits.map((x) => Math.exp(x) / logits.reduce((sum, y) => sum + Math.exp(y), 0));

/** The expected loss of both draws, one by one; what is drawn is decided by `judged`, which need not be `rows`. */
function expected(rows: Rows, pictures: number[], copies: number, judged = rows): number {
  const [own, odds] = [unitRows(rows), unitRows(judged)];
  const all = rows.map((_, i) => i);
  const terms = all.map((i) => {
    const positives = all.filter((j) => j !== i && Math.floor(j / copies) === Math.floor(i / copies));
    const negatives = all.filter((j) => pictures[j] !== pictures[i]);
    const p = softmax(positives.map((j) => distance(odds[i]!, odds[j]!)));
    const q = softmax(negatives.map((j) => -distance(odds[i]!, odds[j]!)));
    let sum = 0;
    positives.forEach((j, a) => {
      negatives.forEach((k, b) => {
        const gap = distance(own[i]!, own[j]!) - distance(own[i]!, own[k]!);
        sum += p[a]! * q[b]! * Math.log(1 + Math.exp(gap));
      });
    });
    return sum;
  });
  return terms.reduce((a, b) => a + b) / terms.length;
}

onBackends('triplets drawn by how hard they are', () => {
  it('is ln 2 where all vectors are alike', () => {
    expect(read(loss(tf.ones([6, 4]), 3))).toBeCloseTo(Math.LN2, 5);
  });

  it('is softplus(-2) where copies agree and pictures are opposite, softplus(-√2) where they are orthogonal', () => {
    const opposite = tf.tensor2d([[3, 0], [1, 0], [-2, 0], [-1, 0]]); // biome-ignore format: rows
    expect(read(loss(opposite, 2))).toBeCloseTo(0.126928, 5);
    const orthogonal = tf.tensor2d([[3, 0], [1, 0], [0, 2], [0, 1]]); // biome-ignore format: rows
    expect(read(loss(orthogonal, 2))).toBeCloseTo(0.217622, 5);
  });

  it('is the expectation over the draws, computed one by one; a picture that stands twice is no negative of itself', () => {
    const vectors = draws(1, [12, 4]);
    const rows = vectors.arraySync() as Rows;
    const turns = [...inTurn(12, 3).dataSync()];
    expect(read(loss(vectors, 3))).toBeCloseTo(expected(rows, turns, 3), 5);
    const twice = turns.map((picture) => (picture === 3 ? 0 : picture));
    expect(read(loss(vectors, 3, tf.tensor1d(twice, 'int32')))).toBeCloseTo(expected(rows, twice, 3), 5);
    expect(expected(rows, twice, 3)).not.toBeCloseTo(expected(rows, turns, 3), 3);
    expect(read(loss(tf.mul(vectors, 5), 3))).toBeCloseTo(expected(rows, turns, 3), 5);
  });

  it('is nothing where there is no other picture', () => {
    const pictures = tf.zeros([6], 'int32') as tf.Tensor1D;
    expect(read(loss(draws(2, [6, 3]), 3, pictures))).toBe(0);
    const gradient = tf.grad((x) => loss(x, 3, pictures))(draws(2, [6, 3]));
    expect([...gradient.dataSync()].every((value) => value === 0)).toBe(true);
  });

  it('has the gradient of finite differences with the draws held fast, a finite one where copies are equal', () => {
    const rows = draws(3, [4, 3]).arraySync() as Rows;
    const gradient = tf
      .grad((x) => loss(x, 2))(tf.tensor2d(rows))
      .arraySync() as Rows;
    const step = 1e-5;
    rows.forEach((row, i) => {
      row.forEach((_, c) => {
        const moved = (by: number) => rows.map((own, j) => own.map((x, k) => (j === i && k === c ? x + by : x)));
        const at = (by: number) => expected(moved(by), [0, 0, 1, 1], 2, rows);
        expect(gradient[i]![c]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 3);
      });
    });
    const equal = tf.grad((x) => loss(x, 2))(tf.tensor2d([[1, 0], [1, 0], [0, 1], [0, 1]])); // biome-ignore format: rows
    expect([...equal.dataSync()].every(Number.isFinite)).toBe(true);
  });
});
