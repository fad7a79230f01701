/** Text as the network is shown it: what was done to each token, what stood there, and what the network guesses. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Token, TokensBlock, TokenTreatment } from '../../../src/protocol/figure.js';
import { t } from '../host.js';
import { percent } from '../values.js';

/** How many guesses stand below a token; the tooltip has all. */
const shown = 3;

export function tokens({ title, lines }: TokensBlock): TemplateResult {
  const treatments = new Set(lines.flatMap((line) => line.tokens.map(({ treatment }) => treatment)));
  const named = (['masked', 'random', 'unchanged', 'special'] as const).filter((treatment) =>
    treatments.has(treatment),
  );
  return html`<section class="tokens">
    ${title ? html`<h2>${title}</h2>` : nothing}
    ${lines.map(
      ({ caption, tokens: strip }) => html`<div class="token-line">
        ${caption ? html`<p class="muted">${caption}</p>` : nothing}
        <ol>${strip.map(token)}</ol>
      </div>`,
    )}
    ${
      named.length === 0
        ? nothing
        : html`<p class="muted keys token-keys" aria-hidden="true">
            ${named.map((treatment) => html`<span><span class="chip ${treatment}">a</span> ${treatmentName(treatment)}</span>`)}
          </p>`
    }
  </section>`;
}

function token(content: Token): TemplateResult {
  const { text, treatment, truth, guesses = [] } = content;
  return html`<li title=${treatment === 'plain' && truth === undefined ? nothing : tokenText(content)}>
    <span class="chip ${treatment}">${text}</span>
    ${treatment === 'plain' ? nothing : html`<span class="unseen">${treatmentName(treatment)}</span>`}
    ${truth === undefined ? nothing : html`<span class="truth"><span class="unseen">${t('truth')}</span> ${truth}</span>`}
    ${guesses.slice(0, shown).map(
      ({ text: guess, probability }, rank) => html`<span class="guess ${guess === truth ? 'right' : ''}">
        ${rank === 0 ? html`<span class="unseen">${t('guesses')}</span>` : nothing}
        ${guess} <span class="number">${t('{0} %', percent(probability))}</span>
      </span>`,
    )}
  </li>`;
}

/** All there is to know of a token. */
export function tokenText({ text, treatment, truth, guesses = [] }: Token): string {
  const parts = [`${text}: ${treatmentName(treatment)}`];
  if (truth !== undefined) parts.push(t('truth {0}', truth));
  if (guesses.length > 0)
    parts.push(t('guesses {0}', guesses.map((g) => t('{0} {1} %', g.text, percent(g.probability))).join(', ')));
  return parts.join('\n');
}

export function treatmentName(treatment: TokenTreatment): string {
  switch (treatment) {
    case 'plain':
      return t('shown as it is');
    case 'special':
      return t('special token');
    case 'masked':
      return t('masked');
    case 'random':
      return t('replaced at random');
    case 'unchanged':
      return t('asked for, but left unchanged');
  }
}
