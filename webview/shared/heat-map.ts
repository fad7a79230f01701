/** The similarity matrix as a heat map that is read by pointer and by keyboard. */
import { html, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Range } from '../../src/protocol/color-map.js';
import type { SimilarityBlock } from '../../src/protocol/figure.js';
import { t } from '../shared/host.js';
import { Page } from '../shared/page.js';
import { type Cell, moveCell } from './cells.js';
import { matrixPixels } from './colors.js';

@customElement('autodidact-matrix')
export class Matrix extends Page {
  @property({ attribute: false }) block!: SimilarityBlock;
  @property({ attribute: false }) range!: Range;
  /** The selected anchor and the cell under the keyboard's cursor or the pointer. */
  @property({ attribute: false }) row = 0;
  @property({ attribute: false }) cell!: Cell;
  /** Called with the cell under the pointer, undefined when it leaves. */
  @property({ attribute: false }) hover!: (cell: Cell | undefined) => void;
  /** Called with the cell that was clicked or reached by key. */
  @property({ attribute: false }) select!: (cell: Cell) => void;

  @query('canvas') private readonly canvas!: HTMLCanvasElement;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('block') && !changed.has('range')) return;
    const { values, anchors, candidates, excluded } = this.block;
    const { canvas } = this;
    if (canvas.width !== candidates.length) canvas.width = candidates.length;
    if (canvas.height !== anchors.length) canvas.height = anchors.length;
    const pixels = matrixPixels(values, candidates.length, excluded, this.range);
    canvas.getContext('2d')?.putImageData(new ImageData(pixels, candidates.length, anchors.length), 0, 0);
  }

  private readonly cellAt = (event: PointerEvent | MouseEvent): Cell => {
    const box = this.canvas.getBoundingClientRect();
    const place = (at: number, size: number, count: number) =>
      Math.max(0, Math.min(count - 1, Math.floor((at / size) * count)));
    return {
      row: place(event.clientY - box.top, box.height, this.block.anchors.length),
      column: place(event.clientX - box.left, box.width, this.block.candidates.length),
    };
  };

  private readonly onKey = (event: KeyboardEvent) => {
    const { anchors, candidates, positives } = this.block;
    const { row } = this;
    const from = { row, column: this.cell.row === row ? this.cell.column : positives[row]! };
    const to = moveCell(from, event.key, anchors.length, candidates.length, positives[row]!);
    if (!to) return;
    event.preventDefault();
    this.hover(undefined);
    this.select(to);
  };

  protected override render(): TemplateResult {
    const { anchors, candidates, positives } = this.block;
    const rows = anchors.length;
    const columns = candidates.length;
    // Very wide matrices (a queue of thousands) get flat cells rather than no height.
    const shape = Math.max(0.5, Math.min(3, columns / rows));
    return html`<div class="heat-map" tabindex="0" role="application" aria-roledescription=${t('heat map')}
      aria-label=${t('Similarity of {0} anchors (rows) and {1} candidates (columns)', rows, columns)}
      aria-describedby="heat-map-keys"
      .style=${`aspect-ratio: ${shape}`}
      @pointermove=${(event: PointerEvent) => this.hover(this.cellAt(event))}
      @pointerleave=${() => this.hover(undefined)}
      @click=${(event: MouseEvent) => this.select(this.cellAt(event))}
      @keydown=${this.onKey}>
      <canvas class="crisp"></canvas>
      <svg viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none" aria-hidden="true"
        class=${Math.max(rows, columns) > 110 ? 'dense' : ''}>
        ${guard([positives], () => positiveFrames(positives))}
        ${frame(0, this.row, columns)} ${frame(this.cell.column, this.cell.row, 1)}
      </svg>
    </div>`;
  }
}

function positiveFrames(positives: Int32Array): TemplateResult {
  const outline = Array.from(positives, (column, row) => `M${column} ${row}h1v1h-1z`).join('');
  return svg`<path class="positive-halo" d=${outline} /><path class="positive-mark" d=${outline} />`;
}

/** A frame that shows on every color: bright on a dark edge. */
const frame = (x: number, y: number, width: number): TemplateResult => svg`
  <rect class="frame-edge" x=${x} y=${y} width=${width} height="1" />
  <rect class="frame" x=${x} y=${y} width=${width} height="1" />`;
