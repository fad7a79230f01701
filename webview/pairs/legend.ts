/** What the colors mean, and the cell that is looked at. */
import { html, type TemplateResult } from 'lit';
import { colorMap, type Range } from '../../src/protocol/color-map.js';
import type { Pixels, SimilarityBlock } from '../../src/protocol/figure.js';
import { similaritiesOf, similarityAt } from '../../src/protocol/similarity.js';
import type { Cell } from '../shared/cells.js';
import { t } from '../shared/host.js';
import { paint } from '../shared/paint.js';
import { tileText } from '../shared/trace.js';
import { fixed } from '../shared/values.js';
import { wholeRange } from './colors.js';

const scale: Pixels = {
  width: colorMap.length,
  height: 1,
  channels: 3,
  data: Uint8Array.from(colorMap.flat()),
};

export interface LegendModel {
  /** Similarity of the cell that is looked at. */
  readonly value: number;
  readonly range: Range;
  stretch(on: boolean): void;
}

export function legend({ value, range, stretch }: LegendModel): TemplateResult {
  const [low, high] = range;
  const place = 100 * Math.max(0, Math.min(1, (value - low) / (high - low)));
  const whole = range === wholeRange;
  const tick = (similarity: number) => fixed(similarity, whole ? 0 : 2);
  return html`<div class="legend">
    <div class="scale" role="img" aria-label=${t('Colors from similarity {0} (dark blue) to {1} (light yellow)', tick(low), tick(high))}>
      <canvas ${paint(scale)}></canvas>
      <span class="pointer" .style=${`left: ${place}%`}></span>
      <span class="ticks muted number" aria-hidden="true">
        <span>${tick(low)}</span><span>${tick((low + high) / 2)}</span><span>${tick(high)}</span>
      </span>
    </div>
    <div>
    <p class="muted keys" id="heat-map-keys">
      ${t('Row: anchor. Column: candidate. Green frame: its positive. Black: left out (itself). Click or arrow keys select; Enter goes to the positive.')}
    </p>
    <vscode-checkbox class="stretch" .checked=${!whole}
      title=${t('Shows small differences. Colors of different checkpoints cannot be compared then.')}
      @change=${(event: Event) => stretch((event.target as HTMLInputElement).checked)}>${t('stretch colors to this batch')}</vscode-checkbox>
    </div>
  </div>`;
}

/** The two pictures of a cell and how similar they are, announced when it is reached by keyboard. */
export function inspector(block: SimilarityBlock, { row, column }: Cell, announce: boolean): TemplateResult {
  const anchor = block.anchors[row]!;
  const candidate = block.candidates[column]!;
  const value = similarityAt(similaritiesOf(block), row, column);
  const note =
    block.excluded[row] === column
      ? t('left out: compared with itself')
      : block.positives[row] === column
        ? t('positive')
        : anchor.label !== undefined && anchor.label === candidate.label
          ? t('negative with the same label')
          : t('negative');
  return html`<div class="inspector row" aria-live=${announce ? 'polite' : 'off'}>
    <canvas role="img" aria-label=${tileText(anchor)} ${paint(anchor.image)}></canvas>
    <canvas role="img" aria-label=${tileText(candidate)} ${paint(candidate.image)}></canvas>
    <div>
      <div>${t('{0} and {1}', anchor.caption, candidate.caption)}</div>
      <div><b class="number">${fixed(value)}</b> <span class="muted">${note}</span></div>
    </div>
  </div>`;
}
