/** The points under the crosshair, with everything that is known of them. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import { formatDuration, formatPosition, formatValue } from './data/format.js';
import type { ChartMetric } from './data/metrics.js';
import type { AlertMark } from './data/picture.js';
import type { Reading } from './data/reading.js';
import { lineSign } from './sign.js';
import type { Theme } from './theme.js';

export interface TooltipModel {
  readonly metric: ChartMetric;
  readonly readings: readonly Reading[];
  /** The reading closest to the pointer, told apart from the others. */
  readonly nearest: Reading | undefined;
  readonly alerts: readonly AlertMark[];
  /** Whether lines are smoothed, so that the recorded value differs from the line. */
  readonly smoothed: boolean;
  readonly theme: Theme;
}

export function tooltip(model: TooltipModel): TemplateResult {
  const { readings, nearest, alerts, theme } = model;
  return html`<div class="chart-tip" aria-hidden="true">
    ${readings.map(
      (reading) => html`<div class="tip-run ${reading === nearest ? 'nearest' : ''}">
        ${lineSign(reading.curve.run.look, theme)}
        <span class="tip-name">${reading.curve.run.name}</span>
        <span class="number">${formatValue(reading.value, model.metric.info)}</span>
        <span class="tip-more muted">${details(model, reading)}</span>
      </div>`,
    )}
    ${alerts.map(
      ({ alert, run }) =>
        html`<div class="tip-alert">${icon('warning')}<span>${run.name}: ${alert.message}</span></div>`,
    )}
    ${readings.length + alerts.length === 0 ? t('No values here') : nothing}
  </div>`;
}

function details({ metric, smoothed }: TooltipModel, { curve, index, raw }: Reading): string {
  const { series, run } = curve;
  const step = formatPosition(series.step.at(index));
  const epoch = formatPosition(series.epoch.at(index));
  const time = formatDuration(series.time.at(index) - run.data.origin);
  return smoothed && !series.evaluation
    ? t('recorded {0} · step {1} · epoch {2} · {3}', formatValue(raw, metric.info), step, epoch, time)
    : t('step {0} · epoch {1} · {2}', step, epoch, time);
}

/** The same for the screen reader, one sentence for each run. */
export const spoken = ({ metric, readings }: TooltipModel): string =>
  readings
    .map(({ curve, index, value }) =>
      t(
        '{0}: {1} at step {2}',
        curve.run.name,
        formatValue(value, metric.info),
        formatPosition(curve.series.step.at(index)),
      ),
    )
    .join('; ');

/** Puts a tooltip beside the crosshair, on the side where there is room; `x` and `y` in pixels of the page. */
export function placeTooltip(element: HTMLElement, x: number, y: number): void {
  const { width, height } = element.getBoundingClientRect();
  const gap = 14;
  const right = x + gap + width <= document.documentElement.clientWidth;
  const left = right ? x + gap : Math.max(4, x - gap - width);
  const top = Math.max(4, Math.min(y - height / 2, window.innerHeight - height - 4));
  element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
