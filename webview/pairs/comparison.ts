/** A similarity block: who is compared with whom, and what the loss makes of it. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Range } from '../../src/protocol/color-map.js';
import type { Pixels, SimilarityBlock } from '../../src/protocol/figure.js';
import type { Cell } from '../shared/cells.js';
import '../shared/heat-map.js';
import { similaritiesOf, similarityAt } from '../../src/protocol/similarity.js';
import { t } from '../shared/host.js';
import { Page } from '../shared/page.js';
import { anchorCard, negativesCard } from './anchor.js';
import { matrixPixels, rangeOf, wholeRange } from './colors.js';
import { inspector, legend } from './legend.js';
import { histogramCard, summaryLine, table } from './overview.js';

/** What a person looks at in a block; kept over reloads. */
export interface Look {
  readonly row: number;
  /** The candidate under the cursor; the anchor's positive when absent. */
  readonly column?: number;
  /** Set by hand; the block's own when absent. */
  readonly temperature?: number;
  readonly table?: boolean;
  /** Colors span the values of this batch instead of [-1, 1]. */
  readonly stretch?: boolean;
}

@customElement('autodidact-comparison')
export class Comparison extends Page {
  @property({ attribute: false }) block!: SimilarityBlock;
  @property({ attribute: false }) look!: Look;
  @property({ attribute: false }) change!: (look: Look) => void;
  @state() private hovered: Cell | undefined;

  private range: Range = wholeRange;
  private pixels!: Pixels;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('block') && !changed.has('look')) return;
    const { values, candidates, excluded } = this.block;
    const range = this.look.stretch ? rangeOf(values, candidates.length, excluded) : wholeRange;
    const same = range[0] === this.range[0] && range[1] === this.range[1];
    if (same && !changed.has('block')) return;
    this.range = range;
    this.pixels = {
      width: candidates.length,
      height: values.length / candidates.length,
      channels: 4,
      data: matrixPixels(values, candidates.length, excluded, range),
    };
  }

  protected override render(): TemplateResult {
    const { block, change } = this;
    const rows = block.anchors.length;
    const columns = block.candidates.length;
    // Another batch or another method may have fewer pictures than the one that was looked at.
    const row = Math.min(this.look.row, rows - 1);
    const look = { ...this.look, row };
    const column = look.column === undefined || look.column >= columns ? block.positives[row]! : look.column;
    const at = (cell: Cell | undefined) => (cell && cell.row < rows && cell.column < columns ? cell : undefined);
    const cell = at(this.hovered) ?? { row, column };
    const temperature = look.temperature ?? block.temperature;
    const model = {
      block,
      row,
      temperature,
      setTemperature: (value: number | undefined) => change({ ...look, temperature: value }),
      select: (to: number) => change({ ...look, column: to }),
    };
    // The pointer moves often: only what depends on the cell under it is made anew.
    return html`<section class="comparison" aria-label=${block.title}>
      ${guard([block, temperature], () => summaryLine(block, temperature))}
      <div class="sides">
        <div class="map">
          <h2>${block.title}</h2>
          <autodidact-heat-map .pixels=${this.pixels} .marks=${block.positives} .row=${row} .cell=${cell}
            .label=${t('Similarity of {0} anchors (rows) and {1} candidates (columns)', rows, columns)}
            .explanation=${'heat-map-keys'}
            .hover=${(to: Cell | undefined) => {
              this.hovered = to;
            }}
            .select=${(to: Cell) => change({ ...look, row: to.row, column: to.column })}></autodidact-heat-map>
          ${legend({
            value: similarityAt(similaritiesOf(block), cell.row, cell.column),
            range: this.range,
            stretch: (on) => change({ ...look, stretch: on }),
          })}
          ${inspector(block, cell, this.hovered === undefined)}
        </div>
        <div class="details-of-anchor">
          ${guard([block, this.look], () => html`${anchorCard(model)} ${negativesCard(model)}`)}
          ${guard([block], () => histogramCard(block))}
        </div>
      </div>
      ${guard([block, this.look], () =>
        table({
          block,
          temperature,
          open: look.table ?? false,
          toggle: (open) => change({ ...look, table: open }),
          select: (to) => change({ ...look, row: to, column: undefined }),
        }),
      )}
    </section>`;
  }
}
