/**
 * The memory bank: one vector per training sample, from the last time it was seen. Wu, Xiong, Yu & Lin, "Unsupervised
 * feature learning via non-parametric instance discrimination" (CVPR 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { BuildContext } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';
import { l2Normalize } from './l2-normalize.js';

export interface MemoryBank {
  /** `[samples, dimension]`. */
  readonly rows: tf.Variable<tf.Rank.R2>;
  /** The rows of these samples, `[indices, dimension]`. */
  of(indices: Int32Array): tf.Tensor2D;
  /** What rows become when their samples have these features: normalized momentum row + (1 - momentum) feature. */
  moved(rows: tf.Tensor, features: tf.Tensor): tf.Tensor2D;
  /** Replaces the rows of these samples, each of which must be there once. */
  write(indices: Int32Array, rows: tf.Tensor): void;
}

/**
 * Begins with uniform draws of mean square length 1, as published; with `unit` their lengths are 1.
 * @param momentum Share of itself that a row keeps, published 0.5.
 */
export function memoryBank(
  name: string,
  samples: number,
  dimension: number,
  momentum: number,
  {
    random,
    state,
    unit = false,
  }: { readonly random: Random; readonly state: BuildContext['state']; readonly unit?: boolean },
): MemoryBank {
  const bound = Math.sqrt(3 / dimension);
  const rows = tf.tidy(() => {
    const draws = Float32Array.from({ length: samples * dimension }, () => random.uniform(-bound, bound));
    const initial = tf.tensor2d(draws, [samples, dimension]);
    return state(name, unit ? l2Normalize(initial) : initial) as tf.Variable<tf.Rank.R2>;
  });
  return {
    rows,
    of: (indices) => tf.gather<tf.Tensor2D>(rows, tf.tensor1d(indices, 'int32')),
    moved: (own, features) => l2Normalize(tf.add<tf.Tensor2D>(tf.mul(own, momentum), tf.mul(features, 1 - momentum))),
    write: (indices, fresh) =>
      tf.tidy(() =>
        rows.assign(tf.tensorScatterUpdate(rows, tf.tensor2d(indices, [indices.length, 1], 'int32'), fresh)),
      ),
  };
}
