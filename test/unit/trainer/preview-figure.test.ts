import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { ImagesBlock, TextBlock, Tile } from '../../../src/protocol/figure.js';
import type { Preview } from '../../../src/protocol/previewer.js';
import { gridPng, previewPng } from '../../../src/trainer/figure-png.js';
import { exampleFigure, type ShownSample } from '../../../src/trainer/preview-figure.js';
import { memoryData } from '../../support/method.js';

const array = (shape: number[], value = 0) => ({
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  shape,
});

const shown = { method: {}, data: memoryData('image', [], [1, 1, 1]), index: 0 } as unknown as ShownSample;

describe('the figure of an example', () => {
  it('has a tile for each array that is a picture, with what was done to it', () => {
    const trace = [{ op: 'flip', index: 0, applied: true, drawn: {} }];
    const example = { first: array([2, 3, 1], 0.5), second: array([2, 3, 3], 2) };
    const { blocks } = exampleFigure({ example, traces: { second: trace } }, shown);
    expect(blocks).toHaveLength(1);
    const { tiles } = blocks[0] as ImagesBlock;
    expect(tiles.map(({ caption }) => caption)).toEqual(['first', 'second']);
    expect(tiles[0]?.image).toEqual({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(128) });
    expect(tiles[1]?.trace).toBe(trace);
    // Values beyond 1 are clipped.
    expect(tiles[1]?.image.data).toEqual(new Uint8Array(18).fill(255));
  });

  it('takes a stack of pictures apart, and says numbers and other arrays in words', () => {
    const patches = { data: Float32Array.from([0, 0, 1, 1]), shape: [2, 1, 2, 1] };
    const example = { patches, rotation: 2, tokens: { data: new Int32Array(7), shape: [7] } };
    const { blocks } = exampleFigure({ example, traces: {} }, shown);
    const [images, text] = blocks as [ImagesBlock, TextBlock];
    expect(images.tiles.map(({ caption, image }) => [caption, ...image.data])).toEqual([
      ['patches 1', 0, 0],
      ['patches 2', 255, 255],
    ]);
    expect(text.text).toBe('rotation = 2, tokens: Int32Array [7]');
  });
});

const tile = (channels: 1 | 3 | 4, ...data: number[]): Tile => ({
  image: { width: 1, height: 1, channels, data: Uint8Array.from(data) },
  caption: '',
});

describe('the grid as PNG', () => {
  const size = 112;
  const gap = 8;
  const pixel = (png: ReturnType<typeof decode>, x: number, y: number) => [
    ...png.data.slice((y * png.width + x) * 3, (y * png.width + x) * 3 + 3),
  ];

  it('enlarges by a whole factor, gray, color and transparent', () => {
    const png = decode(gridPng([[tile(1, 200), tile(3, 1, 2, 3)], [tile(4, 255, 255, 255, 0)]]));
    expect([png.width, png.height, png.channels]).toEqual([gap + 2 * (size + gap), gap + 2 * (size + gap), 3]);
    expect(pixel(png, 0, 0)).toEqual([32, 32, 32]);
    expect(pixel(png, gap, gap)).toEqual([200, 200, 200]);
    expect(pixel(png, gap + size - 1, gap + size - 1)).toEqual([200, 200, 200]);
    expect(pixel(png, gap + size, gap)).toEqual([32, 32, 32]);
    expect(pixel(png, 2 * gap + size, gap)).toEqual([1, 2, 3]);
    expect(pixel(png, gap, 2 * gap + size)).toEqual([32, 32, 32]);
  });

  it('has the original at the left of the first draw', () => {
    const draws = [1, 2].map((value) => ({
      title: '',
      blocks: [{ kind: 'images' as const, tiles: [tile(1, 10 * value), tile(1, 10 * value + 1)] }],
    }));
    const png = decode(
      previewPng({ original: [{ kind: 'images', tiles: [tile(1, 99)] }], draws } as unknown as Preview),
    );
    const cell = (x: number, y: number) => pixel(png, gap + x * (size + gap), gap + y * (size + gap))[0];
    expect([cell(0, 0), cell(1, 0), cell(2, 0)]).toEqual([99, 10, 11]);
    expect([cell(0, 1), cell(1, 1), cell(2, 1)]).toEqual([32, 20, 21]);
  });
});
