/** One bar per name, with its number, and a line where guessing would end. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BarsBlock } from '../../../src/protocol/figure.js';
import { t } from '../host.js';
import { roleName } from '../trace.js';
import { valueText } from '../values.js';

/** Where a value lies between the ends of the bars, in percent. */
export type Place = (value: number) => number;

/** Bars start at zero; fractions end at 1, unless they are so small that nothing would be seen. */
export function placeOf({ bars: all, chance, unit }: BarsBlock): Place {
  const values = [...all.map(({ value }) => value), chance ?? 0].filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const greatest = Math.max(0, ...values);
  const high =
    unit === 'fraction' && greatest > 0.3 ? Math.max(1, greatest) : greatest > low ? greatest * 1.1 : low + 1;
  return (value) => (100 * (value - low)) / (high - low);
}

export function bars(block: BarsBlock): TemplateResult {
  const place = placeOf(block);
  const zero = place(0);
  const { chance } = block;
  return html`<section class="bars">
    <h2>${block.title}</h2>
    <ul>${block.bars.map(({ label, value, role }) => {
      const end = Number.isFinite(value) ? place(value) : zero;
      return html`<li>
        <span class="bar-label">${label}${role ? html`<span class="unseen">, ${roleName(role)}</span>` : nothing}</span>
        <span class="track" aria-hidden="true">
          <span class="smooth fill ${role ?? ''}" .style=${`left: ${Math.min(zero, end)}%; width: ${Math.abs(end - zero)}%`}></span>
          ${chance === undefined ? nothing : html`<span class="chance" .style=${`left: ${place(chance)}%`}></span>`}
        </span>
        <span class="number">${valueText(value, block.unit)}</span>
      </li>`;
    })}</ul>
    ${chance === undefined ? nothing : html`<p class="muted keys"><span class="chance-key" aria-hidden="true"></span>${t('guessing: {0}', valueText(chance, block.unit))}</p>`}
  </section>`;
}
