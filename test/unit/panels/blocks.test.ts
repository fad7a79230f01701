import { describe, expect, it } from 'vitest';
import { colorMap } from '../../../src/protocol/color-map.js';
import type { BarsBlock, ImagesBlock, MatrixBlock, Tile } from '../../../src/protocol/figure.js';
import { cellTexts } from '../../../src/protocol/matrix-numbers.js';
import { placeOf } from '../../../webview/shared/blocks/bars.js';
import { columnsOf, rowsOf, tileWidth } from '../../../webview/shared/blocks/images.js';
import { matrixPixels, rangeOf } from '../../../webview/shared/blocks/matrix-pixels.js';
import { tokenText } from '../../../webview/shared/blocks/tokens.js';
import { tileText } from '../../../webview/shared/trace.js';
import { valueText } from '../../../webview/shared/values.js';

const tile = (width: number): Tile => ({
  image: { width, height: 1, channels: 1, data: new Uint8Array(width) },
  caption: 'patch',
});

describe('pictures', () => {
  const columns = (count: number, headings?: string[]) =>
    columnsOf({
      kind: 'images',
      tiles: Array.from({ length: count }, () => tile(8)),
      columns: headings,
    } as ImagesBlock);

  it('stand in full lines where that can be, and under their headings', () => {
    expect([0, 1, 2, 4, 6, 8, 9, 10, 11, 12].map((count) => columns(count))).toEqual([1, 1, 2, 4, 3, 4, 3, 5, 4, 4]);
    expect(columns(12, ['a', 'b'])).toBe(2);
    expect(rowsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('are larger where they have more to show', () => {
    expect([8, 64, 100, 1000].map((width) => tileWidth([tile(8), tile(width)], 70))).toEqual([70, 90, 140, 200]);
    expect(tileWidth([], 70)).toBe(70);
  });

  it('say what they stand for and which boxes lie on them', () => {
    const box = { left: 0, top: 0, width: 4, height: 1 };
    expect(
      tileText({
        ...tile(8),
        role: 'anchor',
        boxes: [
          { ...box, role: 'target', label: '4' },
          { ...box, role: 'prediction' },
        ],
      }),
    ).toBe('patch; anchor; boxes: target 4, prediction');
    // Not twice.
    expect(tileText({ ...tile(8), caption: 'anchor 3', role: 'anchor' })).toBe('anchor 3');
  });
});

describe('bars', () => {
  const places = (values: number[], options: Partial<BarsBlock> = {}) => {
    const block: BarsBlock = {
      kind: 'bars',
      title: '',
      bars: values.map((value) => ({ label: '', value })),
      ...options,
    };
    const place = placeOf(block);
    return [0, ...values].map((value) => Number(place(value).toFixed(1)));
  };

  it('of fractions end at 100 %, unless all are small', () => {
    expect(places([0.5, 1], { unit: 'fraction' })).toEqual([0, 50, 100]);
    expect(places([0.1, 0.2], { unit: 'fraction', chance: 0.2 })).toEqual([0, 45.5, 90.9]);
  });

  it('start at zero on both sides', () => {
    expect(places([10, -1])).toEqual([8.3, 91.7, 0]);
    expect(places([-2, -1])).toEqual([100, 0, 50]);
    expect(places([0])).toEqual([0, 0]);
    expect(places([Number.NaN, 1])[2]).toBe(90.9);
  });
});

describe('a matrix', () => {
  const block: MatrixBlock = {
    kind: 'matrix',
    title: '',
    rows: ['a'],
    columns: ['x', 'y', 'z'],
    values: Float32Array.from([1, 3, Number.NaN]),
  };

  it('spans its values, or the range it is given', () => {
    expect(rangeOf(block)).toEqual([1, 3]);
    expect(rangeOf({ ...block, range: [0, 9] })).toEqual([0, 9]);
    expect(rangeOf({ ...block, values: Float32Array.from([Number.NaN]) })).toEqual([0, 1]);
  });

  it('is empty where there is no number', () => {
    const { data, width, height } = matrixPixels(block);
    expect([width, height]).toEqual([3, 1]);
    expect([...data]).toEqual([...colorMap[0]!, 255, ...colorMap.at(-1)!, 255, 0, 0, 0, 0]);
  });

  it('has short numbers', () => {
    const texts = (values: number[], unit?: 'fraction') => cellTexts({ values: Float32Array.from(values), unit });
    expect(texts([0.123, -0.5, 1, Number.NaN, -0.001])).toEqual(['0.12', '−0.50', '1.00', '', '0.00']);
    expect([texts([12.34, 3]), texts([1234.5, 3]), texts([7, -3, Number.NaN])]).toEqual([
      ['12.3', '3.0'],
      ['1235', '3'],
      ['7', '−3', ''],
    ]);
    expect(texts([0.05, 0.5], 'fraction')).toEqual(['5', '50']);
    expect([valueText(0.5, 'fraction'), valueText(-1.25, undefined), valueText(Number.NaN, 'fraction')]).toEqual([
      '50 %',
      '−1.25',
      'NaN',
    ]);
  });
});

describe('a token', () => {
  it('is told with its truth and all guesses', () => {
    const guesses = [
      { text: 'dog', probability: 0.41 },
      { text: 'fox', probability: 0.02 },
    ];
    expect(tokenText({ text: '[MASK]', treatment: 'masked', truth: 'fox', guesses })).toBe(
      '[MASK]: masked\ntruth fox\nguesses dog 41 %, fox 2.0 %',
    );
    expect(tokenText({ text: '[CLS]', treatment: 'special' })).toBe('[CLS]: special token');
  });
});
