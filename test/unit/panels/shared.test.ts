import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppliedOp } from '../../../src/protocol/figure.js';
import { Replay } from '../../../webview/pairs/replay.js';
import { moveCell } from '../../../webview/shared/cells.js';
import { isCrisp, toRgba } from '../../../webview/shared/pixels.js';
import { setTranslations, t } from '../../../webview/shared/strings.js';
import { drawnText, tileText, wasApplied } from '../../../webview/shared/trace.js';
import { fixed, percent, shortNumber, shortValue } from '../../../webview/shared/values.js';

afterEach(() => {
  setTranslations({});
  vi.useRealTimers();
});

describe('pixels', () => {
  it('become RGBA from gray, color and color with opacity', () => {
    const of = (channels: 1 | 3 | 4, ...data: number[]) => [
      ...toRgba({ width: 1, height: data.length / channels, channels, data: Uint8Array.from(data) }),
    ];
    expect(of(1, 7, 9)).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
    expect(of(3, 1, 2, 3)).toEqual([1, 2, 3, 255]);
    expect(of(4, 1, 2, 3, 4)).toEqual([1, 2, 3, 4]);
  });

  it('keep hard edges in small pictures only', () => {
    const size = (width: number, height: number) => isCrisp({ width, height, channels: 1, data: new Uint8Array() });
    expect([size(28, 28), size(96, 96), size(28, 224)]).toEqual([true, true, false]);
  });
});

describe('strings', () => {
  it('are translated before their places are filled', () => {
    expect(t('{0} of {1}', 3, 10)).toBe('3 of 10');
    setTranslations({ '{0} of {1}': '共 {1} 张，第 {0} 张' });
    expect(t('{0} of {1}', 3, 10)).toBe('共 10 张，第 3 张');
    expect(t('seed {0}', '{1}')).toBe('seed {1}');
  });
});

describe('numbers', () => {
  it('are short and written as in code', () => {
    expect([0.41234, 12, -0.5, 1 / 3000, 123.456].map(shortNumber)).toEqual(['0.412', '12', '-0.5', '0.000333', '123']);
    expect(shortValue([0.08, 1])).toBe('[0.08, 1]');
    expect(shortValue({ mode: 'same', p: 0.25 })).toBe('mode: same, p: 0.25');
    expect(shortValue(undefined)).toBe('undefined');
  });

  it('have a minus sign only below zero', () => {
    expect([0.914, -0.314, -0.001].map((value) => fixed(value))).toEqual(['0.91', '−0.31', '0.00']);
  });

  it('show small percentages with a digit', () => {
    expect([0, 0.021, 0.0996, 0.784, 1].map(percent)).toEqual(['0', '2.1', '10', '78', '100']);
  });
});

describe('what was drawn', () => {
  const trace: AppliedOp[] = [
    { op: 'crop', index: 0, applied: true, drawn: { top: 3, scale: 0.41234 } },
    { op: 'flip', index: 1, applied: true, drawn: {} },
    { op: 'blur', index: 2, applied: false, drawn: {} },
  ];
  const image = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) } as const;

  it('is said in words', () => {
    expect(drawnText(trace[0]!)).toBe('top 3 · scale 0.412');
    expect(tileText({ image, caption: 'view 1', label: 'coat', trace })).toBe(
      'view 1; label coat; crop with top 3 · scale 0.412; flip; blur not applied',
    );
  });

  it('counts as applied by position', () => {
    expect([0, 1, 2, 3].map((index) => wasApplied(trace, index))).toEqual([true, true, false, false]);
    expect(wasApplied(undefined, 0)).toBe(false);
  });
});

describe('the cursor in the matrix', () => {
  it('moves by keys and stays inside', () => {
    const move = (key: string) => moveCell({ row: 1, column: 2 }, key, 12, 4, 0);
    expect(move('ArrowUp')).toEqual({ row: 0, column: 2 });
    expect(move('PageDown')).toEqual({ row: 11, column: 2 });
    expect(move('PageUp')).toEqual({ row: 0, column: 2 });
    expect(move('End')).toEqual({ row: 1, column: 3 });
    expect(move('Enter')).toEqual({ row: 1, column: 0 });
    expect(move('x')).toBeUndefined();
  });
});

describe('a replay', () => {
  it('asks for the next checkpoint when the last has been shown for a while', () => {
    vi.useFakeTimers();
    const asked: number[] = [];
    const ended = vi.fn();
    const replay = new Replay((checkpoint) => asked.push(checkpoint), ended, 700);
    replay.start();
    replay.shown(3, 3);
    vi.advanceTimersByTime(1000);
    expect(asked).toEqual([0]);
    for (const checkpoint of [0, 1, 2]) {
      replay.shown(checkpoint, 3);
      // A repaint of the same checkpoint must not hurry it.
      replay.shown(checkpoint, 3);
      vi.advanceTimersByTime(699);
      expect(asked).toEqual([0, 1, 2].slice(0, checkpoint + 1));
      vi.advanceTimersByTime(1);
    }
    expect(asked).toEqual([0, 1, 2]);
    expect(ended).toHaveBeenCalledOnce();
    expect(replay.at).toBeUndefined();
  });

  it('stops', () => {
    vi.useFakeTimers();
    const asked: number[] = [];
    const replay = new Replay((checkpoint) => asked.push(checkpoint), vi.fn());
    replay.start();
    replay.shown(0, 3);
    replay.stop();
    vi.advanceTimersByTime(5000);
    expect(asked).toEqual([0]);
  });
});
