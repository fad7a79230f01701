import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chanceLoss,
  hardestNegatives,
  histogram,
  meanLoss,
  pairLoss,
  positiveRank,
  type Similarities,
  shareOfPush,
  summarize,
} from '../../../src/protocol/similarity.js';

/** N pictures in two views against each other, as SimCLR compares them; `similarity` of two samples' numbers. */
function batch(n: number, similarity: (sampleA: number, sampleB: number) => number): Similarities {
  const rows = 2 * n;
  return {
    rows,
    columns: rows,
    values: Float32Array.from({ length: rows * rows }, (_, i) => similarity(Math.floor(i / rows) % n, (i % rows) % n)),
    positives: Int32Array.from({ length: rows }, (_, i) => (i + n) % rows),
    excluded: Int32Array.from({ length: rows }, (_, i) => i),
  };
}

/** One row: its positive first, then the negatives; nothing left out. */
const row = (...values: number[]): Similarities => ({
  rows: 1,
  columns: values.length,
  values: Float32Array.from(values),
  positives: Int32Array.of(0),
  excluded: Int32Array.of(-1),
});

/** Divisor with which exp(s / t) is 2 to the power of s: shares become simple fractions. */
const powersOfTwo = 1 / Math.LN2;

describe('the loss of a pair', () => {
  it.each([
    [2, 1.098612],
    [128, 5.541264],
  ])('is ln(2N-1) when all vectors of %i pictures are the same', (n, expected) => {
    const of = batch(n, () => 1);
    expect(pairLoss(of, 0, 0.5)).toBeCloseTo(expected, 5);
    expect(pairLoss(of, 1, 0.1)).toBeCloseTo(Math.log(2 * n - 1), 5);
    expect(chanceLoss(of, 0)).toBeCloseTo(Math.log(2 * n - 1), 12);
  });

  it.each([
    [2, 0.5, 0.239545],
    [128, 0.5, 3.56601],
    [128, 0.1, 0.011466],
  ])('is ln(1 + (2N-2) exp(-1/t)) for %i aligned, mutually orthogonal pairs at temperature %f', (n, t, expected) => {
    const of = batch(n, (a, b) => (a === b ? 1 : 0));
    expect(pairLoss(of, 3, t)).toBeCloseTo(expected, 5);
    expect(meanLoss(of, t).loss).toBeCloseTo(expected, 5);
  });

  it.each([
    [0.07, 0.002556],
    [0.1, 0.170551],
    [0.2, 3.353359],
  ])('against a queue of 4096 orthogonal negatives at temperature %f is %f', (t, expected) => {
    const of = row(1, ...new Array<number>(4096).fill(0));
    expect(pairLoss(of, 0, t)).toBeCloseTo(expected, 5);
    expect(chanceLoss(of, 0)).toBeCloseTo(Math.log(4097), 12);
  });

  it('stays finite at temperatures that overflow the exponential', () => {
    expect(pairLoss(row(1, 0.9), 0, 0.001)).toBeCloseTo(0, 12);
    expect(pairLoss(row(-1, 1), 0, 0.001)).toBeCloseTo(2000, 6);
  });
});

describe('the shares of the softmax', () => {
  it('are exp(s / t) over their sum', () => {
    // 2^1, 2^-1, 2^0 of a total of 3.5: shares 4/7, 1/7, 2/7.
    const of = row(1, -1, 0);
    const negatives = hardestNegatives(of, 0, powersOfTwo, 6);
    expect(negatives.map(({ column }) => column)).toEqual([2, 1]);
    expect(negatives[0]!.share).toBeCloseTo(2 / 7, 6);
    expect(negatives[1]!.share).toBeCloseTo(1 / 7, 6);
    expect(pairLoss(of, 0, powersOfTwo)).toBeCloseTo(Math.log(7 / 4), 6);
    expect(shareOfPush(of, 0, powersOfTwo, negatives.slice(0, 1))).toBeCloseTo(2 / 3, 6);
    expect(shareOfPush(of, 0, powersOfTwo, negatives)).toBeCloseTo(1, 6);
  });

  it('add up to one with the positive', () => {
    const similarity = fc.double({ min: -1, max: 1, noNaN: true });
    const temperature = fc.double({ min: 0.02, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(similarity, { minLength: 2, maxLength: 40 }), temperature, (values, t) => {
        const of = row(...values);
        const negatives = hardestNegatives(of, 0, t, values.length).reduce((sum, { share }) => sum + share, 0);
        expect(negatives + Math.exp(-pairLoss(of, 0, t))).toBeCloseTo(1, 6);
      }),
    );
  });

  it('move to the hardest negative as the temperature falls', () => {
    const of = row(0.2, 0.6, 0.5, 0.1);
    const hardestShare = (t: number) => shareOfPush(of, 0, t, hardestNegatives(of, 0, t, 1));
    expect(hardestShare(1)).toBeLessThan(hardestShare(0.3));
    expect(hardestShare(0.3)).toBeLessThan(hardestShare(0.05));
    expect(hardestShare(0.01)).toBeGreaterThan(0.99);
  });

  it('leave out the anchor itself and the positive', () => {
    const of = batch(3, (a, b) => (a === b ? 1 : 0.1 * b));
    const columns = hardestNegatives(of, 0, 0.5, 99).map(({ column }) => column);
    expect(columns.toSorted()).toEqual([1, 2, 4, 5]);
    expect(columns.slice(0, 2).toSorted()).toEqual([2, 5]);
  });
});

describe('the batch as a whole', () => {
  it('counts anchors whose positive is the most similar', () => {
    const of: Similarities = {
      rows: 2,
      columns: 3,
      values: Float32Array.of(0.9, 0.1, 0.2, 0.3, 0.8, 0.5),
      positives: Int32Array.of(0, 2),
      excluded: Int32Array.of(-1, -1),
    };
    const { found, chance, positives, negatives } = summarize(of);
    expect(found).toBe(0.5);
    expect(chance).toBeCloseTo(1 / 3, 12);
    expect(positives).toBeCloseTo(0.7, 6);
    expect(negatives).toBeCloseTo((0.1 + 0.2 + 0.3 + 0.8) / 4, 6);
    expect(positiveRank(of, 0)).toBe(1);
    expect(positiveRank(of, 1)).toBe(2);
  });

  it('finds a collapsed network no better than guessing', () => {
    const { found, chance } = summarize(batch(4, () => 1));
    expect(found).toBeCloseTo(1 / 7, 12);
    expect(chance).toBeCloseTo(1 / 7, 12);
    const { loss, chance: guessing } = meanLoss(
      batch(4, () => 1),
      0.5,
    );
    expect(loss).toBeCloseTo(guessing, 6);
  });

  it('sorts similarities into bins of [-1, 1]', () => {
    const { positives, negatives } = histogram(row(1, -1, -0.4, 0.1, 0.2), 4);
    expect(positives).toEqual([0, 0, 0, 1]);
    expect(negatives).toEqual([0.25, 0.25, 0.5, 0]);
  });

  it('has no negatives in its histogram when there are none', () => {
    expect(histogram(row(0.5), 2)).toEqual({ positives: [0, 1], negatives: [0, 0] });
  });
});
