/** Numbers, times and tables for people. */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { MetricInfo, RunState } from '../protocol/run.js';

type Style = Parameters<typeof styleText>[0];

/** Colors the text if the terminal shows colors. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

const stateStyles: Record<RunState, Style> = {
  queued: 'yellow',
  running: 'cyan',
  paused: 'yellow',
  finished: 'green',
  stopped: 'gray',
  failed: 'red',
  interrupted: 'magenta',
};

export function paintState(state: RunState): string {
  return paint(stateStyles[state], state);
}

/** A value of a metric: fractions as percent, others with four digits. */
export function formatValue(value: number, info?: MetricInfo): string {
  if (!Number.isFinite(value)) return String(value);
  if (info?.unit === 'fraction') return `${(value * 100).toFixed(1)} %`;
  if (info?.unit === 'images/s') return `${formatCount(value)} images/s`;
  if (info?.unit === 'seconds') return formatDuration(value);
  return formatNumber(value);
}

/** How far a value is from where it began: points for fractions; empty for metrics where the distance says little. */
export function formatGain(value: number, from: number, info?: MetricInfo): string {
  if (info?.unit !== 'fraction') return '';
  const points = (value - from) * 100;
  return `${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(1)}`;
}

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential(2);
  return Number(value.toPrecision(4)).toString();
}

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Seconds as `7s`, `1m 20s`, `2h 05m`, `3d 4h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${String(s % 60).padStart(2, '0')}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')}m`;
  return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`;
}

/** `3/10` within the third epoch and at its very end, while it is evaluated. */
export function formatEpoch(epoch: number, epochs: number): string {
  return `${Math.max(1, Math.ceil(epoch))}/${epochs}`;
}

/** Rows in columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell + ' '.repeat((widths[i] as number) - displayWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns that a text takes in a terminal: East Asian characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text))
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  return width;
}

/** The text without control characters: names come from files, and a terminal obeys what it is sent. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');
}
