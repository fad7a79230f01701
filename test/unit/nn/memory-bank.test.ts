import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { memoryBank } from '../../../src/nn/memory-bank.js';
import { onBackends } from '../backends.js';

onBackends('memory bank', () => {
  const make = (samples: number, dimension: number) => {
    let variable: tf.Variable | undefined;
    const state = (_name: string, initial: tf.Tensor) => {
      variable = tf.variable(initial, false);
      return variable;
    };
    const bank = memoryBank('bank', samples, dimension, 0.5, { random: Random.fromSeed(1), state });
    return { bank, dispose: () => variable?.dispose() };
  };

  it('begins with draws of mean square length 1', () => {
    const { bank, dispose } = make(500, 16);
    expect(Math.abs(tf.mean(tf.sum(tf.square(bank.rows), 1)).dataSync()[0]! - 1)).toBeLessThan(0.05);
    expect(Math.max(...bank.rows.dataSync())).toBeLessThan(Math.sqrt(3 / 16));
    dispose();
  });

  it('moves rows half way and back to length 1: (1, 0) and (0, 1) give (0.7071, 0.7071)', () => {
    const { bank, dispose } = make(2, 2);
    const moved = bank.moved(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]])).dataSync();
    for (const x of moved) expect(x).toBeCloseTo(Math.SQRT1_2, 6);
    dispose();
  });

  it('writes the rows of the samples it is told, and no others', () => {
    const { bank, dispose } = make(5, 2);
    const before = bank.rows.arraySync();
    const indices = Int32Array.of(3, 0);
    bank.write(
      indices,
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(bank.rows.arraySync()).toEqual([[3, 4], before[1], before[2], [1, 2], before[4]]);
    expect(bank.of(indices).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    dispose();
  });
});
