import { describe, expect, it } from 'vitest';
import type { Figure, Tile } from '../../../src/protocol/figure.js';
import type { PipelineOp } from '../../../src/protocol/previewer.js';
import { clampSample, firstChoice, followOps, switchOp } from '../../../webview/preview/choice.js';
import { cropRegion } from '../../../webview/preview/crop.js';
import { neighbor, viewsOf } from '../../../webview/preview/views.js';

const ops = (...names: string[]): PipelineOp[] => names.map((op, index) => ({ op, index, options: {} }));
const image = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) } as const;
const tile = (caption: string): Tile => ({ caption, image });

describe('switched-off ops', () => {
  it('follow their op when lines are added or taken away', () => {
    const before = ops('crop', 'blur', 'flip', 'blur');
    expect(followOps([3], before, ops('crop', 'gray', 'blur', 'flip', 'blur'))).toEqual([4]);
    expect(followOps([1, 2], before, ops('flip', 'crop', 'blur', 'blur'))).toEqual([0, 2]);
  });

  it('go with an op that was deleted', () => {
    expect(followOps([1, 2], ops('crop', 'blur', 'flip'), ops('crop', 'flip'))).toEqual([1]);
    expect(followOps([7], ops('crop'), ops('crop'))).toEqual([]);
  });

  it('are kept in order and once', () => {
    const off = switchOp(switchOp(switchOp(firstChoice, 2, false), 0, false), 2, false);
    expect(off.disabled).toEqual([0, 2]);
    expect(switchOp(off, 2, true).disabled).toEqual([0]);
  });
});

describe('the sample number', () => {
  it('stays within the data', () => {
    expect([-3, 0, 4.7, 99, Number.NaN].map((sample) => clampSample(sample, 10))).toEqual([0, 0, 4, 9, 0]);
  });
});

describe('views', () => {
  it('are listed with the draw they belong to', () => {
    const draws: Figure[] = [
      { title: 'draw 1', blocks: [{ kind: 'images', tiles: [tile('a'), tile('b')] }] },
      {
        title: 'draw 2',
        blocks: [
          { kind: 'text', text: 'note' },
          { kind: 'images', tiles: [tile('c')] },
        ],
      },
    ];
    expect(viewsOf(draws).map(({ draw, tile }) => `${draw}${tile.caption}`)).toEqual(['0a', '0b', '1c']);
  });

  it('are reached by arrow keys as they lie on the screen', () => {
    // Two lines: three boxes, then two.
    const boxes = [0, 100, 200, 0, 100].map((left, i) => ({ left, top: i < 3 ? 0 : 80 }));
    expect(neighbor(boxes, 2, 'ArrowRight')).toBe(3);
    expect(neighbor(boxes, 0, 'ArrowLeft')).toBe(0);
    expect(neighbor(boxes, 1, 'ArrowDown')).toBe(4);
    expect(neighbor(boxes, 2, 'ArrowDown')).toBe(4);
    expect(neighbor(boxes, 3, 'ArrowUp')).toBe(0);
    expect(neighbor(boxes, 4, 'ArrowDown')).toBe(4);
    expect(neighbor(boxes, 1, 'End')).toBe(4);
    expect(neighbor(boxes, 1, 'a')).toBe(1);
  });
});

describe('the region a view was cut from', () => {
  const box = { top: 0, left: 1, height: 2, width: 1 };
  const op = (name: string, applied: boolean, drawn = {}) => ({ op: name, index: 0, applied, drawn });

  it('is what the first applied op drew', () => {
    expect(cropRegion([op('flip', false), op('crop', true, box)], image)).toEqual(box);
  });

  it('is unknown when the picture was changed before, or nothing was cut', () => {
    expect(cropRegion([op('flip', true), op('crop', true, box)], image)).toBeUndefined();
    expect(cropRegion([op('crop', false, box)], image)).toBeUndefined();
    expect(cropRegion([op('crop', true, { ...box, width: 3 })], image)).toBeUndefined();
    expect(cropRegion(undefined, image)).toBeUndefined();
  });
});
