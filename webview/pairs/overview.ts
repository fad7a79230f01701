/** The whole batch: in words, as a histogram, and as a table for those who cannot use the heat map. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { SimilarityBlock } from '../../src/protocol/figure.js';
import {
  hardestNegatives,
  histogram,
  meanLoss,
  pairLoss,
  positiveRank,
  similaritiesOf,
  similarityAt,
  summarize,
} from '../../src/protocol/similarity.js';
import { t } from '../shared/host.js';
import { fixed, percent, shortNumber } from '../shared/values.js';

const bins = 40;

export function summaryLine(block: SimilarityBlock, temperature: number): TemplateResult {
  const of = similaritiesOf(block);
  const { found, chance } = summarize(of);
  const loss = meanLoss(of, temperature);
  return html`<p class="summary">
    ${t('The positive is the most similar candidate for {0} % of the anchors; guessing would find {1} %.', percent(found), percent(chance))}
    <span class="muted">
      ${t('Mean loss {0} at temperature {1}; guessing costs {2}.', fixed(loss.loss), shortNumber(temperature), fixed(loss.chance))}
    </span>
  </p>`;
}

export function histogramCard(block: SimilarityBlock): TemplateResult {
  const of = similaritiesOf(block);
  const { positives, negatives } = histogram(of, bins);
  const means = summarize(of);
  const text = t('Mean similarity of positives {0}, of negatives {1}.', fixed(means.positives), fixed(means.negatives));
  return html`<section class="card histogram" aria-label=${t('Similarities in this batch')}>
    <div class="row spread">
      <h3>${t('similarities in this batch')}</h3>
      <span class="keys">
        <span class="swatch positive"></span>${t('positives')} <span class="swatch negative"></span>${t('negatives')}
      </span>
    </div>
    <svg viewBox="0 0 ${bins} 1" preserveAspectRatio="none" role="img" aria-label=${text}>
      ${bars(negatives, 'negative', 0.08)}${bars(positives, 'positive', 0.52)}
      ${mean(means.negatives, 'negative')}${mean(means.positives, 'positive')}
    </svg>
    <div class="ticks muted number" aria-hidden="true">
      <span>−1</span><span>−0.5</span><span>0</span><span>0.5</span><span>1</span>
    </div>
    <p class="muted">${text} ${t('Each kind is drawn up to its own peak; dashed: its mean.')}</p>
  </section>`;
}

/** Both kinds stand side by side in a bin, so neither hides the other. */
function bars(fractions: readonly number[], name: string, offset: number): TemplateResult[] {
  const peak = Math.max(...fractions, Number.MIN_VALUE);
  return fractions.map(
    (fraction, bin) =>
      svg`<rect class=${name} x=${bin + offset} y=${1 - fraction / peak} width="0.42" height=${fraction / peak} />`,
  );
}

const mean = (similarity: number, name: string): TemplateResult => {
  const x = ((similarity + 1) / 2) * bins;
  return svg`<line class="mean ${name}" x1=${x} x2=${x} y1="0" y2="1" />`;
};

export interface TableModel {
  readonly block: SimilarityBlock;
  readonly temperature: number;
  readonly open: boolean;
  toggle(open: boolean): void;
  select(row: number): void;
}

export function table({ block, temperature, open, toggle, select }: TableModel): TemplateResult {
  return html`<details ?open=${open} @toggle=${(event: Event) => toggle((event.target as HTMLDetailsElement).open)}>
    <summary>${t('All anchors as a table')}</summary>
    ${open ? rows(block, temperature, select) : nothing}
  </details>`;
}

function rows(block: SimilarityBlock, temperature: number, select: (row: number) => void): TemplateResult {
  const of = similaritiesOf(block);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('All anchors as a table')}><table>
    <thead><tr>
      <th scope="col">${t('anchor')}</th><th scope="col">${t('positive')}</th><th scope="col">${t('rank')}</th>
      <th scope="col">${t('loss')}</th><th scope="col">${t('hardest negative')}</th>
    </tr></thead>
    <tbody>${block.anchors.map((anchor, row) => {
      const [hardest] = hardestNegatives(of, row, temperature, 1);
      return html`<tr>
        <th scope="row"><button class="link" @click=${() => select(row)}>${anchor.caption}</button></th>
        <td class="number">${fixed(similarityAt(of, row, block.positives[row]!))}</td>
        <td class="number">${positiveRank(of, row)}</td>
        <td class="number">${fixed(pairLoss(of, row, temperature))}</td>
        <td class="number">
          ${hardest ? t('{0} ({1})', fixed(hardest.similarity), block.candidates[hardest.column]!.caption) : nothing}
        </td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}
