import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { colorOf } from '../../../src/protocol/color-map.js';
import type { Block, Tile } from '../../../src/protocol/figure.js';
import type { Pairs, Preview } from '../../../src/protocol/previewer.js';
import { eachPixel, writable } from '../../../src/trainer/bitmap-font.js';
import { drawBlock, numberText, pairsPng, previewPng } from '../../../src/trainer/figure-png.js';
import { background, beside, flow, Raster, stack, wrap } from '../../../src/trainer/raster.js';

type Picture = Pick<Raster, 'width' | 'height' | 'data'>;
const pixel = ({ width, data }: Picture, x: number, y: number) => [
  ...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
];
/** How many pixels have exactly this color. */
const count = ({ data }: Picture, color: readonly number[]) => {
  let found = 0;
  for (let i = 0; i < data.length; i += 3) if (color.every((value, c) => data[i + c] === value)) found++;
  return found;
};
const tile = (channels: 1 | 3 | 4, ...data: number[]): Tile => ({
  image: { width: 1, height: data.length / channels, channels, data: Uint8Array.from(data) },
  caption: '',
});

describe('the font', () => {
  it('draws letters that differ, and nothing for a space', () => {
    const shape = (character: string) => {
      const pixels: string[] = [];
      eachPixel(character, (x, y) => pixels.push(`${x},${y}`));
      return pixels.join(' ');
    };
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(new Set(printable.map(shape)).size).toBe(95);
    expect(shape(' ')).toBe('');
    expect(shape('-')).toBe('0,3 1,3 2,3 3,3 4,3');
    expect(shape('_')).toBe('0,7 1,7 2,7 3,7 4,7');
  });

  it('stands in for what it does not have', () => {
    expect(writable('naïve “x” − 90° → ½…')).toBe('naive "x" - 90° → 1?2...');
    expect(writable('漢')).toBe('?');
  });

  it('breaks lines between words, and words that are too long', () => {
    expect(wrap('one two  three', 7)).toEqual(['one two', 'three']);
    expect(wrap('incomprehensible, no', 6)).toEqual(['incomp', 'rehens', 'ible,', 'no']);
    expect(wrap('a\nb', 6)).toEqual(['a', 'b']);
  });
});

describe('a raster', () => {
  it('enlarges pixels to squares, and takes means where it shrinks', () => {
    const gray = (width: number, ...data: number[]) =>
      ({ width, height: data.length / width, channels: 1, data: Uint8Array.from(data) }) as const;
    const large = new Raster(4, 2).picture(gray(2, 10, 20), 0, 0, 4, 2);
    expect([0, 1, 2, 3].map((x) => pixel(large, x, 1)[0])).toEqual([10, 10, 20, 20]);
    const small = new Raster(1, 1).picture(gray(2, 10, 20, 30, 40), 0, 0, 1, 1);
    expect(pixel(small, 0, 0)).toEqual([25, 25, 25]);
  });

  it('shows what was there through what is transparent', () => {
    const { image } = tile(4, 255, 255, 255, 0, 255, 0, 0, 255);
    const raster = new Raster(1, 2).picture(image, 0, 0, 1, 2);
    expect([pixel(raster, 0, 0), pixel(raster, 0, 1)]).toEqual([[...background], [255, 0, 0]]);
  });

  it('goes below, beside, and on in the next line', () => {
    const [a, b] = [new Raster(3, 2), new Raster(4, 5)];
    expect(
      [stack([a, b], 1), beside([a, b], 1), flow([a, b, a], 8, 1)].map(({ width, height }) => [width, height]),
    ).toEqual([
      [4, 8],
      [8, 5],
      [8, 8],
    ]);
  });
});

