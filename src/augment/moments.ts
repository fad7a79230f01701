/** Which moments of a recording Time-Contrastive Networks compare: Sermanet et al. (ICRA 2018), arXiv:1704.06888. */
import type { Random } from '../experiment/random.js';

/** Different moments within a window of the recording, in order: a fixed number, or all there are. */
export function drawMoments(
  frames: number,
  { moments, window }: { readonly moments: number; readonly window: number },
  random: Random,
): Int32Array {
  const length = Math.min(window, frames);
  const start = random.integer(frames - length + 1);
  const chosen = random.permutation(length).subarray(0, moments).sort();
  return Int32Array.from(chosen, (t) => start + t);
}

/**
 * Moments of one film, in order, half of them drawn as above and each with a neighbor at most `radius` frames away, so
 * that there are positives; the same moment may come twice.
 */
export function drawNeighbors(
  frames: number,
  options: { readonly moments: number; readonly window: number; readonly radius: number },
  random: Random,
): Int32Array {
  const half = drawMoments(frames, { ...options, moments: Math.max(1, options.moments >> 1) }, random);
  const neighbors = half.map((t) => {
    const step = 1 + random.integer(options.radius);
    const [before, after] = [t - step, t + step];
    if (before < 0) return Math.min(after, frames - 1);
    return after < frames && random.chance(0.5) ? after : before;
  });
  return Int32Array.from([...half, ...neighbors]).sort();
}
