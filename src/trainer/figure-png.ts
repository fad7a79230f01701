/** Figures as one picture: the grid of the Preview panel for terminals, reports and tests. */
import { encode } from 'fast-png';
import type { Figure, Pixels, Tile } from '../protocol/figure.js';
import type { Preview } from '../protocol/previewer.js';

/** Pixels that the longer side of a tile is enlarged to, by a whole factor. */
const tileSize = 112;
const gap = 8;
const background = 32;

/** The original at the left, and beside it one row per draw, with the views of the draw. */
export function previewPng({ original, draws }: Preview): Uint8Array {
  const rows = draws.map(({ blocks }: Figure) => blocks.flatMap((b) => (b.kind === 'images' ? b.tiles : [])));
  const originals = original.flatMap((block) => (block.kind === 'images' ? block.tiles : []));
  const beside = originals.length === 1 ? originals : [];
  const above = originals.length === 1 ? [] : [originals];
  const empty = beside.map(() => undefined);
  return gridPng([...above, [...beside, ...(rows[0] ?? [])], ...rows.slice(1).map((row) => [...empty, ...row])]);
}

/** Rows of tiles as PNG, RGB. All cells are as large as the largest tile; undefined leaves a cell empty. */
export function gridPng(rows: readonly (readonly (Tile | undefined)[])[]): Uint8Array {
  const tiles = rows.flat().filter((tile) => tile !== undefined);
  const side = Math.max(1, ...tiles.map(({ image }) => Math.max(image.width, image.height)));
  const factor = Math.max(1, Math.floor(tileSize / side));
  const cell = side * factor + gap;
  const width = Math.max(1, ...rows.map(({ length }) => length)) * cell + gap;
  const height = Math.max(1, rows.length) * cell + gap;
  const data = new Uint8Array(width * height * 3).fill(background);
  rows.forEach((row, y) => {
    row.forEach((tile, x) => {
      if (tile !== undefined) draw(data, width, tile.image, factor, gap + x * cell, gap + y * cell);
    });
  });
  return encode({ width, height, data, channels: 3, depth: 8 });
}

/** Every pixel becomes a square of `factor` pixels; what is transparent shows the background. */
function draw(out: Uint8Array, outWidth: number, image: Pixels, factor: number, left: number, top: number): void {
  const { width, height, channels, data } = image;
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      const to = ((top + y) * outWidth + left + x) * 3;
      const alpha = channels === 4 ? (data[from + 3] as number) / 255 : 1;
      for (let c = 0; c < 3; c++) {
        const value = data[from + (channels === 1 ? 0 : c)] as number;
        out[to + c] = Math.round(value * alpha + background * (1 - alpha));
      }
    }
  }
}
