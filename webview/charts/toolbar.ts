/** The bar above the charts: how they are drawn, and what can be taken away from them. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChartsChoice } from '../../src/protocol/panels.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import type { Difference } from './data/differences.js';
import { formatNumber } from './data/format.js';

export interface ToolbarModel {
  readonly choice: ChartsChoice;
  readonly shownRuns: number;
  readonly differences: readonly Difference[];
  readonly zoomed: boolean;
  readonly empty: boolean;
  change(part: Partial<ChartsChoice>): void;
  resetZoom(): void;
  savePng(): void;
  saveCsv(): void;
}

/** How many differing options are spelt out. */
const spelled = 4;

export function toolbar(model: ToolbarModel): TemplateResult {
  const { choice, change, zoomed, empty } = model;
  return html`<header class="row bar">
    <div class="row what">
      <h1>${t('Charts')}</h1>
      <span class="muted number">${model.shownRuns === 1 ? t('1 run') : t('{0} runs', model.shownRuns)}</span>
      ${differing(model)}
    </div>
    <div class="row" role="toolbar" aria-label=${t('How the charts are drawn')}>
      <span class="control">
        <label for="axis">${t('x axis')}</label>
        <select id="axis" @change=${(event: Event) => change({ x: (event.target as HTMLSelectElement).value as ChartsChoice['x'] })}>
          ${(
            [
              ['step', t('step')],
              ['epoch', t('epoch')],
              ['wall', t('time')],
            ] as const
          ).map(([value, label]) => html`<option value=${value} ?selected=${value === choice.x}>${label}</option>`)}
        </select>
      </span>
      ${smoothing(model)}
      ${toggle(t('log x'), t('Logarithmic x axis'), choice.logX, () => change({ logX: !choice.logX }))}
      ${toggle(t('log y'), t('Logarithmic y axis'), choice.logY, () => change({ logY: !choice.logY }))}
      ${button('reset-zoom', 'screen-normal', t('Reset zoom'), !zoomed, () => model.resetZoom())}
      ${button('save-png', 'device-camera', t('Save all charts as PNG'), empty, () => model.savePng())}
      ${button('save-csv', 'table', t('Save all points of the shown runs as CSV'), empty, () => model.saveCsv())}
    </div>
  </header>`;
}

function smoothing({ choice, change }: ToolbarModel): TemplateResult {
  const help = t(
    'Exponential moving average over the recorded points, corrected at the start; the recorded line stays visible.',
  );
  return html`<span class="control" title=${help}>
    <label for="smoothing">${t('smoothing')}</label>
    <input id="smoothing" type="range" min="0" max="0.99" step="0.01" .value=${String(choice.smoothing)}
      aria-valuetext=${formatNumber(choice.smoothing)}
      @input=${(event: Event) => change({ smoothing: Number((event.target as HTMLInputElement).value) })} />
    <output for="smoothing" class="number">${formatNumber(choice.smoothing)}</output>
  </span>`;
}

const toggle = (text: string, label: string, on: boolean, act: () => void): TemplateResult =>
  html`<button class="toggle" aria-pressed=${on} title=${label} aria-label=${label} @click=${act}>${text}</button>`;

const button = (id: string, name: string, label: string, disabled: boolean, act: () => void): TemplateResult =>
  html`<button id=${id} class="icon-button" title=${label} aria-label=${label} ?disabled=${disabled} @click=${act}>
    ${icon(name)}
  </button>`;

function differing({ shownRuns, differences }: ToolbarModel): TemplateResult | typeof nothing {
  if (shownRuns < 2) return nothing;
  if (differences.length === 0) return html`<span class="muted">${t('same options')}</span>`;
  const names = differences.slice(0, spelled).map(({ name }) => name);
  const more = differences.length - names.length;
  const all = differences.map(({ path, values }) => `${path}: ${values.join(' | ')}`).join('\n');
  const list = more > 0 ? t('{0} and {1} more', names.join(', '), more) : names.join(', ');
  return html`<span class="muted differing" title=${all}>${t('only what differs: {0}', list)}</span>`;
}
