/** What was drawn for the view a person points at: beside it, and on a line of its own below the grid. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AppliedOp } from '../../src/protocol/figure.js';
import { t } from '../shared/host.js';
import { drawnText, tileText } from '../shared/trace.js';
import type { View } from './views.js';

const opLine = (op: AppliedOp): TemplateResult =>
  op.applied
    ? html`<span class="op-name">${op.op}</span> <span class="mono">${drawnText(op)}</span>`
    : html`<s class="muted">${op.op}</s><span class="unseen">${t('not applied')}</span>`;

export function tooltip(view: View | undefined): TemplateResult {
  // Always there, so that it can be measured and placed before it is seen.
  return html`<div class="tooltip" role="tooltip" ?hidden=${!view?.tile.trace?.length}>
    <div class="muted">${view ? t('{0} of draw {1}', view.tile.caption, view.draw + 1) : nothing}</div>
    ${view?.tile.trace?.map((op) => html`<div>${opLine(op)}</div>`)}
  </div>`;
}

export function detailsLine(
  view: View | undefined,
  views: readonly View[],
  sample: number,
): TemplateResult | typeof nothing {
  if (views.length === 0) return nothing;
  if (!view) {
    const traced = views.some(({ tile }) => tile.trace?.length);
    return html`<p class="details muted">
      ${
        traced
          ? t(
              '{0} views of sample {1}. Point at a view, or move to it with the arrow keys, to see what was drawn for it.',
              views.length,
              sample,
            )
          : t('{0} pictures made of sample {1}.', views.length, sample)
      }
    </p>`;
  }
  const { tile, draw } = view;
  return html`<p class="details">
    <span class="muted">${t('{0} of draw {1}', tileText({ ...tile, trace: undefined }), draw + 1)}</span>
    ${(tile.trace ?? []).map((op) => html`<span class="op">${opLine(op)}</span>`)}
  </p>`;
}

/** Puts the tooltip below its view, or above where there is no room, and inside the window. */
export function placeTooltip(page: HTMLElement, view: number | undefined): void {
  const tip = page.querySelector<HTMLElement>('.tooltip');
  const anchor = page.querySelector<HTMLElement>(`.view[data-view="${view}"]`)?.getBoundingClientRect();
  if (!tip || tip.hidden || !anchor) return;
  const { width, height } = tip.getBoundingClientRect();
  const gap = 6;
  const below = anchor.bottom + gap;
  const top = below + height > window.innerHeight ? anchor.top - height - gap : below;
  const left = Math.min(anchor.left, document.documentElement.clientWidth - width - gap);
  tip.style.transform = `translate(${Math.max(gap, left)}px, ${Math.max(gap, top)}px)`;
}
