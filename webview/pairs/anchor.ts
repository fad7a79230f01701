/** The selected anchor: its positive, what the pair costs, and the negatives that cost most. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SimilarityBlock, Tile } from '../../src/protocol/figure.js';
import {
  chanceLoss,
  choices,
  hardestNegatives,
  type Negative,
  pairLoss,
  positiveRank,
  shareOfPush,
  similaritiesOf,
  similarityAt,
} from '../../src/protocol/similarity.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import { paint } from '../shared/paint.js';
import { tileText } from '../shared/trace.js';
import { fixed, percent, shortNumber } from '../shared/values.js';

/** How many of the hardest negatives are shown, and how many the sentence on the push speaks of. */
const shown = 6;
const named = 3;

export interface AnchorModel {
  readonly block: SimilarityBlock;
  readonly row: number;
  readonly temperature: number;
  setTemperature(temperature: number | undefined): void;
  select(column: number): void;
}

export function anchorCard(model: AnchorModel): TemplateResult {
  const { block, row, temperature } = model;
  const of = similaritiesOf(block);
  const positive = block.positives[row]!;
  return html`<section class="anchor-card" aria-label=${t('Selected anchor')}>
    <div class="pair">
      ${pairTile(block.anchors[row]!, 'anchor', t('anchor · {0}', block.anchors[row]!.caption))}
      ${pairTile(block.candidates[positive]!, 'positive', t('positive · {0}', fixed(similarityAt(of, row, positive))))}
    </div>
    <div class="facts">
      <p>
        ${t('Loss of this pair')} <b class="number pair-loss">${fixed(pairLoss(of, row, temperature))}</b>
        <span class="muted number">${t('(guessing: {0})', fixed(chanceLoss(of, row)))}</span>
      </p>
      <p class="muted">
        ${t('Its positive is number {0} of {1} candidates by similarity.', positiveRank(of, row), choices(of, row))}
      </p>
      ${temperatureSlider(model)}
      ${push(model)}
    </div>
  </section>`;
}

const pairTile = ({ image, ...rest }: Tile, role: string, caption: string): TemplateResult =>
  html`<figure class=${role}>
    <canvas role="img" aria-label=${tileText({ image, ...rest })} ${paint(image)}></canvas>
    <figcaption class="number">${caption}</figcaption>
    ${rest.label ? html`<figcaption class="muted">${rest.label}</figcaption>` : nothing}
  </figure>`;

/** Moves on a logarithmic scale: what matters between 0.05 and 0.1 matters between 0.5 and 1. */
function temperatureSlider({ block, temperature, setTemperature }: AnchorModel): TemplateResult {
  const changed = temperature !== block.temperature;
  const reset = t('Back to the temperature of the experiment, {0}', shortNumber(block.temperature));
  return html`<div class="temperature">
    <label for="temperature">${t('temperature')}</label> <b class="number">${shortNumber(temperature)}</b>
    ${
      changed
        ? html`<vscode-button secondary class="only-icon" title=${reset} aria-label=${reset}
            @click=${() => setTemperature(undefined)}>${icon('discard')}</vscode-button>`
        : nothing
    }
    <input id="temperature" type="range" step="any"
      min=${Math.log(Math.min(0.02, block.temperature))} max=${Math.log(Math.max(2, block.temperature))}
      .value=${String(Math.log(temperature))} aria-valuetext=${shortNumber(temperature)}
      @input=${(event: Event) => setTemperature(Number(Math.exp(Number((event.target as HTMLInputElement).value)).toPrecision(2)))} />
  </div>`;
}

function push({ block, row, temperature }: AnchorModel): TemplateResult | typeof nothing {
  const of = similaritiesOf(block);
  const hardest = hardestNegatives(of, row, temperature, named);
  if (hardest.length === 0) return nothing;
  return html`<p class="muted push">
    ${t('At this temperature the {0} hardest negatives do {1} % of the pushing.', hardest.length, percent(shareOfPush(of, row, temperature, hardest)))}
  </p>`;
}

export function negativesCard({ block, row, temperature, select }: AnchorModel): TemplateResult {
  const hardest = hardestNegatives(similaritiesOf(block), row, temperature, shown);
  const label = block.anchors[row]!.label;
  return html`<section class="card" aria-label=${t('Hardest negatives')}>
    <div class="row spread">
      <h3>${t('hardest negatives')}</h3>
      <span class="muted keys">
        <span class="swatch similarity"></span>${t('similarity')}
        <span class="swatch share"></span>${t('share of the softmax')}
      </span>
    </div>
    ${
      hardest.length === 0
        ? html`<p class="muted">${t('Nothing is pushed away: there are no negatives.')}</p>`
        : html`<ul class="negatives">
            ${hardest.map((negative) => negativeTile(block.candidates[negative.column]!, negative, label, select))}
          </ul>`
    }
  </section>`;
}

function negativeTile(
  tile: Tile,
  { column, similarity, share }: Negative,
  label: string | undefined,
  select: AnchorModel['select'],
): TemplateResult {
  const same = label !== undefined && tile.label === label;
  return html`<li><figure class=${same ? 'same' : ''}>
    <button title=${t('Show in the matrix: {0}', tile.caption)} @click=${() => select(column)}>
      <canvas role="img" aria-label=${tileText(tile)} ${paint(tile.image)}></canvas>
    </button>
    <div class="bar-of similarity"><span class="smooth" .style=${`width: ${100 * Math.max(0, similarity)}%`}></span></div>
    <div class="bar-of share"><span class="smooth" .style=${`width: ${100 * share}%`}></span></div>
    <figcaption class="number">${t('{0} · {1} %', fixed(similarity), percent(share))}</figcaption>
    <figcaption class="same-label">${same ? t('same label') : html`<span class="muted">${tile.label ?? nothing}</span>`}</figcaption>
  </figure></li>`;
}
