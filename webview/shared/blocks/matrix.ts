/** Numbers in rows and columns: a colored table while its numbers fit, else a heat map with the table below it. */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { colorMap, colorOf, isLight } from '../../../src/protocol/color-map.js';
import type { MatrixBlock, Pixels } from '../../../src/protocol/figure.js';
import { cellTexts } from '../../../src/protocol/matrix-numbers.js';
import type { Cell } from '../cells.js';
import { t } from '../host.js';
import { Page } from '../page.js';
import { paint } from '../paint.js';
import { valueText } from '../values.js';
import { matrixPixels, rangeOf } from './matrix-pixels.js';
import '../heat-map.js';

/** The most rows and columns that are a table of numbers. */
const tableRows = 24;
const tableColumns = 16;

export function matrix(block: MatrixBlock): TemplateResult {
  const { title, rows, columns } = block;
  if (rows.length === 0 || columns.length === 0) return html`<section class="matrix"><h2>${title}</h2></section>`;
  const small = rows.length <= tableRows && columns.length <= tableColumns;
  return html`<section class="matrix" aria-label=${title}>
    <h2>${title}</h2>
    ${
      small
        ? html`${table(block, true)} ${scale(block)}`
        : html`<autodidact-large-matrix .block=${block}></autodidact-large-matrix>`
    }
  </section>`;
}

function table(block: MatrixBlock, colored: boolean): TemplateResult {
  const { rows, columns, values, marks, rowTitle, columnTitle } = block;
  const range = rangeOf(block);
  const texts = cellTexts(block);
  const cell = (row: number, column: number) => {
    const value = values[row * columns.length + column]!;
    const marked = marks?.[row] === column;
    const color = colorOf(value, range);
    const look =
      colored && !Number.isNaN(value)
        ? `background: rgb(${color.join()}); color: ${isLight(color) ? 'black' : 'white'}`
        : '';
    return html`<td class="number ${marked ? 'marked' : ''}" .style=${look}>
      ${texts[row * columns.length + column]}${marked ? html`<span class="unseen"> ${t('marked')}</span>` : nothing}
    </td>`;
  };
  return html`<div class="sideways" tabindex="0" role="region" aria-label=${block.title}>
    <table class=${colored ? 'colored' : ''}>
      <thead>
        ${
          rowTitle || columnTitle
            ? html`<tr class="muted titles">
                <td>${rowTitle ? t('{0} ↓', rowTitle) : nothing}</td>
                <td colspan=${columns.length}>${columnTitle ? t('{0} →', columnTitle) : nothing}</td>
              </tr>`
            : nothing
        }
        <tr><td></td>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody>${rows.map(
        (name, row) => html`<tr><th scope="row">${name}</th>${columns.map((_, column) => cell(row, column))}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}

const scalePixels: Pixels = { width: colorMap.length, height: 1, channels: 3, data: Uint8Array.from(colorMap.flat()) };

function scale(block: MatrixBlock): TemplateResult {
  const [low, high] = rangeOf(block).map((value) => valueText(value, block.unit));
  return html`<p class="muted number color-scale">
    <span>${low}</span>
    <canvas role="img" aria-label=${t('Colors from {0} (dark blue) to {1} (light yellow)', low!, high!)} ${paint(scalePixels)}></canvas>
    <span>${high}</span>
    ${block.marks?.some((column) => column >= 0) ? html`<span><span class="mark-key" aria-hidden="true"></span>${t('marked')}</span>` : nothing}
  </p>`;
}

@customElement('autodidact-large-matrix')
export class LargeMatrix extends Page {
  @property({ attribute: false }) block!: MatrixBlock;
  @state() private cell: Cell = { row: 0, column: 0 };
  @state() private hovered: Cell | undefined;
  @state() private open = false;
  private pixels!: Pixels;
  private marks!: Int32Array;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('block')) return;
    const { rows, columns, marks } = this.block;
    this.pixels = matrixPixels(this.block);
    this.marks = marks ?? new Int32Array(rows.length).fill(-1);
    // Another block may be smaller than the one that was looked at.
    this.cell = {
      row: Math.min(this.cell.row, rows.length - 1),
      column: Math.min(this.cell.column, columns.length - 1),
    };
    this.hovered = undefined;
  }

  protected override render(): TemplateResult {
    const { block, cell, hovered } = this;
    const { title, rows, columns, rowTitle, columnTitle } = block;
    return html`
      <p class="muted axes">
        ${rowTitle ? html`<span>${t('{0} ↓', rowTitle)}</span>` : nothing}
        ${columnTitle ? html`<span>${t('{0} →', columnTitle)}</span>` : nothing}
      </p>
      <autodidact-heat-map .pixels=${this.pixels} .marks=${this.marks} .cell=${hovered ?? cell}
        .label=${t('{0}: {1} rows, {2} columns', title, rows.length, columns.length)}
        .hover=${(to: Cell | undefined) => {
          this.hovered = to;
        }}
        .select=${(to: Cell) => {
          this.cell = to;
        }}></autodidact-heat-map>
      <p class="readout" aria-live=${hovered ? 'off' : 'polite'}>${this.reading(hovered ?? cell)}</p>
      ${scale(block)}
      <details ?open=${this.open} @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open;
      }}>
        <summary>${t('As a table')}</summary>
        ${this.open ? table(block, false) : nothing}
      </details>`;
  }

  private reading({ row, column }: Cell): TemplateResult {
    const { rows, columns, values, marks, unit } = this.block;
    return html`${rows[row]} · ${columns[column]}
      <b class="number">${valueText(values[row * columns.length + column]!, unit)}</b>
      ${marks?.[row] === column ? html`<span class="muted">${t('marked')}</span>` : nothing}`;
  }
}
