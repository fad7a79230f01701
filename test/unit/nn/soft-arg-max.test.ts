import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { spatialSoftArgMax } from '../../../src/nn/soft-arg-max.js';
import golden from '../../golden/temporal.json' with { type: 'json' };
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const FROZEN = { training: false };

onBackends('spatial soft-arg-max', () => {
  afterEach(() => tf.disposeVariables());
  const apply = (map: tf.Tensor) => spatialSoftArgMax().apply(map, FROZEN);

  it('agrees with PyTorch', () => {
    const { map, positions } = golden.softArgMax;
    const own = apply(tf.tensor4d(map, [2, 5, 7, 3]));
    expect(own.shape).toEqual([2, 6]);
    positions.forEach((value, i) => {
      expect(own.dataSync()[i]).toBeCloseTo(value, 5);
    });
  });

  it('is the place of a strong peak, and the middle of a flat map', () => {
    const peak = tf.buffer([1, 4, 5, 1]);
    peak.set(50, 0, 3, 1, 0);
    const [x, y] = apply(peak.toTensor()).dataSync();
    expect([x, y]).toEqual([expect.closeTo(-0.5, 5), expect.closeTo(1, 5)]);
    for (const value of apply(tf.ones([1, 3, 3, 2])).dataSync()) expect(value).toBeCloseTo(0, 6);
    expect(apply(tf.ones([1, 1, 1, 2])).arraySync()).toEqual([[0, 0, 0, 0]]);
  });

  it('has the gradient that finite differences tell', () => {
    const weights = draws(2, [1, 4]);
    expectGradient((map) => tf.sum(tf.mul(apply(map), weights)), draws(1, [1, 3, 4, 2]));
  });
});
