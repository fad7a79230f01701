/** The bar above the pictures: what is shown, and which sample, seed and number of draws. */
import { html, type TemplateResult } from 'lit';
import type { ExperimentTarget, PanelFault, PreviewChoice } from '../../src/protocol/panels.js';
import type { Preview } from '../../src/protocol/previewer.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import { freshness, targetName } from '../shared/notices.js';
import { clampSample, drawCounts } from './choice.js';

export interface HeaderModel {
  readonly target: ExperimentTarget;
  readonly preview: Preview | undefined;
  readonly choice: PreviewChoice;
  readonly busy: boolean;
  readonly fault: PanelFault | undefined;
  change(part: Partial<PreviewChoice>): void;
}

export function header(model: HeaderModel): TemplateResult {
  const { target, preview } = model;
  return html`<header class="row bar">
    <div class="row what">
      <h1 title=${target.file}>${targetName(target)}</h1>
      <span class="muted">${preview ? whatIsShown(preview) : ''}</span>
    </div>
    <div class="row">
      ${stepper(model)} ${reroll(model)} ${draws(model)} ${freshness(model.busy, model.fault)}
    </div>
  </header>`;
}

const whatIsShown = ({ methodTitle, dataTitle, shape }: Preview): string =>
  t('{0} · {1} · {2}', methodTitle, dataTitle, shape.join('×'));

/** Samples are numbered from 0, as in the data and on the command line. */
function stepper({ preview, choice, change }: HeaderModel): TemplateResult {
  const samples = preview?.samples ?? Number.MAX_SAFE_INTEGER;
  const go = (sample: number) => change({ sample: clampSample(sample, samples) });
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    go(choice.sample + step);
  };
  return html`<span class="control stepper" role="group" aria-label=${t('Sample')}>
    <vscode-button secondary class="only-icon" aria-label=${t('Previous sample')} title=${t('Previous sample')}
      ?disabled=${choice.sample <= 0} @click=${() => go(choice.sample - 1)}>${icon('chevron-left')}</vscode-button>
    <label for="sample">${t('sample')}</label>
    <input id="sample" type="number" min="0" max=${samples - 1} step="1"
      title=${t('Position in the training data, from 0. Arrow keys step.')}
      .value=${String(choice.sample)} @keydown=${onKey}
      @change=${(event: Event) => go(Number((event.target as HTMLInputElement).value))} />
    <span class="muted number">${preview ? t('of {0}', preview.samples.toLocaleString()) : ''}</span>
    <vscode-button secondary class="only-icon" aria-label=${t('Next sample')} title=${t('Next sample')}
      ?disabled=${choice.sample >= samples - 1} @click=${() => go(choice.sample + 1)}>
      ${icon('chevron-right')}
    </vscode-button>
  </span>`;
}

function reroll({ preview, choice, change }: HeaderModel): TemplateResult {
  const seed = preview?.seed ?? choice.reroll;
  const back = t('Back to what training sees first');
  return html`<span class="control" role="group" aria-label=${t('Seed')}>
    <vscode-button secondary class="reroll" title=${t('Draw other views, with the next seed')} aria-label=${t('seed {0}: draw other views', seed)}
      @click=${() => change({ reroll: choice.reroll + 1 })}>
      ${icon('refresh')} ${t('seed {0}', seed)}
    </vscode-button>
    <vscode-button secondary class="only-icon" title=${back} aria-label=${back} ?disabled=${choice.reroll === 0}
      @click=${() => change({ reroll: 0 })}>${icon('discard')}</vscode-button>
  </span>`;
}

function draws({ choice, change }: HeaderModel): TemplateResult {
  const counts = [...new Set([...drawCounts, choice.draws])].sort((a, b) => a - b);
  return html`<span class="control">
    <label for="draws">${t('draws')}</label>
    <select id="draws" @change=${(event: Event) => change({ draws: Number((event.target as HTMLSelectElement).value) })}>
      ${counts.map((count) => html`<option value=${count} ?selected=${count === choice.draws}>${count}</option>`)}
    </select>
  </span>`;
}
