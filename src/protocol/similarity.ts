/**
 * What a loss of the NT-Xent / InfoNCE kind makes of similarities (Chen et al. 2020; van den Oord et al. 2018):
 * `-log softmax(values[i] / t)[positives[i]]` over all columns but `excluded[i]`.
 */
import type { SimilarityBlock } from './figure.js';

/** The numbers of a similarity block, without its pictures. */
export interface Similarities extends Pick<SimilarityBlock, 'values' | 'positives' | 'excluded'> {
  readonly rows: number;
  readonly columns: number;
}

export const similaritiesOf = (block: SimilarityBlock): Similarities => ({
  values: block.values,
  positives: block.positives,
  excluded: block.excluded,
  rows: block.anchors.length,
  columns: block.candidates.length,
});

export const similarityAt = (of: Similarities, row: number, column: number): number =>
  of.values[row * of.columns + column]!;

/** How many candidates a row chooses from. */
export const choices = (of: Similarities, row: number): number => of.columns - (of.excluded[row]! >= 0 ? 1 : 0);

/** Loss of a row whose candidates are all equally similar: as good as guessing. */
export const chanceLoss = (of: Similarities, row: number): number => Math.log(choices(of, row));

/** The log of the softmax denominator, computed from the largest value so that small temperatures do not overflow. */
function logSum(of: Similarities, row: number, temperature: number): number {
  const start = row * of.columns;
  const excluded = of.excluded[row]!;
  let largest = -Infinity;
  for (let k = 0; k < of.columns; k++) if (k !== excluded) largest = Math.max(largest, of.values[start + k]!);
  let sum = 0;
  for (let k = 0; k < of.columns; k++)
    if (k !== excluded) sum += Math.exp((of.values[start + k]! - largest) / temperature);
  return Math.log(sum) + largest / temperature;
}

/** Loss of one row, in nats. */
export const pairLoss = (of: Similarities, row: number, temperature: number): number =>
  logSum(of, row, temperature) - similarityAt(of, row, of.positives[row]!) / temperature;

export interface Negative {
  readonly column: number;
  readonly similarity: number;
  /** Its part of the softmax, in [0, 1]: how strongly the loss pushes it away. */
  readonly share: number;
}

/** The negatives of a row, the most similar first. */
export function hardestNegatives(of: Similarities, row: number, temperature: number, count: number): Negative[] {
  const columns = Array.from({ length: of.columns }, (_, column) => column).filter(
    (column) => column !== of.positives[row] && column !== of.excluded[row],
  );
  columns.sort((a, b) => similarityAt(of, row, b) - similarityAt(of, row, a));
  const total = logSum(of, row, temperature);
  return columns.slice(0, count).map((column) => {
    const similarity = similarityAt(of, row, column);
    return { column, similarity, share: Math.exp(similarity / temperature - total) };
  });
}

/** What part of the softmax of all negatives together falls to these: who does the pushing. */
export function shareOfPush(
  of: Similarities,
  row: number,
  temperature: number,
  negatives: readonly Negative[],
): number {
  const allNegatives = -Math.expm1(-pairLoss(of, row, temperature));
  const these = negatives.reduce((sum, { share }) => sum + share, 0);
  return allNegatives > 0 ? Math.min(1, these / allNegatives) : 0;
}

/** Place of the positive among the candidates of its row, from 1; equals share the better place. */
export function positiveRank(of: Similarities, row: number): number {
  const positive = similarityAt(of, row, of.positives[row]!);
  let rank = 1;
  for (let k = 0; k < of.columns; k++) if (k !== of.excluded[row] && similarityAt(of, row, k) > positive) rank++;
  return rank;
}

export interface BatchSummary {
  /** Fraction of rows whose positive is the most similar; among equals it counts as a fair draw. */
  readonly found: number;
  /** The same when guessing. */
  readonly chance: number;
  /** Mean similarity. */
  readonly positives: number;
  readonly negatives: number;
}

export function summarize(of: Similarities): BatchSummary {
  let found = 0;
  let chance = 0;
  let positives = 0;
  let negatives = 0;
  let negativeCount = 0;
  for (let row = 0; row < of.rows; row++) {
    const positive = similarityAt(of, row, of.positives[row]!);
    let better = 0;
    let equal = 0;
    for (let k = 0; k < of.columns; k++) {
      if (k === of.excluded[row]) continue;
      const value = similarityAt(of, row, k);
      if (value > positive) better++;
      else if (value === positive) equal++;
      if (k === of.positives[row]) continue;
      negatives += value;
      negativeCount++;
    }
    if (better === 0) found += 1 / equal;
    chance += 1 / choices(of, row);
    positives += positive;
  }
  return {
    found: found / of.rows,
    chance: chance / of.rows,
    positives: positives / of.rows,
    negatives: negatives / Math.max(1, negativeCount),
  };
}

/** Mean loss of all rows, in nats, and what guessing costs. */
export function meanLoss(of: Similarities, temperature: number): { readonly loss: number; readonly chance: number } {
  let loss = 0;
  let chance = 0;
  for (let row = 0; row < of.rows; row++) {
    loss += pairLoss(of, row, temperature);
    chance += chanceLoss(of, row);
  }
  return { loss: loss / of.rows, chance: chance / of.rows };
}

export interface Histogram {
  /** Fraction of all positives (negatives) in each of the equal bins of [-1, 1]. */
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

export function histogram(of: Similarities, bins: number): Histogram {
  const positives = new Array<number>(bins).fill(0);
  const negatives = new Array<number>(bins).fill(0);
  for (let row = 0; row < of.rows; row++) {
    for (let k = 0; k < of.columns; k++) {
      if (k === of.excluded[row]) continue;
      // Float rounding may leave [-1, 1] by a little.
      const bin = Math.floor(((similarityAt(of, row, k) + 1) / 2) * bins);
      const counts = k === of.positives[row] ? positives : negatives;
      counts[Math.max(0, Math.min(bins - 1, bin))]!++;
    }
  }
  const fractions = (counts: number[]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total > 0 ? count / total : 0));
  };
  return { positives: fractions(positives), negatives: fractions(negatives) };
}
