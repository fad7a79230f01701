import { describe, expect, it } from 'vitest';
import { colorMap, colorOf, extent, isLight, type Rgb } from '../../../src/protocol/color-map.js';
import { matrixPixels, rangeOf } from '../../../webview/pairs/colors.js';

/** OKLab of an 8-bit sRGB color (Ottosson 2020), the other way round than the map is made. */
function oklab(color: Rgb): [number, number, number] {
  const [r, g, b] = color.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe('the color map', () => {
  const points = colorMap.filter((_, i) => i % 15 === 0).map(oklab);

  it('takes equal steps to the eye', () => {
    const steps = points.slice(1).map((p, i) => Math.hypot(...p.map((value, k) => value - points[i]![k]!)));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    for (const step of steps) expect(Math.abs(step / mean - 1)).toBeLessThan(0.15);
  });

  it('only gets lighter', () => {
    const lightness = points.map(([l]) => l);
    expect(lightness).toEqual(lightness.toSorted((a, b) => a - b));
    expect(lightness[0]).toBeLessThan(0.3);
    expect(lightness.at(-1)).toBeGreaterThan(0.9);
  });

  it('spans a range and marks what is no number', () => {
    expect(colorOf(-1, [-1, 1])).toBe(colorMap[0]);
    expect(colorOf(1, [-1, 1])).toBe(colorMap.at(-1));
    expect(colorOf(1.0001, [-1, 1])).toBe(colorMap.at(-1));
    expect(colorOf(0.75, [0.5, 1])).toBe(colorOf(0, [-1, 1]));
    expect(colorOf(3, [3, 3])).toBe(colorMap[128]);
    expect(colorOf(Number.NaN, [0, 1])).toEqual([128, 128, 128]);
  });

  it('is read in white at its dark end and in black at its light end', () => {
    expect([0, 0.25, 0.75, 1].map((value) => isLight(colorOf(value, [0, 1])))).toEqual([false, false, true, true]);
  });

  it('can span what is there', () => {
    expect(extent([3, Number.NaN, -1, Infinity])).toEqual([-1, 3]);
    expect(extent([Number.NaN])).toBeUndefined();
  });
});

describe('the pixels of a matrix', () => {
  it('are black where a row leaves itself out', () => {
    const pixels = matrixPixels([1, 0.5, 0.5, 1], 2, [0, -1]);
    expect([...pixels.slice(0, 4)]).toEqual([0, 0, 0, 255]);
    expect([...pixels.slice(4, 8)]).toEqual([...colorOf(0.5, [-1, 1]), 255]);
    expect([...pixels.slice(12, 16)]).toEqual([...colorOf(1, [-1, 1]), 255]);
  });

  it('can span what is compared, without what is left out', () => {
    expect(rangeOf([1, 0.25, 0.5, 1], 2, [0, 1])).toEqual([0.25, 0.5]);
    expect(rangeOf([1, 1], 1, [-1, -1])).toEqual([-1, 1]);
  });
});
