/** Matrix products: XNNPACK computes plain ones at 25-35 GFLOP/s; transposed or batched ones run at 0.6-2 without this. */
import * as tf from '@tensorflow/tfjs-core';
import type { Compute } from './kernel.js';

interface Operands {
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
}
interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Below this number of multiplications a product is cheaper in the backend's own loop than in a call of XNNPACK. */
const SMALL = 4096;

/** Transposes first, and takes the matrices of a batch one by one. */
export const batchMatMul =
  (own: Compute<Operands, Transposed>): Compute<Operands, Transposed> =>
  ({ a, b }, { transposeA, transposeB }, backend) => {
    const left = transposeA ? transposed(a) : a;
    const right = transposeB ? transposed(b) : b;
    const plain = { transposeA: false, transposeB: false };
    const [rows, inner, columns] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
    const [batch, rightBatch] = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
    const count = tf.util.sizeFromShape(batch);
    if (count > 1 && tf.util.sizeFromShape(rightBatch) === 1) {
      const all = tf.reshape(left, [1, count * rows, inner]);
      const product = own({ a: all, b: tf.reshape(right, [1, inner, columns]) }, plain, backend);
      return tf.reshape(product, [...tf.backend_util.assertAndGetBroadcastShape(batch, rightBatch), rows, columns]);
    }
    if (count === 1 || rows * inner * columns < SMALL || batch.join() !== rightBatch.join())
      return own({ a: left, b: right }, plain, backend);
    const [lefts, rights] = [left, right].map((side) =>
      tf.unstack(tf.reshape(side, [count, 1, ...side.shape.slice(-2)])),
    );
    const products = lefts!.map((one, i) => own({ a: one, b: rights![i]! }, plain, backend));
    return tf.reshape(tf.concat(products), [...batch, rows, columns]);
  };

function transposed(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return tf.transpose(matrices, [...axes.slice(0, -2), last, last - 1]);
}
