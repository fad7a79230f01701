/** Dropout: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (JMLR 2014). */
import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../experiment/contracts.js';

/**
 * Sets each value to 0 with probability `rate` and divides the others by 1 - rate. Does nothing at rate 0, outside of
 * training, and where the mode has no draws.
 */
export function dropout<T extends tf.Tensor>(input: T, rate: number, { training, random }: Mode): T {
  if (rate === 0 || !training || random === undefined) return input;
  return tf.mul(input, tf.tensor(dropoutMask(input.size, rate, random.bits()), input.shape)) as T;
}

/**
 * `size` values that are 0 with probability `rate` and else 1 / (1 - rate), a function of the 32-bit seed. Millions are
 * wanted at each step, so they come from xorshift128 (Marsaglia 2003), started from the seed, and not from counters.
 */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - rate);
  const limit = Math.round(rate * 0x1_0000_0000);
  let [x, y, z, w] = [seed | 0, 0x159a55e5, 0x1f123bb5, 0x05491333];
  // The first numbers after a seed of few bits are alike from seed to seed.
  for (let i = -16; i < size; i++) {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w ^= (w >>> 19) ^ t ^ (t >>> 8);
    if (i >= 0 && w >>> 0 >= limit) mask[i] = kept;
  }
  return mask;
}
