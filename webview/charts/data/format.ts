/** Numbers, times and states as people read them. */
import type { MetricInfo, RunState } from '../../../src/protocol/run.js';
import { t } from '../../shared/strings.js';

type Unit = MetricInfo['unit'];

let language: string | undefined;

/** Language of numbers, as a BCP 47 tag; the default is the one of the browser. */
export function setLanguage(tag: string | undefined): void {
  language = tag || undefined;
  formats.clear();
}

const formats = new Map<string, Intl.NumberFormat>();
function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, options);
    formats.set(key, format);
  }
  return format;
}

/** A value alone: percent for fractions, else four significant digits. Values that are not finite keep their names. */
export function formatNumber(value: number, unit?: Unit): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (unit === 'fraction') return numberFormat({ style: 'percent', maximumFractionDigits: 1 }).format(value);
  if (unit === 'images/s' && value >= 100) return numberFormat({ maximumFractionDigits: 0 }).format(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    return numberFormat({ notation: 'scientific', maximumSignificantDigits: 3 }).format(value).replace('E', 'e');
  }
  return numberFormat({ maximumSignificantDigits: size >= 1000 ? 6 : 4 }).format(value);
}

/** A value with its unit, and with the best possible one where that says more: `48 of 64`. */
export function formatValue(value: number, info: MetricInfo): string {
  const number = formatNumber(value, info.unit);
  if (info.unit === 'images/s') return t('{0} images/s', number);
  if (info.unit === 'seconds') return formatDuration(1000 * value);
  if (info.unit === undefined && info.best !== undefined && info.best > 1) {
    return t('{0} of {1}', numberFormat({ maximumFractionDigits: 1 }).format(value), formatNumber(info.best));
  }
  return number;
}

/** Tick labels of an axis whose ticks are `spacing` apart: as many digits as tell them apart. */
export function formatTick(value: number, unit: Unit, spacing: number): string {
  const scaled = unit === 'fraction' ? 100 * spacing : spacing;
  const digits = Math.min(8, Math.max(0, Math.ceil(-Math.log10(scaled) - 1e-6)));
  if (unit === 'fraction') {
    return numberFormat({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
      value,
    );
  }
  if (spacing < 1e-3 || Math.abs(value) >= 1e6) return value === 0 ? '0' : formatCompact(value);
  return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

function formatCompact(value: number): string {
  const options: Intl.NumberFormatOptions =
    Math.abs(value) >= 1 ? { notation: 'compact' } : { notation: 'scientific', maximumSignificantDigits: 3 };
  return numberFormat(options).format(value).replace('E', 'e');
}

const unitFormat = (unit: string, value: number, digits = 0): string =>
  numberFormat({ style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: digits }).format(value);

/** A length of time in milliseconds in its two largest units: `2h 5m`, `45s`, `0.2s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000;
  const sign = milliseconds < 0 ? '−' : '';
  if (seconds < 10) return sign + unitFormat('second', seconds, 1);
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(unitFormat(unit, count));
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return sign + parts.join(' ');
}

/** A step or an epoch. */
export const formatPosition = (value: number): string => numberFormat({ maximumFractionDigits: 2 }).format(value);

export function formatState(state: RunState): string {
  switch (state) {
    case 'queued':
      return t('queued');
    case 'running':
      return t('running');
    case 'paused':
      return t('paused');
    case 'finished':
      return t('finished');
    case 'stopped':
      return t('stopped');
    case 'failed':
      return t('failed');
    case 'interrupted':
      return t('interrupted');
  }
}
