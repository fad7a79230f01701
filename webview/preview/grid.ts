/** The views, grouped by draw: what stands in one frame belongs together. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Block, Tile } from '../../src/protocol/figure.js';
import type { Preview } from '../../src/protocol/previewer.js';
import { columnsOf, tileWidth } from '../shared/blocks/images.js';
import { picture } from '../shared/blocks/picture.js';
import { plainBlock } from '../shared/blocks/plain.js';
import { t } from '../shared/host.js';
import { wasApplied } from '../shared/trace.js';
import { viewsOf } from './views.js';

export interface GridModel {
  readonly preview: Preview;
  /** The view that Tab leads to. */
  readonly current: number;
  /** The view under the pointer or the keyboard focus. */
  readonly inspected: number | undefined;
  /** The op whose effect is shown: views it left alone step back. */
  readonly op: number | undefined;
  inspect(view: number | undefined): void;
  onKey(event: KeyboardEvent): void;
}

export function grid(model: GridModel): TemplateResult {
  const { preview } = model;
  let first = 0;
  return html`<div class="draws" role="grid" aria-label=${t('Views of sample {0}', preview.sample)}
    .style=${`--draw: ${drawWidth(preview)}px`}
    @keydown=${model.onKey} @pointerleave=${() => model.inspect(undefined)}>
    ${preview.draws.map((figure, draw) => {
      const start = first;
      first += viewsOf([figure]).length;
      const title = figure.title || t('draw {0}', draw + 1);
      return html`<div class="card draw" role="row" aria-label=${title}>
        <div class="draw-title muted" role="rowheader">${title}</div>
        ${blocks(model, figure.blocks, start)}
      </div>`;
    })}
  </div>`;
}

/** Pixels that a draw needs to show its widest block well; draws stand side by side where there is room for several. */
function drawWidth({ draws }: Preview): number {
  const widths = draws.flatMap(({ blocks: all }) =>
    all.map((block) => {
      if (block.kind === 'images') return columnsOf(block) * (tileWidth(block.tiles, 70) + 6);
      return block.kind === 'text' ? 0 : 420;
    }),
  );
  return Math.max(0, ...widths) + 18;
}

function blocks(model: GridModel, all: readonly Block[], start: number): (TemplateResult | typeof nothing)[] {
  let next = start;
  return all.map((block) => {
    // Similarities need a network; they are shown in the Pairs panel.
    if (block.kind === 'similarity') return nothing;
    if (block.kind !== 'images') return html`<div class="said" role="gridcell">${plainBlock(block)}</div>`;
    const from = next;
    next += block.tiles.length;
    const columns = columnsOf(block);
    return html`<div class="tiles" role="presentation"
      .style=${`--columns: ${columns}; --tile: ${tileWidth(block.tiles, 70)}px`}>
      ${block.title ? html`<h3 class="tiles-title">${block.title}</h3>` : nothing}
      ${block.columns?.map((heading) => html`<span class="heading muted" aria-hidden="true">${heading}</span>`)}
      ${block.tiles.map((tile, index) => view(model, tile, from + index, block.columns?.[index % columns]))}
    </div>`;
  });
}

function view(model: GridModel, tile: Tile, index: number, heading: string | undefined): TemplateResult {
  const { op, inspected, current } = model;
  const kind = op === undefined || !tile.trace ? '' : wasApplied(tile.trace, op) ? 'touched' : 'untouched';
  const named = heading === undefined ? tile : { ...tile, caption: t('{0}: {1}', heading, tile.caption) };
  return html`<div class="view smooth ${kind} ${index === inspected ? 'inspected' : ''}" role="gridcell"
    data-view=${index} tabindex=${index === current ? 0 : -1}
    @pointerenter=${() => model.inspect(index)} @focus=${() => model.inspect(index)}
    @blur=${() => model.inspect(undefined)}>
    ${picture(tile, named)}
    ${tile.caption ? html`<span class="caption muted" aria-hidden="true" title=${tile.caption}>${tile.caption}</span>` : nothing}
    ${tile.label ? html`<span class="caption muted" aria-hidden="true">${tile.label}</span>` : nothing}
  </div>`;
}
