/** A chart in words and numbers, for those who do not see it. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../shared/host.js';
import { formatPosition, formatValue } from './data/format.js';
import type { ChartMetric } from './data/metrics.js';
import type { ShownRun } from './data/picture.js';
import type { MetricSeries } from './data/series.js';

interface Row {
  readonly run: ShownRun;
  readonly series: MetricSeries;
}

const rowsOf = (metric: ChartMetric, runs: readonly ShownRun[]): Row[] =>
  runs.flatMap((run) => {
    const series = run.data.series.get(metric.key);
    return series && series.length > 0 ? { run, series } : [];
  });

/** One sentence for each run: what it is at, and where it came from. */
export function summary(metric: ChartMetric, runs: readonly ShownRun[]): string {
  const sentences = rowsOf(metric, runs).map(({ run, series }) =>
    t(
      '{0}: {1} at step {2}, first {3}.',
      run.name,
      formatValue(series.value.at(series.length - 1), metric.info),
      formatPosition(series.step.at(series.length - 1)),
      formatValue(series.value.at(0), metric.info),
    ),
  );
  return [t('Chart of {0}.', metric.info.title), ...sentences].join(' ');
}

export function chartTable(metric: ChartMetric, runs: readonly ShownRun[]): TemplateResult {
  const heads = [t('Run'), t('Points'), t('First'), t('Latest'), t('Lowest'), t('Highest'), t('Not finite')];
  // Tables grow beyond a size they are given; the block around this one does not.
  return html`<div class="unseen"><table>
    <caption>${metric.info.title}</caption>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rowsOf(metric, runs).map((row) => tableRow(metric, row))}</tbody>
  </table></div>`;
}

function tableRow({ info }: ChartMetric, { run, series }: Row): TemplateResult {
  const { value, raw, gaps, length } = series;
  raw.pyramid.find(0, length);
  const { low, high } = raw.pyramid;
  const at = (index: number) =>
    html`<td>${index < 0 ? nothing : t('{0} at step {1}', formatValue(value.at(index), info), formatPosition(series.step.at(index)))}</td>`;
  return html`<tr>
    <th scope="row">${run.name}</th>
    <td>${formatPosition(length)}</td>
    ${[0, length - 1, low, high].map(at)}
    <td>${formatPosition(gaps.length)}</td>
  </tr>`;
}