describe('a block', () => {
  it('of pictures has them under headings, with frames in the color of their role', () => {
    const tiles: Tile[] = [
      { ...tile(1, 200), caption: 'first' },
      { ...tile(3, 1, 2, 3), role: 'positive', label: 'a label' },
      { ...tile(1, 90), boxes: [{ left: 0, top: 0, width: 1, height: 1, role: 'target', label: '4' }] },
    ];
    const plain = drawBlock({ kind: 'images', tiles: [tile(1, 200), tile(3, 1, 2, 3)] });
    expect([plain.width, plain.height]).toEqual([168 * 2 + 16, 168]);
    expect([pixel(plain, 0, 0), pixel(plain, 167, 167), pixel(plain, 168, 0), pixel(plain, 184, 9)]).toEqual([
      [200, 200, 200],
      [200, 200, 200],
      [...background],
      [1, 2, 3],
    ]);
    const headed = drawBlock({ kind: 'images', columns: ['left', 'right'], tiles });
    expect(headed.width).toBe(plain.width);
    expect(headed.height).toBeGreaterThan(2 * 168);
    expect(count(headed, [137, 209, 133])).toBe(168 * 168 - 162 * 162);
    expect(count(headed, [177, 128, 215])).toBeGreaterThan(168 * 168 - 164 * 164 - 1);
  });

  it('of numbers has the colors of its values, writes them, and frames what is marked', () => {
    const matrix = (marks?: Int32Array): Block => ({
      kind: 'matrix',
      title: 'confusion',
      rows: ['a', 'b'],
      columns: ['a', 'b'],
      values: Float32Array.from([0, 1, Number.NaN, 0.5]),
      unit: 'fraction',
      marks,
    });
    const drawn = drawBlock(matrix());
    const cell = 4 * 12 * 30;
    // Numbers take some pixels of a cell, empty cells have none.
    for (const value of [0, 1, 0.5]) {
      const colored = count(drawn, colorOf(value, [0, 1]));
      expect(colored).toBeGreaterThan(0.8 * cell);
      expect(colored).toBeLessThan(cell + 12);
    }
    expect(count(drawn, [137, 209, 133])).toBe(0);
    expect(count(drawBlock(matrix(Int32Array.from([-1, 1]))), [137, 209, 133])).toBe(48 * 30 - 42 * 24);
  });

  it('of bars is as long as its values, with the line of guessing', () => {
    const bars = [0.5, 0.25].map((value) => ({ label: 'x', value, role: 'prediction' as const }));
    const drawn = drawBlock({ kind: 'bars', title: '', bars, unit: 'fraction' });
    const color = [209, 134, 22];
    expect(count(drawn, color)).toBe((200 + 100) * 22);
    expect(
      count(drawBlock({ kind: 'bars', title: '', bars, unit: 'fraction', chance: 0.1 }), [204, 167, 0]),
    ).toBeGreaterThan(50);
  });

  it('of tokens shows treatments by color, and right guesses', () => {
    const token = { text: '[MASK]', treatment: 'masked', truth: 'fox' } as const;
    const drawn = (guess: string) =>
      drawBlock({
        kind: 'tokens',
        lines: [{ caption: 'line', tokens: [{ ...token, guesses: [{ text: guess, probability: 0.4 }] }] }],
      });
    expect(count(drawn('fox'), [92, 66, 112])).toBeGreaterThan(1000);
    expect(count(drawn('fox'), [137, 209, 133])).toBeGreaterThan(50);
    expect(count(drawn('dog'), [137, 209, 133])).toBe(0);
  });

  it('of similarities is a heat map with its pictures', () => {
    const tiles = [tile(3, 250, 1, 1), tile(3, 1, 250, 1)];
    const drawn = drawBlock({
      kind: 'similarity',
      title: '',
      anchors: tiles,
      candidates: tiles,
      values: Float32Array.from([1, 0.5, 0.25, 1]),
      positives: Int32Array.from([1, 0]),
      excluded: Int32Array.from([0, 1]),
      temperature: 1,
    });
    expect(count(drawn, [250, 1, 1])).toBe(2 * 35 * 35);
    expect(count(drawn, colorOf(0.5, [-1, 1]))).toBeGreaterThanOrEqual(36 * 36 - 3 * 4 * 36);
    expect(count(drawn, [0, 0, 0])).toBe(2 * 36 * 36);
  });

  it('has short numbers', () => {
    expect([0.5, 0.0213].map((value) => numberText(value, 'fraction'))).toEqual(['50%', '2.1%']);
    expect([3, -1.23456, Number.NaN].map((value) => numberText(value, undefined))).toEqual(['3', '-1.23', '']);
  });
});

describe('the picture file', () => {
  const draws = [1, 2].map((value) => ({
    title: '',
    blocks: [{ kind: 'images' as const, tiles: [tile(1, 10 * value), tile(1, 10 * value + 1)] }],
  }));
  const size = (png: Uint8Array) => {
    const { width, height } = decode(png);
    return [width, height];
  };

  it('of a preview has the original beside the draws, and a long one above them', () => {
    const of = (count: number) => {
      const original = [{ kind: 'images' as const, tiles: Array.from({ length: count }, () => tile(1, 99)) }];
      return previewPng({ original, draws, methodTitle: 'M', dataTitle: 'D' } as unknown as Preview);
    };
    const [one, six] = [size(of(1)), size(of(6))] as [[number, number], [number, number]];
    expect(one[0]).toBe(16 + 168 + 32 + 352 + 32 + 352 + 16);
    expect(six[0]).toBe(16 + 6 * 168 + 5 * 16 + 16);
    expect(six[1]).toBeGreaterThan(one[1] + 168);
    const decoded = decode(of(1));
    for (const value of [99, 10, 11, 20, 21]) expect(count(decoded as Picture, [value, value, value])).toBe(168 * 168);
  });

  it('of pairs has every block', () => {
    const blocks: Block[] = [...(draws[0]?.blocks ?? []), { kind: 'text', text: 'look' }];
    const png = pairsPng({ blocks, methodTitle: 'M', name: 'n', checkpoint: undefined } as unknown as Pairs);
    expect(count(decode(png) as Picture, [10, 10, 10])).toBe(168 * 168);
  });
});
