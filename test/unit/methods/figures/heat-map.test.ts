import { expect, test } from 'vitest';
import { heatMap } from '../../../../src/methods/figures/heat-map.js';
import { colorMap } from '../../../../src/protocol/color-map.js';

const colors = (pixels: Uint8Array) =>
  Array.from({ length: pixels.length / 3 }, (_, i) => [...pixels.subarray(3 * i, 3 * i + 3)]);

test('the ends of the range have the ends of the colors, what lies beyond them too, and NaN is gray', () => {
  const data = Float32Array.of(-5, 0, 2, 2, 7, Number.NaN);
  const { width, height, channels, data: pixels } = heatMap({ data, shape: [2, 3, 1] }, [0, 2]);
  expect([width, height, channels]).toEqual([3, 2, 3]);
  const [low, high] = [colorMap[0], colorMap.at(-1)];
  expect(colors(pixels)).toEqual([low, low, high, high, high, [128, 128, 128]]);
});

test('without a range the least and the greatest value are its ends', () => {
  const { data } = heatMap({ data: Float32Array.of(3, Number.NaN, 4), shape: [1, 3] });
  expect(colors(data)).toEqual([colorMap[0], [128, 128, 128], colorMap.at(-1)]);
});
