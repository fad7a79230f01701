/** Numbers as colors, for figures: disparities, errors, entropies. */
import type { NdArray } from '../../experiment/contracts.js';
import { colorOf, extent, type Range } from '../../protocol/color-map.js';
import type { Pixels } from '../../protocol/figure.js';

/**
 * A map of numbers, `[height, width]` or `[height, width, 1]`, in the colors of the panels; gray for NaN.
 * @param range Values at the two ends of the colors. Default: the least and the greatest number.
 */
export function heatMap({ data, shape }: NdArray, range: Range = extent(data) ?? [0, 1]): Pixels {
  const [height, width] = shape as [number, number];
  const pixels = new Uint8Array(height * width * 3);
  for (let i = 0; i < height * width; i++) pixels.set(colorOf(data[i] as number, range), 3 * i);
  return { width, height, channels: 3, data: pixels };
}
