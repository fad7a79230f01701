/** The colors that occur in pictures, as bins of the ab plane of CIE Lab. */
import { labOf } from '../augment/lab.js';
import type { Image, OpenData } from '../experiment/contracts.js';

export interface ColorBins {
  /** Side of a bin in units of ab. */
  readonly grid: number;
  /** Center of each bin, `[a, b]`. */
  readonly centers: readonly (readonly [a: number, b: number])[];
  /** Part of all pixels in each bin; sums to 1. */
  readonly shares: readonly number[];
}

/** Pictures that are looked at, evenly spread over the training data: rarer colors would have next to no pixels. */
const PICTURES = 1000;

/** Bins of this size that have pixels in the training data; every second pixel of a row is looked at. */
export function colorBins({ train }: Pick<OpenData, 'train'>, grid: number): ColorBins {
  const counts = new Map<string, { center: [number, number]; count: number }>();
  let total = 0;
  const step = Math.max(1, train.length / PICTURES);
  for (let i = 0; i < train.length; i += step) {
    const { data } = labOf(train.get(Math.floor(i)) as Image);
    for (let j = 0; j < data.length; j += 6) {
      const center: [number, number] = [nearest(data[j + 1] as number, grid), nearest(data[j + 2] as number, grid)];
      const key = center.join();
      const bin = counts.get(key) ?? { center, count: 0 };
      counts.set(key, bin);
      bin.count++;
      total++;
    }
  }
  const bins = [...counts.values()].sort((p, q) => p.center[0] - q.center[0] || p.center[1] - q.center[1]);
  return { grid, centers: bins.map(({ center }) => center), shares: bins.map(({ count }) => count / total) };
}

const nearest = (value: number, grid: number) => grid * Math.round(value / grid) + 0;
