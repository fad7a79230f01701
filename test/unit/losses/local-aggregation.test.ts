import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { instanceSoftmax } from '../../../src/losses/instance-softmax.js';
import { localAggregation } from '../../../src/losses/local-aggregation.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const value = (scalar: tf.Scalar) => scalar.dataSync()[0]!;
/** 1 for the first `count` of `samples`, in each of two rows. */
const firsts = (count: number, samples: number) =>
  tf.tile(tf.tensor2d([Array.from({ length: samples }, (_, i) => (i < count ? 1 : 0))]), [2, 1]) as tf.Tensor2D;

onBackends('local aggregation', () => {
  it.each([
    [64, 4, 2.772589],
    [4096, 128, 3.465736],
  ])('is ln(|B| / |C and B|) where all rows are alike: %i, %i', (background, close, expected) => {
    const {
      loss,
      close: found,
      allClose,
    } = localAggregation(tf.fill([2, background], 3), firsts(close, background), background);
    expect(value(loss)).toBeCloseTo(expected, 4);
    expect(value(found)).toBe(close);
    expect(value(allClose)).toBe(0);
  });

  it('is 0 where all of the background is close, and says so', () => {
    const { loss, allClose } = localAggregation(draws(1, [2, 10]) as tf.Tensor2D, tf.ones([2, 10]), 4);
    expect(value(loss)).toBeCloseTo(0, 5);
    expect(value(allClose)).toBe(1);
  });

  it('is the definition, computed one by one', () => {
    const logits = draws(2, [3, 9]) as tf.Tensor2D;
    const close = tf.cast(tf.greater(draws(3, [3, 9]), 0), 'float32') as tf.Tensor2D;
    const rows = logits.arraySync();
    const members = close.arraySync();
    const expected = rows.map((row, i) => {
      const near = [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, 5);
      const sum = (indices: number[]) => indices.reduce((total, j) => total + Math.exp(row[j]!), 0);
      return -Math.log(sum(near.filter((j) => members[i]![j] === 1)) / sum(near) + 1e-7);
    });
    expect(value(localAggregation(logits, close, 5).loss)).toBeCloseTo(expected.reduce((a, b) => a + b) / 3, 4);
  });

  it('does not depend on a normalizer, nor on the order of rows', () => {
    const logits = draws(2, [3, 9]) as tf.Tensor2D;
    const close = tf.cast(tf.greater(draws(3, [3, 9]), 0), 'float32') as tf.Tensor2D;
    const loss = value(localAggregation(logits, close, 5).loss);
    expect(value(localAggregation(tf.add(logits, 7), close, 5).loss)).toBeCloseTo(loss, 4);
    expect(value(localAggregation(tf.reverse(logits, 1), tf.reverse(close, 1), 5).loss)).toBeCloseTo(loss, 4);
  });

  it('is instance discrimination over the background where everyone is a cluster of its own', () => {
    const logits = draws(4, [3, 6]) as tf.Tensor2D;
    const own = tf.cast(tf.oneHot(tf.tensor1d([1, 4, 0], 'int32'), 6), 'float32') as tf.Tensor2D;
    const all = value(localAggregation(logits, own, 6).loss);
    expect(all).toBeCloseTo(value(instanceSoftmax(logits, Int32Array.of(1, 4, 0)).loss), 4);
  });

  it('has the gradient that finite differences tell', () => {
    const close = tf.cast(tf.greater(draws(3, [3, 9]), 0), 'float32') as tf.Tensor2D;
    expectGradient((x) => localAggregation(x as tf.Tensor2D, close, 5).loss, draws(2, [3, 9]), { step: 2e-3 });
    expectGradient((x) => instanceSoftmax(x as tf.Tensor2D, Int32Array.of(2, 0, 8)).loss, draws(2, [3, 9]));
  });

  it('stays finite where no close neighbor is in the background', () => {
    const { loss } = localAggregation(draws(5, [2, 8]) as tf.Tensor2D, tf.zeros([2, 8]), 3);
    expect(value(loss)).toBeCloseTo(-Math.log(1e-7), 2);
  });
});

onBackends('instance softmax', () => {
  it('is ln n where all rows are alike', () => {
    const { loss, probability } = instanceSoftmax(tf.zeros([2, 5000]), Int32Array.of(7, 4999));
    expect(value(loss)).toBeCloseTo(Math.log(5000), 4);
    expect(value(probability)).toBeCloseTo(1 / 5000, 7);
    expect(Math.log(50000)).toBeCloseTo(10.819778, 6);
  });
});
