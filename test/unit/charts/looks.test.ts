import { describe, expect, it } from 'vitest';
import { assignLooks, colorOf, dashOf, lookCount, type Palette, palettes } from '../../../webview/charts/data/looks.js';

type Vector = readonly [number, number, number];

const linear = (hex: string): Vector =>
  [1, 3, 5].map((i) => {
    const v = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as unknown as Vector;
const luminance = ([r, g, b]: Vector) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
/** WCAG 2 contrast ratio. */
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(linear(a)) + 0.05, luminance(linear(b)) + 0.05];
  return Math.max(x, y) / Math.min(x, y);
};
/** Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB. */
const visions: Readonly<Record<string, readonly Vector[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const times = (matrix: readonly Vector[], [a, b, c]: Vector): Vector =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Vector;
/** Ottosson 2020. */
const okLab = (rgb: Vector): Vector => {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt) as unknown as Vector;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  );
};
const clamp = (rgb: Vector) => rgb.map((v) => Math.min(1, Math.max(0, v))) as unknown as Vector;
const distance = (a: string, b: string, vision: readonly Vector[]) => {
  const [x, y] = [a, b].map((hex) => okLab(clamp(times(vision, linear(hex))))) as [Vector, Vector];
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
};

const backgrounds: Readonly<Record<Palette, readonly [string, number]>> = {
  dark: ['#1f1f1f', 3],
  light: ['#ffffff', 3],
  'high-contrast': ['#000000', 4.5],
  'high-contrast-light': ['#ffffff', 4.5],
};

describe.each(Object.keys(palettes) as Palette[])('the %s palette', (name) => {
  const colors = palettes[name];

  it('stands out from the background', () => {
    const [background, least] = backgrounds[name];
    for (const color of colors) expect(contrast(color, background)).toBeGreaterThan(least);
  });

  it.each(Object.keys(visions))('tells lines of the same dash apart with %s', (vision) => {
    for (const half of [colors.slice(0, 4), colors.slice(4)]) {
      for (const [i, a] of half.entries()) {
        for (const b of half.slice(0, i)) expect(distance(a, b, visions[vision]!)).toBeGreaterThan(14);
      }
    }
  });
});

describe('looks', () => {
  it('are all different', () => {
    const looks = Array.from({ length: lookCount }, (_, look) => `${colorOf(look, 'dark')} ${dashOf(look)}`);
    expect(new Set(looks).size).toBe(lookCount);
    expect([0, 1, 2, 3].map(dashOf)).toEqual([[], [], [], []]);
  });
});

describe('assignLooks', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `run-${i}`);

  it('avoids clashes among as many runs as there are looks', () => {
    expect(new Set(Object.values(assignLooks(ids(lookCount), {}))).size).toBe(lookCount);
  });

  it('gives the first four plain lines of different colors', () => {
    const looks = Object.values(assignLooks(ids(4), {}));
    expect([...looks].sort()).toEqual([0, 1, 2, 3]);
  });

  it('never changes a look that was given, whatever comes and goes', () => {
    const first = assignLooks(ids(10), {});
    const listed = [...ids(10).slice(3), 'new-1', 'new-2'];
    const later = assignLooks(listed, first);
    for (const id of ids(10)) expect(later[id]).toBe(first[id]);
    expect(new Set(listed.map((id) => later[id])).size).toBe(9);
  });

  it('gives the same looks again where no choice was kept', () => {
    expect(assignLooks(ids(20), {})).toEqual(assignLooks(ids(20), {}));
  });

  it('takes the look of the oldest run when all are taken, and ignores nonsense', () => {
    const looks = assignLooks(ids(lookCount + 1), { 'run-3': 77, 'run-4': -1 });
    expect(looks[`run-${lookCount}`]).toBe(looks['run-0']);
    expect(looks['run-3']).toBeLessThan(lookCount);
  });
});
