/** Everything recorded of one metric of one run, at full resolution. */
import type { ChartsChoice, Series } from '../../../src/protocol/panels.js';
import { Column, lowerBound, upperBound } from './column.js';
import { Pyramid } from './pyramid.js';
import { Smoothed } from './smoothing.js';

export type Axis = ChartsChoice['x'];

/** A line to draw: values with the index of their extremes. */
export interface Line {
  readonly column: Column;
  readonly pyramid: Pyramid;
}

export class MetricSeries {
  readonly step = new Column();
  readonly epoch = new Column();
  /** Milliseconds since 1970, as recorded. */
  readonly time = new Column();
  readonly value = new Column();
  /** Indices of values that are not finite. */
  readonly gaps = new Column();
  readonly raw: Line = { column: this.value, pyramid: new Pyramid(this.value) };
  /** The time axis: never runs backwards, though a clock may be set back. */
  private readonly clock = new Column();
  private smoothed: Smoothed | undefined;

  constructor(
    readonly metric: string,
    readonly evaluation: boolean,
  ) {}

  get length(): number {
    return this.value.length;
  }

  /** Positions on an axis, ascending: steps, epochs, or milliseconds since 1970. */
  axis(axis: Axis): Column {
    return axis === 'wall' ? this.clock : this[axis];
  }

  append(series: Series): void {
    const from = this.length;
    this.step.append(series.step);
    this.epoch.append(series.epoch);
    this.time.append(series.time);
    this.value.append(series.value);
    let latest = from > 0 ? this.clock.at(from - 1) : -Infinity;
    this.clock.append(series.time.map((time) => (latest = Math.max(latest, time))));
    const gaps: number[] = [];
    for (let i = from; i < this.length; i++) if (!Number.isFinite(this.value.at(i))) gaps.push(i);
    this.gaps.append(gaps);
    this.changed(from);
  }

  /** Forgets what was recorded after `step`. */
  rewind(step: number): void {
    const length = upperBound(this.step, step);
    if (length === this.length) return;
    for (const column of [this.step, this.epoch, this.time, this.value, this.clock]) column.truncate(length);
    this.gaps.truncate(lowerBound(this.gaps, length));
    this.changed(length);
  }

  /** The line at a smoothing; evaluations are measurements of their own and stay as they are. */
  line(smoothing: number): Line {
    if (smoothing === 0 || this.evaluation) return this.raw;
    if (this.smoothed?.smoothing !== smoothing) this.smoothed = new Smoothed(this.value, smoothing);
    return this.smoothed;
  }

  private changed(from: number): void {
    this.raw.pyramid.update(from);
    this.smoothed?.update(from);
  }
}
