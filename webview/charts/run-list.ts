/** The runs: how each is drawn, where it stands, what is special about it, what went wrong. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChartAlert, ChartRun } from '../../src/protocol/panels.js';
import type { RunState } from '../../src/protocol/run.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import type { Difference } from './data/differences.js';
import { formatNumber, formatPosition, formatState } from './data/format.js';
import { lineSign } from './sign.js';
import type { Theme } from './theme.js';

export interface RunListModel {
  /** Newest first. */
  readonly runs: readonly ChartRun[];
  readonly shown: ReadonlySet<string>;
  readonly looks: Readonly<Record<string, number>>;
  readonly alerts: ReadonlyMap<string, readonly ChartAlert[]>;
  /** Runs whose points could not be had, with the reason. */
  readonly faults: ReadonlyMap<string, string>;
  readonly differences: readonly Difference[];
  /** Ids of the shown runs in the order of the differences' values. */
  readonly compared: readonly string[];
  readonly theme: Theme;
  readonly filter: string;
  readonly limit: number;
  toggle(run: string): void;
  showPairs(run: string): void;
  setFilter(text: string): void;
  showMore(): void;
}

/** From this many runs on there is a field to search them. */
const searchFrom = 9;
/** How many alerts and differing options a run lists before it says how many more there are. */
const listed = 3;

const stateIcons: Readonly<Record<RunState, string>> = {
  queued: 'clock',
  running: 'sync',
  paused: 'debug-pause',
  finished: 'pass',
  stopped: 'circle-slash',
  failed: 'error',
  interrupted: 'debug-disconnect',
};

export function runList(model: RunListModel): TemplateResult {
  const { runs, filter, limit } = model;
  const wanted = filter.trim().toLowerCase();
  const found = wanted
    ? runs.filter(({ summary: { name, id } }) => `${name} ${id}`.toLowerCase().includes(wanted))
    : runs;
  return html`
    ${
      runs.length >= searchFrom
        ? html`<input class="run-filter" type="search" .value=${filter} aria-label=${t('Filter runs')}
            placeholder=${t('Filter runs')}
            @input=${(event: Event) => model.setFilter((event.target as HTMLInputElement).value)} />`
        : nothing
    }
    <ul class="run-list">
      ${repeat(
        found.slice(0, limit),
        ({ summary: { id } }) => id,
        (run) => runCard(run, model),
      )}
    </ul>
    ${found.length === 0 ? html`<p class="muted">${t('No run matches.')}</p>` : nothing}
    ${
      found.length > limit
        ? html`<button class="link" @click=${() => model.showMore()}>${t('{0} older runs', found.length - limit)}</button>`
        : nothing
    }
  `;
}

function runCard(run: ChartRun, model: RunListModel): TemplateResult {
  const { id, name, state, status } = run.summary;
  const shown = model.shown.has(id);
  const label = shown ? t('Hide {0}', name) : t('Show {0}', name);
  return html`<li class="run card ${shown ? 'shown' : ''}" data-run=${id}>
    <div class="run-head">
      ${lineSign(model.looks[id] ?? 0, model.theme)}
      <span class="run-name" title=${id}>${name}</span>
      <button class="icon-button eye" role="switch" aria-checked=${shown} title=${label} aria-label=${label}
        @click=${() => model.toggle(id)}>${icon(shown ? 'eye' : 'eye-closed')}</button>
    </div>
    <div class="run-state muted" title=${status.message ?? ''}>${icon(stateIcons[state])}<span>${progress(run)}</span></div>
    ${headline(run)} ${shown ? special(id, model) : nothing} ${alerts(id, run, model)}
  </li>`;
}

function progress({ summary: { state, facts, status } }: ChartRun): string {
  const done = Math.floor(status.epoch * 100 + 1e-6) / 100;
  if (state === 'queued') return formatState(state);
  return t('{0} · epoch {1} of {2}', formatState(state), formatPosition(done), formatPosition(facts.epochs));
}

function headline({ summary, metrics }: ChartRun): TemplateResult | typeof nothing {
  const { headline: main } = summary.status;
  if (!main) return nothing;
  const info = metrics[main.metric];
  const title = info ? t(info.title) : main.metric;
  const value = formatNumber(main.value, info?.unit);
  return html`<div class="run-headline">
    <span class="muted">${title}</span> <b class="number">${value}</b>
    ${
      main.untrained === undefined
        ? nothing
        : html`<span class="muted number">${t('untrained {0}', formatNumber(main.untrained, info?.unit))}</span>`
    }
  </div>`;
}

/** What this run has that the other shown ones have not. */
function special(id: string, { differences, compared }: RunListModel): TemplateResult | typeof nothing {
  const index = compared.indexOf(id);
  if (index < 0 || differences.length === 0) return nothing;
  const more = differences.length - listed;
  return html`<div class="run-options">
    ${differences
      .slice(0, listed)
      .map(
        ({ name, path, values }) =>
          html`<span class="run-option" title=${path}><span class="muted">${name}</span> ${values[index]}</span>`,
      )}
    ${more > 0 ? html`<span class="muted">${t('+{0}', more)}</span>` : nothing}
  </div>`;
}

function alerts(id: string, { summary }: ChartRun, model: RunListModel): TemplateResult | typeof nothing {
  const found = model.alerts.get(id) ?? [];
  const fault = model.faults.get(id);
  // A run that is not drawn has told only how many there are.
  const unread = found.length === 0 ? (summary.status.alerts ?? 0) : 0;
  if (found.length + unread === 0 && !fault) return nothing;
  const older = found.length - listed;
  return html`<div class="run-alerts">
    ${fault ? html`<p class="run-alert">${icon('error')}<span>${fault}</span></p>` : nothing}
    ${unread > 0 ? html`<p class="run-alert">${icon('warning')}<span>${t('Alerts: {0}', unread)}</span></p>` : nothing}
    ${found.slice(-listed).map(
      ({ step, message }) => html`<p class="run-alert">${icon('warning')}
        <span><span class="alert-step">${t('Step {0}', formatPosition(step))}</span> ${message}</span></p>`,
    )}
    ${older > 0 ? html`<p class="muted">${t('{0} earlier alerts', older)}</p>` : nothing}
    ${
      found.length > 0
        ? html`<button class="link" @click=${() => model.showPairs(id)}>${t('Show pairs')}</button>`
        : nothing
    }
  </div>`;
}
