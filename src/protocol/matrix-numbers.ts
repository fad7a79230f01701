/** How the numbers of a matrix are written in its cells, in panels and picture files alike. */
import { extent } from './color-map.js';
import type { MatrixBlock } from './figure.js';

/** The text of each cell: all with as many decimals as the largest of them needs; empty where there is no number. */
export function cellTexts({ values, unit }: Pick<MatrixBlock, 'values' | 'unit'>): string[] {
  const scale = unit === 'fraction' ? 100 : 1;
  const scaled = Array.from(values, (value) => value * scale);
  const [low, high] = extent(scaled) ?? [0, 0];
  const greatest = Math.max(-low, high);
  const whole = unit === 'fraction' || greatest >= 100 || scaled.every((value) => !(value % 1));
  const decimals = whole ? 0 : greatest >= 10 ? 1 : 2;
  return scaled.map((value) => {
    if (Number.isNaN(value)) return '';
    // Adding zero turns a rounded -0 into 0.
    return (Number(value.toFixed(decimals)) + 0).toFixed(decimals).replace('-', '\u2212');
  });
}
