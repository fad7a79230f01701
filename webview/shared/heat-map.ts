/** A matrix as a heat map, one color per cell, that is read by pointer and by keyboard. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Pixels } from '../../src/protocol/figure.js';
import { type Cell, moveCell } from './cells.js';
import { t } from './host.js';
import { Page } from './page.js';
import { paint } from './paint.js';

@customElement('autodidact-heat-map')
export class HeatMap extends Page {
  /** One pixel per cell. A new object repaints. */
  @property({ attribute: false }) pixels!: Pixels;
  /** For each row, the column that is framed, or -1. */
  @property({ attribute: false }) marks!: Int32Array;
  /** What it is, for those who do not see it. */
  @property({ attribute: false }) label = '';
  /** Id of the element that explains colors and keys. */
  @property({ attribute: false }) explanation: string | undefined;
  /** The selected row, if rows are selected. */
  @property({ attribute: false }) row: number | undefined;
  /** The cell under the keyboard's cursor or the pointer. */
  @property({ attribute: false }) cell!: Cell;
  /** Called with the cell under the pointer, undefined when it leaves. */
  @property({ attribute: false }) hover!: (cell: Cell | undefined) => void;
  /** Called with the cell that was clicked or reached by key. */
  @property({ attribute: false }) select!: (cell: Cell) => void;

  @query('canvas') private readonly canvas!: HTMLCanvasElement;

  private readonly cellAt = (event: PointerEvent | MouseEvent): Cell => {
    const box = this.canvas.getBoundingClientRect();
    const place = (at: number, size: number, count: number) =>
      Math.max(0, Math.min(count - 1, Math.floor((at / size) * count)));
    return {
      row: place(event.clientY - box.top, box.height, this.pixels.height),
      column: place(event.clientX - box.left, box.width, this.pixels.width),
    };
  };

  private readonly onKey = (event: KeyboardEvent) => {
    const { pixels, marks, cell } = this;
    const row = this.row ?? cell.row;
    const mark = Math.max(0, marks[row]!);
    const from = { row, column: cell.row === row ? cell.column : mark };
    const to = moveCell(from, event.key, pixels.height, pixels.width, mark);
    if (!to) return;
    event.preventDefault();
    this.hover(undefined);
    this.select(to);
  };

  protected override render(): TemplateResult {
    const { pixels, marks, row, cell, label, explanation } = this;
    const { width: columns, height: rows } = pixels;
    // Very wide matrices (a queue of thousands) get flat cells rather than no height.
    const shape = Math.max(0.5, Math.min(3, columns / rows));
    return html`<div class="heat-map" tabindex="0" role="application" aria-roledescription=${t('heat map')}
      aria-label=${label} aria-describedby=${explanation ?? nothing}
      .style=${`aspect-ratio: ${shape}`}
      @pointermove=${(event: PointerEvent) => this.hover(this.cellAt(event))}
      @pointerleave=${() => this.hover(undefined)}
      @click=${(event: MouseEvent) => this.select(this.cellAt(event))}
      @keydown=${this.onKey}>
      <canvas ${paint(pixels)}></canvas>
      <svg viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none" aria-hidden="true"
        class=${Math.max(rows, columns) > 110 ? 'dense' : ''}>
        ${guard([marks], () => markFrames(marks))}
        ${row === undefined ? nothing : frame(0, row, columns)} ${frame(cell.column, cell.row, 1)}
      </svg>
    </div>`;
  }
}

function markFrames(marks: Int32Array): TemplateResult {
  const outline = Array.from(marks, (column, row) => (column < 0 ? '' : `M${column} ${row}h1v1h-1z`)).join('');
  return svg`<path class="mark-halo" d=${outline} /><path class="mark-frame" d=${outline} />`;
}

/** A frame that shows on every color: bright on a dark edge. */
const frame = (x: number, y: number, width: number): TemplateResult => svg`
  <rect class="frame-edge" x=${x} y=${y} width=${width} height="1" />
  <rect class="frame" x=${x} y=${y} width=${width} height="1" />`;
