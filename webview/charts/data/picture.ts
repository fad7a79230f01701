/** What one chart shows: everything that is drawn, worked out from the recorded points, before any pixel. */
import type { ChartAlert, ChartsChoice } from '../../../src/protocol/panels.js';
import type { MetricInfo } from '../../../src/protocol/run.js';
import { t } from '../../shared/strings.js';
import { padded, type Span } from './axis.js';
import { upperBound } from './column.js';
import { formatNumber } from './format.js';
import type { ChartMetric } from './metrics.js';
import { type Gap, type Point, reduce, visibleGaps } from './reduce.js';
import type { RunData } from './run-data.js';
import type { Axis, MetricSeries } from './series.js';

/** A run that is drawn. */
export interface ShownRun {
  readonly id: string;
  readonly name: string;
  readonly look: number;
  readonly data: RunData;
  readonly metrics: Readonly<Record<string, MetricInfo>>;
}

export type Settings = Pick<ChartsChoice, 'x' | 'smoothing' | 'logX' | 'logY'>;

export interface Curve {
  readonly run: ShownRun;
  readonly series: MetricSeries;
  /** Position on the axis that is shown as 0. */
  readonly origin: number;
  readonly points: readonly Point[];
  /** The recorded values behind a smoothed line. */
  readonly faint: readonly Point[] | undefined;
  readonly gaps: readonly Gap[];
}

/** A dashed horizontal line. */
export interface Reference {
  readonly value: number;
  readonly label: string;
  /** Of the run it belongs to; undefined when it holds for all. */
  readonly look?: number;
}

export interface AlertMark {
  readonly x: number;
  readonly run: ShownRun;
  readonly alert: ChartAlert;
}

export interface Picture {
  readonly x: Span;
  readonly y: Span;
  readonly logX: boolean;
  /** A metric that has no positive value stays on a linear axis. */
  readonly logY: boolean;
  readonly curves: readonly Curve[];
  readonly references: readonly Reference[];
  readonly alerts: readonly AlertMark[];
}

/** The position a run's axis starts from: wall time counts from its first point. */
export const originOf = (run: ShownRun, axis: Axis): number => (axis === 'wall' ? run.data.origin : 0);

/** Everything that the runs recorded, along the axis; on a log axis from the first positive position. */
export function wholeSpan(runs: readonly ShownRun[], { x: axis, logX }: Settings): Span {
  let min = Infinity;
  let max = -Infinity;
  for (const run of runs) {
    const origin = originOf(run, axis);
    for (const series of run.data.series.values()) {
      const positions = series.axis(axis);
      const first = logX ? upperBound(positions, origin) : 0;
      if (first >= positions.length) continue;
      min = Math.min(min, positions.at(first) - origin);
      max = Math.max(max, positions.at(positions.length - 1) - origin);
    }
  }
  if (min > max) return { min: 1, max: 2 };
  // A single point stands in the middle of some room.
  if (min === max) return logX ? { min: min / 2, max: max * 2 } : { min, max: max + 1 };
  return { min, max };
}

export function drawPicture(
  metric: ChartMetric,
  runs: readonly ShownRun[],
  settings: Settings,
  x: Span,
  zoomY: Span | undefined,
  pixels: number,
): Picture {
  const { x: axis, smoothing, logX } = settings;
  const window = { ...x, pixels: Math.max(1, Math.round(pixels)), log: logX };
  const found = runs.flatMap((run) => {
    const series = run.data.series.get(metric.key);
    if (series === undefined || series.length === 0) return [];
    const origin = originOf(run, axis);
    const positions = series.axis(axis);
    const line = series.line(smoothing);
    return {
      run,
      series,
      origin,
      points: reduce(positions, line, window, origin),
      faint: line === series.raw ? undefined : reduce(positions, series.raw, window, origin),
      gaps: visibleGaps(positions, series.value, series.gaps, window, origin),
    };
  });
  const references = untrained(found, metric.info);
  const all = found.flatMap(({ points, faint }) => (faint ? [...points, ...faint] : points));
  const seen = all.filter((point) => point.x >= x.min && point.x <= x.max).map(({ y }) => y);
  const values = [...seen, ...references.map(({ value }) => value)].filter(Number.isFinite);
  const logY = settings.logY && values.some((value) => value > 0);
  const curves = logY ? found.map(positiveOnly) : found;
  const { chance } = metric.info;
  if (chance !== undefined)
    references.push({ value: chance, label: t('chance {0}', formatNumber(chance, metric.info.unit)) });
  return {
    x,
    y: zoomY ?? range(values, logY, metric.info),
    logX,
    logY,
    curves,
    references: references.filter(({ value }) => !logY || value > 0),
    alerts: runs.flatMap((run) => alertMarks(run, axis, x)),
  };
}

/** The values before training, one line for all runs that agree on them. */
function untrained(curves: readonly Curve[], info: MetricInfo): Reference[] {
  const lines = new Map<number, Reference>();
  for (const { run, series } of curves) {
    const value = series.value.at(0);
    if (!series.evaluation || series.epoch.at(0) !== 0 || !Number.isFinite(value)) continue;
    const label = t('untrained {0}', formatNumber(value, info.unit));
    lines.set(value, lines.has(value) ? { value, label } : { value, label, look: run.look });
  }
  return [...lines.values()].map((line) => (lines.size === 1 ? { value: line.value, label: line.label } : line));
}

/** The y axis around the values, and around the chance level where that does not squash them. */
function range(values: readonly number[], log: boolean, { chance, unit }: MetricInfo): Span {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (log && value <= 0) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return log ? { min: 1, max: 10 } : { min: 0, max: 1 };
  if (chance !== undefined && (!log || chance > 0)) {
    const room = 0.5 * (max - min);
    if (chance >= min - room && chance <= max + room) {
      min = Math.min(min, chance);
      max = Math.max(max, chance);
    }
  }
  const span = padded({ min, max }, log);
  // There is nothing below 0 % and above 100 %.
  if (unit !== 'fraction' || log || min < 0 || max > 1) return span;
  return { min: Math.max(0, span.min), max: Math.min(1, span.max) };
}

/** A log axis has no place for zero and below: the line breaks there. */
function positiveOnly(curve: Curve): Curve {
  const positive = ({ x, y }: Point) => ({ x, y: y > 0 ? y : Number.NaN });
  return { ...curve, points: curve.points.map(positive), faint: curve.faint?.map(positive) };
}

function alertMarks(run: ShownRun, axis: Axis, { min, max }: Span): AlertMark[] {
  const origin = originOf(run, axis);
  return run.data.alerts
    .map((alert) => ({ x: (axis === 'wall' ? alert.time : alert[axis]) - origin, run, alert }))
    .filter(({ x }) => x >= min && x <= max);
}
