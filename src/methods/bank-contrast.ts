/** What InstDisc and CMC do with a memory bank: each feature has to find its sample's row. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { BuildContext } from '../experiment/contracts.js';
import { instanceSoftmax } from '../losses/instance-softmax.js';
import { estimateNormalizer, nce, nceByChance } from '../losses/nce.js';
import { detached } from '../nn/detached.js';
import type { MemoryBank } from '../nn/memory-bank.js';

/** The option `noise`. */
export const noiseOption = (published: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(65_536)
    .default(0)
    .describe(
      `Rows drawn as noise for each view, for noise-contrastive estimation; 0 takes the softmax over all rows. ${published}`,
    );

export interface BankContrast {
  /** Its parts are `loss`, `accuracy` and `probability`, as instanceSoftmax tells them, and `normalizer` with noise. */
  contrast(
    features: tf.Tensor2D,
    own: tf.Tensor2D,
    indices: Int32Array,
    noise: tf.Tensor | undefined,
  ): { readonly loss: tf.Scalar; readonly logs: Record<string, tf.Scalar>; readonly normalizer?: tf.Scalar };
  /** The loss of guessing. */
  readonly chance: number;
  /** Z, kept from the first step on; undefined without noise. */
  readonly normalizer: tf.Variable<tf.Rank.R0> | undefined;
}

/**
 * By a softmax over all rows, or with `draws` above 0 by NCE, whose normalizer is estimated in the first step.
 * @param name Of the normalizer among the states of the method.
 */
export function bankContrast(
  bank: MemoryBank,
  { temperature, draws, name }: { readonly temperature: number; readonly draws: number; readonly name: string },
  { samples, state }: Pick<BuildContext, 'samples' | 'state'>,
): BankContrast {
  const normalizer = draws > 0 ? (tf.tidy(() => state(name, tf.scalar(0))) as tf.Variable<tf.Rank.R0>) : undefined;
  return {
    normalizer,
    chance: draws > 0 ? nceByChance(draws) : Math.log(samples),
    contrast(features, own, indices, noise) {
      const all = tf.div<tf.Tensor2D>(tf.matMul(features, bank.rows, false, true), temperature);
      const { loss, ...logs } = instanceSoftmax(all, indices);
      if (normalizer === undefined || noise === undefined) return { loss, logs };
      const positive = tf.div<tf.Tensor1D>(tf.sum(tf.mul(features, own), 1), temperature);
      const scores = { positive, all, noise: noise as tf.Tensor2D, draws };
      const estimate = detached(all, () => estimateNormalizer(scores));
      const z = tf.where<tf.Scalar>(tf.greater(normalizer, 0), normalizer as tf.Tensor as tf.Scalar, estimate);
      return { loss: nce(scores, z), logs: { ...logs, normalizer: tf.div(z, samples) }, normalizer: z };
    },
  };
}
