/** A grid of pictures: as many side by side as fit, or a table with headings above its columns. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ImagesBlock, Tile } from '../../../src/protocol/figure.js';
import { roleName } from '../trace.js';
import { picture } from './picture.js';

/** Pixels on the screen that the pictures of a block are worth: large ones show more, and get more. */
export function tileWidth(tiles: readonly Tile[], least: number): number {
  const widest = Math.max(0, ...tiles.map(({ image }) => image.width));
  return Math.round(Math.max(least, Math.min(200, 1.4 * widest)));
}

/** How many tiles of a block stand side by side where there is room: as its headings say, else so that no line is ragged. */
export function columnsOf({ columns, tiles }: ImagesBlock): number {
  if (columns?.length) return columns.length;
  if (tiles.length <= 4) return Math.max(1, tiles.length);
  return [4, 3, 5].find((count) => tiles.length % count === 0) ?? 4;
}

/** Tiles row by row, `columns` in each. */
export const rowsOf = <T>(tiles: readonly T[], columns: number): T[][] =>
  Array.from({ length: Math.ceil(tiles.length / columns) }, (_, row) =>
    tiles.slice(row * columns, (row + 1) * columns),
  );

export function images({ title, columns, tiles }: ImagesBlock): TemplateResult {
  const width = `--tile: ${tileWidth(tiles, columns && columns.length > 5 ? 64 : 92)}px`;
  return html`<section class="images" .style=${width}>
    ${title ? html`<h2>${title}</h2>` : nothing}
    ${
      columns?.length
        ? table(columns, tiles)
        : html`<ul class="gallery">${tiles.map((tile) => html`<li>${figure(tile, true)}</li>`)}</ul>`
    }
  </section>`;
}

/** Narrow tables go on beside themselves where there is room. */
const table = (columns: readonly string[], tiles: readonly Tile[]): TemplateResult => {
  const rows = rowsOf(tiles, columns.length);
  return html`<div class="picture-tables">
    ${rowsOf(rows, columns.length <= 4 ? 4 : rows.length).map(
      (some) => html`<div class="sideways"><table class="picture-table">
        <thead><tr>${columns.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
        <tbody>${some.map((row) => html`<tr>${row.map((tile, i) => html`<td>${figure(tile, false, columns[i])}</td>`)}</tr>`)}</tbody>
      </table></div>`,
    )}
  </div>`;
};

/** Pixels on the screen that a picture which is higher than wide may be high. */
const tallest = 96;

const narrowed = ({ image: { width, height } }: Tile): string =>
  height > width ? `--tile: ${Math.round((tallest * width) / height)}px` : '';

/** What stands below the picture is also its alternative text, and is read once. */
const figure = (
  tile: Tile,
  sayRole: boolean,
  heading?: string,
): TemplateResult => html`<figure .style=${narrowed(tile)}>
  ${picture(tile)}
  <figcaption aria-hidden="true">
    ${tile.role && tile.role !== 'original' && sayRole ? html`<div class="role-name ${tile.role}">${roleName(tile.role)}</div>` : nothing}
    ${tile.caption && tile.caption !== heading ? html`<div>${tile.caption}</div>` : nothing}
    ${tile.label ? html`<div class="muted">${tile.label}</div>` : nothing}
  </figcaption>
</figure>`;
