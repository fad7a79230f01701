/**
 * The tuples of frames of Shuffle & Learn: Misra, Zitnick & Hebert, "Shuffle and learn: unsupervised learning using
 * temporal order verification" (ECCV 2016), arXiv:1603.08561.
 */
import type { Random } from '../experiment/random.js';
import { weightedChoice } from './motion.js';

/** Whether the middle frame is where it belongs, or from before or after the two others. */
export const kinds = ['ordered', 'before', 'after'] as const;

export interface OrderTuple {
  /** Frame numbers as the network is shown them. */
  readonly times: readonly [number, number, number];
  /** Position in `kinds`. */
  readonly kind: number;
  /** How much moves between the outer two: the sum of the motion of the frames between them. */
  readonly motion: number;
}

export interface TupleOptions {
  /** Most frames between two of the five neighbors, 2 or more. */
  readonly longest: number;
  /** Least frames between a shuffled middle frame and the outer two, 1 or more. */
  readonly apart: number;
  /** Part of the tuples whose middle frame is from elsewhere. */
  readonly shuffled: number;
}

/** Why clips of so many frames have no tuples, if they have none. */
export function tupleProblem(frames: number, apart: number): string | undefined {
  const least = 3 + 2 * apart;
  if (frames >= least) return undefined;
  return `clips of ${frames} frames are too short: tuples whose shuffled frame is ${apart} frames apart need ${least} or more. Take longer clips, or a smaller "apart"`;
}

/**
 * Draws five frames a < b < c < d < e where much moves, and shows (b, c, d), or (b, a, d) or (b, e, d): the outer two are
 * drawn before it is decided which, so that they tell nothing. Half of the tuples are turned around as a whole.
 * @param motion of a clip, as `frameMotion` gives it.
 */
export function drawTuple(
  motion: Float32Array,
  random: Random,
  { longest, apart, shuffled }: TupleOptions,
): OrderTuple {
  const frames = motion.length + 1;
  const problem = tupleProblem(frames, apart);
  if (problem !== undefined) throw new Error(problem);
  const passed = new Float64Array(frames);
  for (let t = 1; t < frames; t++) passed[t] = (passed[t - 1] as number) + (motion[t - 1] as number);
  const moved = (from: number, to: number) => (passed[to] as number) - (passed[from] as number);

  const windows: [number, number][] = [];
  for (let b = apart; b + 2 < frames - apart; b++)
    for (let d = b + 2; d <= Math.min(b + longest, frames - 1 - apart); d++) windows.push([b, d]);
  const [b, d] = weightedChoice(windows, ([from, to]) => moved(from, to), random);
  const c = weightedChoice(range(b + 1, d - 1), (t) => Math.min(moved(b, t), moved(t, d)), random);
  const a = weightedChoice(range(Math.max(0, b - longest), b - apart), (t) => moved(t, b), random);
  const e = weightedChoice(range(d + apart, Math.min(frames - 1, d + longest)), (t) => moved(d, t), random);
  const chance = random.uniform();
  const kind = chance >= shuffled ? 0 : chance < shuffled / 2 ? 1 : 2;
  const middle = [c, a, e][kind] as number;
  const times = random.chance(0.5) ? ([b, middle, d] as const) : ([d, middle, b] as const);
  return { times, kind, motion: moved(b, d) };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
