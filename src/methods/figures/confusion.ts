/** Which answers were given where which were true. */
import type { MatrixBlock } from '../../protocol/figure.js';

export interface Confusion {
  readonly title: string;
  /** What the answers are, such as `angle`. */
  readonly what: string;
  readonly names: readonly string[];
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/** Shares of the answers in each row of equal truth; rows without a sample are left empty. The diagonal is marked. */
export function confusionMatrix({ title, what, names, truth, predicted }: Confusion): MatrixBlock {
  const size = names.length;
  const counts = new Float32Array(size * size);
  const rows = new Float32Array(size);
  for (let i = 0; i < truth.length; i++) {
    const row = truth[i] as number;
    if (row < 0) continue;
    counts[row * size + (predicted[i] as number)]!++;
    rows[row]!++;
  }
  return {
    kind: 'matrix',
    title,
    rowTitle: `true ${what}`,
    columnTitle: `predicted ${what}`,
    rows: names,
    columns: names,
    values: counts.map((count, i) => count / (rows[Math.floor(i / size)] as number)),
    unit: 'fraction',
    range: [0, 1],
    marks: Int32Array.from({ length: size }, (_, i) => i),
  };
}
