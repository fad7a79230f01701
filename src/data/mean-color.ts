import type { OpenData } from '../experiment/contracts.js';

/** Enough pictures for a color that more would not change visibly. */
const PICTURES = 256;

const known = new WeakMap<object, readonly number[]>();

/** Mean of each channel over the first training pictures, in [0, 1]; computed once per data set and thread. */
export function meanColor({ train, shape }: Pick<OpenData, 'train' | 'shape'>): readonly number[] {
  const before = known.get(train);
  if (before !== undefined) return before;
  const channels = shape[2] as number;
  const sums = new Array<number>(channels).fill(0);
  let values = 0;
  for (let i = 0; i < Math.min(PICTURES, train.length); i++) {
    const { data } = train.get(i);
    data.forEach((value, j) => {
      sums[j % channels] = (sums[j % channels] as number) + value;
    });
    values += data.length / channels;
  }
  const mean = sums.map((sum) => sum / values);
  known.set(train, mean);
  return mean;
}
