/** The recorded points as comma-separated values (RFC 4180), at full resolution. */
import type { RunData } from './run-data.js';
import type { MetricSeries } from './series.js';

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * One row for each moment at which a run recorded something: run, name, step, epoch, time (ISO 8601, UTC), then a column for
 * each metric, empty where it was not recorded then. Yields pieces of text of about a thousand rows.
 */
export function* toCsv(
  runs: readonly { readonly id: string; readonly name: string; readonly data: RunData }[],
): Generator<string> {
  const keys = [...new Set(runs.flatMap(({ data }) => [...data.series.keys()]))];
  const metrics = keys.map((key) => key.slice(2));
  yield `${['run', 'name', 'step', 'epoch', 'time', ...metrics].map(quoted).join(',')}\r\n`;
  for (const { id, name, data } of runs) {
    const series = keys.map((key) => data.series.get(key));
    const next = series.map(() => 0);
    let rows: string[] = [];
    for (;;) {
      const first = earliest(series, next);
      if (first === undefined) break;
      const at = next[first] as number;
      const { step, epoch, time } = series[first] as MetricSeries;
      const cells = series.map((other, i) => {
        const index = next[i] as number;
        if (other === undefined || index >= other.length) return '';
        if (other.step.at(index) !== step.at(at) || other.time.at(index) !== time.at(at)) return '';
        if (i !== first) next[i] = index + 1;
        return String(other.value.at(index));
      });
      const place = [step.at(at), epoch.at(at), isoTime(time.at(at))];
      next[first] = at + 1;
      rows.push(`${[quoted(id), quoted(name), ...place, ...cells].join(',')}\r\n`);
      if (rows.length === 1000) {
        yield rows.join('');
        rows = [];
      }
    }
    yield rows.join('');
  }
}

const isoTime = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : '');

/** The series whose next point comes first, by step and then by time. */
function earliest(series: readonly (MetricSeries | undefined)[], next: readonly number[]): number | undefined {
  let best: number | undefined;
  series.forEach((candidate, i) => {
    const index = next[i] as number;
    if (candidate === undefined || index >= candidate.length) return;
    if (best !== undefined) {
      const other = series[best] as MetricSeries;
      const at = next[best] as number;
      const ahead = candidate.step.at(index) - other.step.at(at) || candidate.time.at(index) - other.time.at(at);
      if (ahead >= 0) return;
    }
    best = i;
  });
  return best;
}
