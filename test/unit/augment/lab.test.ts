import { expect, test } from 'vitest';
import { colorOfLab, imageOfLab, LAB_RANGE, labOf, labOfColor } from '../../../src/augment/lab.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

// Sheet, section 8: the values of scikit-image.
test.each([
  ['white', [1, 1, 1], [100, -0.0025, 0.0047]],
  ['red', [1, 0, 0], [53.2406, 80.0923, 67.2028]],
  ['green', [0, 1, 0], [87.7351, -86.183, 83.1797]],
  ['blue', [0, 0, 1], [32.2957, 79.1856, -107.8573]],
  ['yellow', [1, 1, 0], [97.1395, -21.5547, 94.4781]],
  ['magenta', [1, 0, 1], [60.3235, 98.2331, -60.821]],
  ['black', [0, 0, 0], [0, 0, 0]],
] as const)('Lab of %s', (_name, [r, g, b], expected) => {
  labOfColor(r, g, b).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 3);
  });
});

test('middle gray has lightness 53.585 and no color', () => {
  const [l, a, b] = labOfColor(128 / 255, 128 / 255, 128 / 255);
  expect(l).toBeCloseTo(53.585, 3);
  expect(Math.hypot(a, b)).toBeLessThan(0.01);
});

test('a picture comes back from Lab, and stays within the range of sRGB', () => {
  const random = Random.fromSeed(1);
  const image: Image = { data: Float32Array.from({ length: 300 }, () => random.uniform()), shape: [10, 10, 3] };
  const lab = labOf(image);
  imageOfLab(lab).data.forEach((value, i) => {
    expect(value).toBeCloseTo(image.data[i] as number, 4);
  });
  lab.data.forEach((value, i) => {
    const [low, high] = LAB_RANGE[i % 3] as readonly [number, number];
    expect(value).toBeGreaterThanOrEqual(low - 0.01);
    expect(value).toBeLessThanOrEqual(high + 0.01);
  });
});

test('colors that sRGB does not have are clipped, gray pictures are refused', () => {
  for (const value of colorOfLab(50, 120, -120)) expect(value >= 0 && value <= 1).toBe(true);
  expect(() => labOf({ data: new Float32Array(4), shape: [2, 2, 1] })).toThrow('[2,2,1]');
});
