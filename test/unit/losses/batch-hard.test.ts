import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { batchHard } from '../../../src/losses/batch-hard.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

/** Which picture each row is of, when the copies of each follow each other. */
const inTurn = (rows: number, copies: number) =>
  tf.tensor1d(
    Array.from({ length: rows }, (_, i) => Math.floor(i / copies)),
    'int32',
  );
const values = (vectors: tf.Tensor, copies: number) => {
  const all = batchHard(vectors as tf.Tensor2D, inTurn(vectors.shape[0] as number, copies));
  const read = (value: tf.Scalar) => value.dataSync()[0] as number;
  return { loss: read(all.loss), accuracy: read(all.accuracy), positive: read(all.positiveDistance) };
};

onBackends('batch-hard triplets', () => {
  it('is ln 2 where all vectors are alike', () => {
    expect(values(tf.ones([6, 4]), 2).loss).toBeCloseTo(Math.LN2, 5);
  });

  it('is softplus(-2) where copies agree and pictures are opposite, softplus(-√2) where they are orthogonal', () => {
    const opposite = tf.tensor2d([[3, 0], [1, 0], [-2, 0], [-1, 0]]); // biome-ignore format: rows
    expect(values(opposite, 2).loss).toBeCloseTo(0.126928, 5);
    const orthogonal = tf.tensor2d([[3, 0], [1, 0], [0, 2], [0, 1]]); // biome-ignore format: rows
    expect(values(orthogonal, 2)).toMatchObject({ loss: expect.closeTo(0.217622, 5), accuracy: 1 });
  });

  it('is the definition, computed one by one; a vector is not its own copy', () => {
    const [pictures, copies] = [3, 3];
    const vectors = draws(1, [pictures * copies, 4]);
    const rows = (vectors.arraySync() as number[][]).map((row) => row.map((x) => x / Math.hypot(...row)));
    const d = (i: number, j: number) => Math.hypot(...rows[i]!.map((x, c) => x - rows[j]![c]!));
    const picture = (i: number) => Math.floor(i / copies);
    const all = rows.map((_, i) => i);
    const terms = all.map((i) => {
      const farthest = Math.max(...all.filter((j) => j !== i && picture(j) === picture(i)).map((j) => d(i, j)));
      const nearest = Math.min(...all.filter((j) => picture(j) !== picture(i)).map((j) => d(i, j)));
      return Math.log(1 + Math.exp(farthest - nearest));
    });
    const { loss } = values(vectors, copies);
    expect(loss).toBeCloseTo(terms.reduce((a, b) => a + b) / terms.length, 4);
    expect(values(tf.mul(vectors, 5), copies).loss).toBeCloseTo(loss, 5);
  });

  it('takes pictures that come twice as one, whatever the order of the copies', () => {
    const vectors = draws(5, [6, 3]) as tf.Tensor2D;
    const order = [4, 0, 2, 5, 1, 3];
    const loss = (rows: tf.Tensor2D, ids: number[]) => batchHard(rows, tf.tensor1d(ids, 'int32')).loss.dataSync()[0];
    const ids = [7, 7, 7, 7, 3, 3];
    const shuffled = loss(
      tf.gather(vectors, order),
      order.map((i) => ids[i]!),
    );
    expect(shuffled).toBeCloseTo(loss(vectors, ids)!, 5);
    expect(loss(vectors, [7, 7, 8, 8, 3, 3])).not.toBeCloseTo(loss(vectors, ids)!, 2);
  });

  it('has the gradient of finite differences, a finite one where copies are equal', () => {
    expectGradient((x) => batchHard(x as tf.Tensor2D, inTurn(4, 2)).loss, draws(3, [4, 3]), {
      step: 1e-3,
      tolerance: 3e-2,
    });
    const gradient = tf.grad((x) => batchHard(x as tf.Tensor2D, inTurn(4, 2)).loss)(tf.tensor2d([[1, 0], [1, 0], [0, 1], [0, 1]])); // biome-ignore format: rows
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });
});
