/** Where films move, and choosing those places. */
import type { Clip } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

/** How much each frame differs from the one before: mean absolute difference, `[frames - 1]`. */
export function frameMotion({ data, shape: [frames, ...shape] }: Clip): Float32Array {
  const size = shape[0] * shape[1] * shape[2];
  return Float32Array.from({ length: frames - 1 }, (_, t) => {
    let sum = 0;
    for (let i = t * size; i < (t + 1) * size; i++) sum += Math.abs((data[i + size] as number) - (data[i] as number));
    return sum / size;
  });
}

/** One of the candidates, with probability in proportion to its weight; any of them where all weigh nothing. */
export function weightedChoice<T>(candidates: readonly T[], weight: (candidate: T) => number, random: Random): T {
  const weights = candidates.map(weight);
  const total = weights.reduce((a, b) => a + b, 0);
  if (total <= 0) return candidates[random.integer(candidates.length)] as T;
  let left = random.uniform(0, total);
  for (const [i, own] of weights.entries()) {
    if (left < own) return candidates[i] as T;
    left -= own;
  }
  return candidates.at(-1) as T;
}
