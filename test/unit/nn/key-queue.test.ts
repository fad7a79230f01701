import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { keyQueue } from '../../../src/nn/key-queue.js';
import { onBackends } from '../backends.js';

onBackends('key queue', () => {
  const make = (size: number) => {
    const state: tf.Variable[] = [];
    const queue = keyQueue(size, 2, {
      random: Random.fromSeed(1),
      state: (_name, initial) => {
        state.push(tf.variable(initial, false));
        return state.at(-1)!;
      },
    });
    return { queue, dispose: () => tf.dispose(state) };
  };
  const batch = (value: number) => tf.fill([2, 2], value) as tf.Tensor2D;

  it('begins with random directions that belong to no sample', () => {
    const { queue, dispose } = make(6);
    for (const length of tf.norm(queue.keys, 2, 1).dataSync()) expect(length).toBeCloseTo(1, 5);
    expect(new Set(queue.keys.dataSync()).size).toBe(12);
    expect([...queue.samples.dataSync()]).toEqual([-1, -1, -1, -1, -1, -1]);
    dispose();
  });

  it('is first in, first out, and knows whose keys it holds', () => {
    const { queue, dispose } = make(4);
    queue.enqueue(batch(1), Int32Array.of(10, 11));
    expect([...queue.samples.dataSync()]).toEqual([10, 11, -1, -1]);
    queue.enqueue(batch(2), Int32Array.of(20, 21));
    queue.enqueue(batch(3), Int32Array.of(30, 31));
    expect([...queue.samples.dataSync()]).toEqual([30, 31, 20, 21]);
    expect([...queue.keys.dataSync()]).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
    dispose();
  });
});
