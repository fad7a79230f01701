import { describe, expect, it } from 'vitest';
import type { ImagesBlock, TextBlock } from '../../../src/protocol/figure.js';
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
