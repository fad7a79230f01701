import type { ChartAlert, SeriesUpdate } from '../../../src/protocol/panels.js';
import { MetricSeries } from './series.js';

/** What stands in one chart: a name may be used for a training value and for an evaluation. */
export const chartKey = (metric: string, evaluation: boolean): string => `${evaluation ? 'e' : 'm'}:${metric}`;

/** Everything recorded of a run: its series by chart key, and its alerts. */
export class RunData {
  readonly series = new Map<string, MetricSeries>();
  alerts: readonly ChartAlert[] = [];

  /** Start of the run's clock: the time of its first point, in milliseconds since 1970. */
  get origin(): number {
    let first = Infinity;
    for (const { time, length } of this.series.values()) if (length > 0) first = Math.min(first, time.at(0));
    return Number.isFinite(first) ? first : 0;
  }

  /** The last training step or evaluation that is known. */
  get lastStep(): number {
    let last = 0;
    for (const { step, length } of this.series.values()) if (length > 0) last = Math.max(last, step.at(length - 1));
    return last;
  }

  apply({ rewindTo, series, alerts }: SeriesUpdate): void {
    if (rewindTo !== undefined) {
      for (const known of this.series.values()) known.rewind(rewindTo);
      this.alerts = this.alerts.filter((alert) => alert.step <= rewindTo);
    }
    for (const added of series) {
      const key = chartKey(added.metric, added.evaluation);
      let known = this.series.get(key);
      if (known === undefined) {
        known = new MetricSeries(added.metric, added.evaluation);
        this.series.set(key, known);
      }
      known.append(added);
    }
    if (alerts.length > 0) this.alerts = [...this.alerts, ...alerts];
  }
}
