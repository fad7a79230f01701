/** Numbers and drawn values in few characters, written as in code. */
import type { DrawnValue } from '../../src/protocol/figure.js';
import { t } from './strings.js';

/** Three significant digits at most, without trailing zeros: `0.412`, `12`, `1.5e-7`. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

export function shortValue(value: DrawnValue | unknown): string {
  if (typeof value === 'number') return shortNumber(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shortValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${shortValue(inner)}`)
    .join(', ');
}

/** A similarity or a loss: always the same width, with a proper minus sign. */
export const fixed = (value: number, digits = 2): string =>
  // Adding zero turns a rounded -0 into 0.
  (Number(value.toFixed(digits)) + 0).toFixed(digits).replace('-', '\u2212');

/** A fraction as a whole percentage without its sign; small ones keep a digit so that they do not read as nothing. */
export function percent(fraction: number): string {
  const value = 100 * fraction;
  return value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A number of a figure with its unit, as in a sentence. */
export const valueText = (value: number, unit: 'fraction' | undefined): string =>
  unit === 'fraction' && Number.isFinite(value)
    ? t('{0} %', percent(value))
    : shortNumber(value).replace('-', '\u2212');
