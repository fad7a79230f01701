/** The queue of MoCo: keys of earlier batches as negatives. He et al., "Momentum contrast" (CVPR 2020). */
import * as tf from '@tensorflow/tfjs-core';
import type { BuildContext } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { unitRows } from './unit-rows.js';

export interface KeyQueue {
  /** `[size, dimension]`, unit vectors, the newest first; random ones until keys have taken all places. */
  readonly keys: tf.Variable<tf.Rank.R2>;
  /** int32 `[size]`: of which sample each key is; -1 for the random ones. */
  readonly samples: tf.Variable<tf.Rank.R1>;
  /** Puts keys of a batch at the front; as many at the end leave. */
  enqueue(keys: tf.Tensor2D, samples: Int32Array): void;
}

/**
 * First in, first out: the whole queue moves on with each batch, so the place of a key tells its age, and every step is
 * the same computation (a write position that moves would be another one each time). Its content is what a ring buffer
 * holds.
 */
export function keyQueue(
  size: number,
  dimension: number,
  { random, state }: { readonly random: Random; readonly state: BuildContext['state'] },
): KeyQueue {
  const [keys, samples] = tf.tidy(() => [
    state('queue', unitRows(size, dimension, random)) as tf.Variable<tf.Rank.R2>,
    state('queueSamples', tf.fill([size], -1, 'int32')) as tf.Variable<tf.Rank.R1>,
  ]);
  return {
    keys,
    samples,
    enqueue: (fresh, indices) =>
      tf.tidy(() => {
        const left = size - indices.length;
        keys.assign(tf.concat([fresh, tf.slice(keys, 0, left)]));
        samples.assign(tf.concat([tf.tensor1d(indices, 'int32'), tf.slice(samples, 0, left)]));
      }),
  };
}
