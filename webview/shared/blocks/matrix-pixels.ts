/** The colors of a matrix. */
import { colorOf, extent, type Range } from '../../../src/protocol/color-map.js';
import type { MatrixBlock, Pixels } from '../../../src/protocol/figure.js';

export const rangeOf = ({ range, values }: MatrixBlock): Range => range ?? extent(values) ?? [0, 1];

/** Cells without a number are transparent. */
export function matrixPixels(block: MatrixBlock): Pixels {
  const range = rangeOf(block);
  const data = new Uint8Array(block.values.length * 4);
  block.values.forEach((value, i) => {
    if (!Number.isNaN(value)) data.set([...colorOf(value, range), 255], i * 4);
  });
  return { width: block.columns.length, height: block.rows.length, channels: 4, data };
}
