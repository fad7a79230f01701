import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Column, lowerBound, nearestIndex, upperBound } from '../../../webview/charts/data/column.js';
import { Pyramid } from '../../../webview/charts/data/pyramid.js';
import { reduce, visibleGaps } from '../../../webview/charts/data/reduce.js';
import { Smoothed } from '../../../webview/charts/data/smoothing.js';

const columnOf = (values: ArrayLike<number>): Column => {
  const column = new Column();
  column.append(values);
  return column;
};
const lineOf = (values: ArrayLike<number>) => {
  const column = columnOf(values);
  const pyramid = new Pyramid(column);
  pyramid.update(0);
  return { column, pyramid };
};
const count = (length: number) => Array.from({ length }, (_, i) => i);

describe('Column', () => {
  it('keeps what was appended in many pieces, and cuts at the end', () => {
    const column = new Column();
    for (let i = 0; i < 1000; i++) column.append([2 * i, 2 * i + 1]);
    expect([...column.values]).toEqual(count(2000));
    column.truncate(3);
    column.append([9]);
    expect([...column.values]).toEqual([0, 1, 2, 9]);
  });

  it('is searched as an ascending list', () => {
    const column = columnOf([1, 3, 3, 5]);
    expect([0, 1, 3, 4, 6].map((bound) => lowerBound(column, bound))).toEqual([0, 0, 1, 3, 4]);
    expect([0, 1, 3, 4, 6].map((bound) => upperBound(column, bound))).toEqual([0, 1, 3, 3, 4]);
    expect([-1, 1.9, 2.1, 4.5, 9].map((target) => nearestIndex(column, target))).toEqual([0, 0, 1, 3, 3]);
    expect(nearestIndex(new Column(), 1)).toBe(-1);
  });
});

describe('Pyramid', () => {
  const number = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -50, max: 50 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
  );

  it('finds the extremes of any range, whatever was appended and cut before', () => {
    const edit = fc.record({
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
      add: fc.array(number, { maxLength: 900 }),
    });
    const range = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), range, (edits, [a, b]) => {
        const column = new Column();
        const pyramid = new Pyramid(column);
        for (const { keep, add } of edits) {
          column.truncate(Math.floor(keep * column.length));
          pyramid.update(column.length);
          const from = column.length;
          column.append(add);
          pyramid.update(from);
        }
        const from = Math.floor(Math.min(a, b) * column.length);
        const to = Math.ceil(Math.max(a, b) * column.length);
        pyramid.find(from, to);
        const finite = [...column.values.subarray(from, to)].filter(Number.isFinite);
        if (finite.length === 0) return pyramid.low === -1 && pyramid.high === -1;
        return column.at(pyramid.low) === Math.min(...finite) && column.at(pyramid.high) === Math.max(...finite);
      }),
    );
  });
});

describe('reduce', () => {
  const window = { min: 0, max: 99_999, pixels: 500, log: false };

  it('never drops a spike, and keeps to two points a pixel', () => {
    const values = new Float64Array(100_000).map((_, i) => Math.sin(i / 100));
    values[33_333] = 40;
    values[66_666] = -40;
    const points = reduce(columnOf(count(100_000)), lineOf(values), window);
    expect(points.length).toBeLessThanOrEqual(2 * window.pixels + 2);
    expect(points).toContainEqual({ x: 33_333, y: 40 });
    expect(points).toContainEqual({ x: 66_666, y: -40 });
    const xs = points.map(({ x }) => x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });

  it('shows every point when few are in sight, and one beyond each side', () => {
    const points = reduce(columnOf(count(1000)), lineOf(count(1000)), { ...window, min: 10, max: 12.5 });
    expect(points.map(({ x }) => x)).toEqual([9, 10, 11, 12, 13]);
  });

  it('counts positions from the origin', () => {
    const points = reduce(columnOf([1000, 1010, 1020]), lineOf([1, 2, 3]), { ...window, min: 0, max: 20 }, 1000);
    expect(points).toEqual([
      { x: 0, y: 1 },
      { x: 10, y: 2 },
      { x: 20, y: 3 },
    ]);
  });

  it('breaks the line where nothing is finite', () => {
    const values = new Float64Array(10_000).map((_, i) => (i >= 4000 && i < 6000 ? Number.NaN : 1));
    const points = reduce(columnOf(count(10_000)), lineOf(values), { ...window, max: 9999, pixels: 100 });
    expect(points.some(({ x, y }) => x >= 4000 && x < 6000 && Number.isNaN(y))).toBe(true);
    expect(reduce(columnOf([0, 1]), lineOf([1, Infinity]), window)[1]?.y).toBeNaN();
  });

  it('spreads a log axis evenly over its pixels', () => {
    const points = reduce(columnOf(count(100_000)), lineOf(count(100_000)), {
      min: 1,
      max: 99_999,
      pixels: 100,
      log: true,
    });
    expect(points.length).toBeLessThanOrEqual(202);
    expect(points.filter(({ x }) => x <= 316).length).toBeGreaterThan(60);
    expect(points.every(({ x }) => x > 0)).toBe(true);
  });
});

describe('visibleGaps', () => {
  it('marks each kind once a pixel, at its position', () => {
    const values = count(1000).map(() => 1);
    values[500] = Number.NaN;
    values[501] = Number.NaN;
    values[502] = Infinity;
    values[900] = -Infinity;
    const gaps = columnOf([500, 501, 502, 900]);
    const found = visibleGaps(columnOf(count(1000)), columnOf(values), gaps, {
      min: 100,
      max: 999,
      pixels: 50,
      log: false,
    });
    expect(found).toEqual([
      { x: 500, kind: 'NaN' },
      { x: 502, kind: 'Infinity' },
      { x: 900, kind: '-Infinity' },
    ]);
  });
});

describe('Smoothed', () => {
  /** The definition: s_n / (1 - a^n) with s_n = a s_(n-1) + (1 - a) x_n. */
  const definition = (values: readonly number[], a: number): number[] => {
    let s = 0;
    return values.map((value, i) => {
      s = a * s + (1 - a) * value;
      return s / (1 - a ** (i + 1));
    });
  };

  it('is the bias-corrected moving average', () => {
    const values = count(200).map((i) => Math.cos(i) + i / 50);
    const smoothed = [...new Smoothed(columnOf(values), 0.9).column.values];
    definition(values, 0.9).forEach((expected, i) => {
      expect(smoothed[i]).toBeCloseTo(expected, 10);
    });
  });

  it('leaves a constant exactly constant', () => {
    const { column } = new Smoothed(columnOf(new Float64Array(500).fill(0.1)), 0.99);
    expect(new Set(column.values)).toEqual(new Set([0.1]));
  });

  it('passes over values that are not finite', () => {
    const { column } = new Smoothed(columnOf([1, Number.NaN, 3]), 0.5);
    expect(column.at(1)).toBeNaN();
    expect(column.at(2)).toBeCloseTo(definition([1, 3], 0.5)[1] as number, 12);
  });

  it('gives the same values when points come in pieces and after a rewind', () => {
    const values = count(300).map((i) => Math.sin(i * i));
    const source = columnOf(values.slice(0, 120));
    const grown = new Smoothed(source, 0.8);
    source.append([5, Number.NaN, 7]);
    grown.update(120);
    source.truncate(100);
    grown.update(100);
    source.append(values.slice(100));
    grown.update(100);
    const once = [...new Smoothed(columnOf(values), 0.8).column.values];
    [...grown.column.values].forEach((value, i) => {
      expect(value).toBeCloseTo(once[i] as number, 12);
    });
  });
});
