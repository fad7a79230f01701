/** The permutations that a puzzle knows: few of all there are, far from each other. */
import type { Random } from '../experiment/random.js';

export type SelectionRule = 'mean' | 'maxMin';

/** Candidates looked at for each choice where there are too many permutations to list them all. */
const sampledCandidates = 2000;
const listedAtMost = 10_000;

/** Number of places that differ. */
export const hamming = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).filter((value, i) => value !== b[i]).length;

/**
 * A set of permutations of 0..length-1, chosen greedily: the first at random, then again and again the one with the
 * greatest mean Hamming distance to those chosen (`mean`: Noroozi & Favaro 2016), or with the greatest least distance
 * (`maxMin`: VISSL), the mean deciding among equals. Sets by the mean hold near-duplicates.
 */
export function permutationSet(random: Random, length: number, count: number, rule: SelectionRule): Uint8Array[] {
  const all = listed(length);
  if (all !== undefined && count > all.length)
    throw new RangeError(`there are ${all.length} permutations of ${length} tiles, fewer than ${count}`);
  const chosen: Uint8Array[] = [Uint8Array.from(random.permutation(length))];
  // Sums and least values of the distances to those chosen, kept for the listed candidates.
  const sums = new Float64Array(all?.length ?? 0);
  const least = new Float64Array(all?.length ?? 0).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < count) {
    const candidates =
      all ?? Array.from({ length: sampledCandidates }, () => Uint8Array.from(random.permutation(length)));
    let best = -1;
    let bestScore = -1;
    candidates.forEach((candidate, i) => {
      const news = all === undefined ? chosen : chosen.slice(-1);
      const distances = news.map((other) => hamming(candidate, other));
      const sum = distances.reduce((a, b) => a + b, 0) + (all === undefined ? 0 : (sums[i] as number));
      const min = Math.min(...distances, all === undefined ? length : (least[i] as number));
      if (all !== undefined) {
        sums[i] = sum;
        least[i] = min;
      }
      if (min === 0) return;
      const mean = sum / chosen.length;
      const score = rule === 'mean' ? mean : min * (length + 1) + mean;
      if (score > bestScore) {
        best = i;
        bestScore = score;
      }
    });
    chosen.push(candidates[best] as Uint8Array);
  }
  return chosen;
}

/** All permutations, in lexical order, unless they are too many. */
function listed(length: number): Uint8Array[] | undefined {
  let count = 1;
  for (let i = 2; i <= length; i++) count *= i;
  if (count > listedAtMost) return undefined;
  const all: Uint8Array[] = [];
  const extend = (prefix: readonly number[]) => {
    if (prefix.length === length) all.push(Uint8Array.from(prefix));
    for (let i = 0; i < length; i++) if (!prefix.includes(i)) extend([...prefix, i]);
  };
  extend([]);
  return all;
}
