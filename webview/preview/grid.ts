/** The views, grouped by draw: what stands in one frame belongs together. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Block, Tile } from '../../src/protocol/figure.js';
import type { Preview } from '../../src/protocol/previewer.js';
import { t } from '../shared/host.js';
import { paint } from '../shared/paint.js';
import { tileText, wasApplied } from '../shared/trace.js';
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
  const sizes = preview.draws.map((draw) => viewsOf([draw]).length);
  // Wide draws (crops, tiles) break into lines of four.
  const columns = Math.min(4, Math.max(1, ...sizes));
  let first = 0;
  return html`<div class="draws" role="grid" aria-label=${t('Views of sample {0}', preview.sample)}
    .style=${`--columns: ${columns}`}
    @keydown=${model.onKey} @pointerleave=${() => model.inspect(undefined)}>
    ${preview.draws.map((figure, draw) => {
      const start = first;
      first += sizes[draw]!;
      const title = figure.title || t('draw {0}', draw + 1);
      return html`<div class="card draw" role="row" aria-label=${title}>
        <div class="draw-title muted" role="rowheader">${title}</div>
        ${blocks(model, figure.blocks, start)}
      </div>`;
    })}
  </div>`;
}

function blocks(model: GridModel, all: readonly Block[], start: number): (TemplateResult | typeof nothing)[] {
  let next = start;
  return all.map((block) => {
    if (block.kind === 'text') return html`<p role="gridcell">${block.text}</p>`;
    // Similarities need a network; they are shown in the Pairs panel.
    if (block.kind !== 'images') return nothing;
    const from = next;
    next += block.tiles.length;
    return html`<div class="tiles" role="presentation">
      ${block.tiles.map((tile, index) => view(model, tile, from + index))}
    </div>`;
  });
}

function view(model: GridModel, tile: Tile, index: number): TemplateResult {
  const { op, inspected, current } = model;
  const kind = op === undefined ? '' : wasApplied(tile.trace, op) ? 'touched' : 'untouched';
  return html`<div class="view smooth ${kind} ${index === inspected ? 'inspected' : ''}" role="gridcell"
    data-view=${index} tabindex=${index === current ? 0 : -1}
    @pointerenter=${() => model.inspect(index)} @focus=${() => model.inspect(index)}
    @blur=${() => model.inspect(undefined)}>
    <canvas role="img" aria-label=${tileText(tile)} ${paint(tile.image)}></canvas>
    <span class="caption muted" aria-hidden="true">${tile.caption}</span>
  </div>`;
}
