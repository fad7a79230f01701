/** Figures as picture files: what the Preview and Pairs panels show, for terminals, reports and tests. */
import { colorMap, colorOf, extent, isLight, type Range } from '../protocol/color-map.js';
import type {
  BarsBlock,
  Block,
  Box,
  ImagesBlock,
  MatrixBlock,
  Role,
  SimilarityBlock,
  Tile,
  Token,
  TokensBlock,
  TokenTreatment,
} from '../protocol/figure.js';
import { cellTexts } from '../protocol/matrix-numbers.js';
import type { Pairs, Preview } from '../protocol/previewer.js';
import { similaritiesOf, summarize } from '../protocol/similarity.js';
import {
  background,
  beside,
  type Color,
  characterWidth,
  flow,
  lineHeight,
  padded,
  paragraph,
  Raster,
  stack,
  wrap,
} from './raster.js';

/** Pixels that the longer side of the largest tile of a block is enlarged to, by a whole factor. */
const tileSize = 168;
const gap = 16;
/** Pixels in which lines of blocks are broken. */
const pageWidth = 1700;

const ink: Color = [220, 220, 220];
const muted: Color = [150, 150, 150];
const faint: Color = [52, 52, 52];
const roles: Readonly<Record<Role, Color>> = {
  original: muted,
  anchor: [235, 235, 235],
  positive: [137, 209, 133],
  negative: [55, 148, 255],
  target: [177, 128, 215],
  prediction: [209, 134, 22],
};
const chanceColor: Color = [204, 167, 0];
const treatments: Readonly<Record<TokenTreatment, Color>> = {
  plain: faint,
  special: background,
  masked: [92, 66, 112],
  random: [122, 50, 50],
  unchanged: [40, 78, 122],
};

/** The original beside or above the draws of the views. */
export function previewPng({ original, draws, methodTitle, dataTitle }: Preview): Uint8Array {
  const shown = draws.map(({ title, blocks }, i) =>
    stack([paragraph([title || `draw ${i + 1}`], muted), ...blocks.map(drawBlock)], gap / 2),
  );
  const before = stack([paragraph(['original'], muted), ...original.map(drawBlock)], gap / 2);
  const views = flow(shown, pageWidth, 2 * gap);
  const body = before.width <= 2.5 * tileSize ? beside([before, views], 2 * gap) : stack([before, views], gap);
  return page(`${methodTitle} / ${dataTitle}`, body);
}

export function pairsPng({ methodTitle, name, checkpoint, blocks }: Pairs): Uint8Array {
  const title = `${methodTitle} / ${name}, ${checkpoint?.label ?? 'untrained'}`;
  return page(title, blocksPicture(blocks));
}

const page = (title: string, body: Raster): Uint8Array =>
  padded(stack([paragraph([title], ink), body], gap), gap).png();

/** Blocks one below the other; small ones side by side. Texts have lines of their own. */
function blocksPicture(blocks: readonly Block[]): Raster {
  const groups: Block[][] = [];
  blocks.forEach((block, i) => {
    const alone = block.kind === 'text' || blocks[i - 1]?.kind === 'text';
    if (alone || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(block);
  });
  return stack(
    groups.map((group) => flow(group.map(drawBlock), pageWidth, 2 * gap)),
    gap,
  );
}

export function drawBlock(block: Block): Raster {
  switch (block.kind) {
    case 'images':
      return titled(block.title, drawImages(block));
    case 'similarity':
      return titled(block.title, drawSimilarity(block));
    case 'tokens':
      return titled(block.title, drawTokens(block));
    case 'matrix':
      return titled(block.title, drawMatrix(block));
    case 'bars':
      return titled(block.title, drawBars(block));
    case 'text':
      return paragraph(wrap(block.text, 100), ink);
  }
}

const titled = (title: string | undefined, content: Raster): Raster =>
  title
    ? stack([paragraph(wrap(title, Math.max(40, Math.floor(content.width / characterWidth))), ink), content], gap / 2)
    : content;

// ---- Pictures ---------------------------------------------------------------------------------------------------

function drawImages({ columns, tiles }: ImagesBlock): Raster {
  const side = Math.max(1, ...tiles.map(({ image }) => Math.max(image.width, image.height)));
  const factor = Math.max(1, Math.floor(tileSize / side));
  const width = Math.max(1, ...tiles.map((tile) => sizeOf(tile, factor).width));
  const cells = tiles.map((tile) => drawTile(tile, factor, width));
  if (!columns?.length) return flow(cells, pageWidth, gap);
  // Narrow tables go on beside themselves.
  const rowsOfTable = columns.length <= 4 ? 4 : Infinity;
  const head = beside(
    columns.map((heading) => caption(heading, width, muted)),
    gap,
  );
  const rows: Raster[] = [];
  for (let i = 0; i < cells.length; i += columns.length) rows.push(beside(cells.slice(i, i + columns.length), gap));
  const tables: Raster[] = [];
  for (let i = 0; i < rows.length; i += rowsOfTable)
    tables.push(stack([head, ...rows.slice(i, i + rowsOfTable)], gap / 2));
  return flow(tables, pageWidth, 2 * gap);
}

/** Small pictures grow by the same factor, so that they can be compared; tiny ones beside large ones grow to be seen. */
function sizeOf({ image }: Tile, factor: number) {
  const own = Math.max(factor, Math.floor(tileSize / 2 / Math.max(image.width, image.height)));
  return { width: image.width * own, height: image.height * own };
}

function drawTile(tile: Tile, factor: number, width: number): Raster {
  const { image, boxes = [], role, label } = tile;
  const size = sizeOf(tile, factor);
  const picture = new Raster(Math.max(width, size.width), size.height).picture(image, 0, 0, size.width, size.height);
  if (role !== undefined && role !== 'original')
    picture.frame(0, 0, size.width, size.height, roles[role], 3, role === 'prediction' ? 6 : 0);
  for (const box of boxes) drawBox(picture, box, size.width / image.width);
  const captions = [
    ...(tile.caption ? [caption(tile.caption, width, ink)] : []),
    ...(label ? [caption(label, width, muted)] : []),
  ];
  return stack([picture, ...captions], 4);
}

function drawBox(picture: Raster, { left, top, width, height, role, label }: Box, scale: number): void {
  const color = roles[role];
  const place = [left * scale, top * scale, width * scale, height * scale] as const;
  picture.frame(...place, background, 4).frame(...place, color, 2, role === 'prediction' ? 6 : 0);
  // In a small box a word would hide what it names.
  if (!label || (label.length + 0.5) * characterWidth > width * scale || height * scale < 1.5 * lineHeight) return;
  picture.fill(place[0], place[1], label.length * characterWidth + 4, lineHeight - 2, color);
  picture.text(label, place[0] + 3, place[1] + 2, background);
}

const caption = (text: string, width: number, color: Color): Raster =>
  paragraph(wrap(text, Math.max(6, Math.floor(width / characterWidth))).slice(0, 6), color, width);

// ---- Text -------------------------------------------------------------------------------------------------------

const drawTokens = ({ lines }: TokensBlock): Raster =>
  stack(
    lines.map(({ caption: said, tokens }) =>
      stack([...(said ? [paragraph(wrap(said, 100), muted)] : []), flow(tokens.map(drawToken), pageWidth, 6)], 4),
    ),
    gap,
  );

function drawToken({ text, treatment, truth, guesses = [] }: Token): Raster {
  const [shown = ''] = wrap(text, 100);
  const chip = new Raster(shown.length * characterWidth + 6, lineHeight + 2, treatments[treatment]);
  chip.text(shown, 4, 4, treatment === 'special' ? muted : ink);
  const below = [
    ...(truth === undefined ? [] : [paragraph(wrap(truth, 100), ink)]),
    ...guesses
      .slice(0, 3)
      .map((guess) =>
        paragraph(
          [`${guess.text} ${numberText(guess.probability, 'fraction')}`],
          guess.text === truth ? roles.positive : muted,
        ),
      ),
  ];
  return stack([chip, ...below], 2);
}

// ---- Numbers ----------------------------------------------------------------------------------------------------

/** As few characters as tell it. */
export function numberText(value: number, unit: 'fraction' | undefined): string {
  if (Number.isNaN(value)) return '';
  if (unit === 'fraction') return `${Math.abs(value) < 0.0995 ? (100 * value).toFixed(1) : (100 * value).toFixed(0)}%`;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

function colorScale([low, high]: Range, unit?: 'fraction'): Raster {
  const scale = new Raster(colorMap.length, lineHeight);
  colorMap.forEach((color, x) => {
    scale.fill(x, 4, 1, 10, color);
  });
  return beside([paragraph([numberText(low, unit)], muted), scale, paragraph([numberText(high, unit)], muted)], 8);
}

function drawMatrix(block: MatrixBlock): Raster {
  const { rows, columns, values, marks, rowTitle, columnTitle, unit } = block;
  const range = block.range ?? extent(values) ?? [0, 1];
  const numbers = rows.length <= 24 && columns.length <= 16;
  const texts = cellTexts(block);
  const longest = Math.max(
    2,
    ...texts.map(({ length }) => length),
    ...columns.map(({ length }) => Math.min(8, length)),
  );
  const side = Math.max(2, Math.floor(560 / Math.max(rows.length, columns.length)));
  const cell = numbers
    ? { width: (longest + 1) * characterWidth, height: lineHeight + 8 }
    : { width: side, height: side };
  const cells = new Raster(Math.max(1, columns.length * cell.width), Math.max(1, rows.length * cell.height));
  rows.forEach((_, y) => {
    columns.forEach((_, x) => {
      const value = values[y * columns.length + x] as number;
      if (Number.isNaN(value)) return;
      const color = colorOf(value, range);
      const left = x * cell.width;
      const top = y * cell.height;
      cells.fill(left, top, cell.width, cell.height, color);
      const text = texts[y * columns.length + x] as string;
      const indent = Math.floor((cell.width - text.length * characterWidth) / 2) + 1;
      if (numbers) cells.text(text, left + indent, top + 7, isLight(color) ? [0, 0, 0] : [255, 255, 255]);
      if (marks?.[y] === x)
        cells.frame(left, top, cell.width, cell.height, roles.positive, Math.min(3, Math.ceil(side / 6)));
    });
  });
  const axes = [rowTitle && `rows: ${rowTitle}`, columnTitle && `columns: ${columnTitle}`].filter((text) => !!text);
  const said = axes.length > 0 ? [paragraph(wrap(axes.join(', '), 60), muted)] : [];
  return stack([...said, numbers ? labeled(block, cells, cell) : cells, colorScale(range, unit)], gap / 2);
}

/** The cells with the names of their rows and columns. */
function labeled({ rows, columns }: MatrixBlock, cells: Raster, cell: { width: number; height: number }): Raster {
  const room = Math.floor(cell.width / characterWidth);
  const head = beside(
    columns.map((name) => paragraph(wrap(name, room).slice(0, 2), muted, cell.width)),
    0,
  );
  const names = rows.map((name) => wrap(name, 24)[0] as string);
  const width = Math.max(1, ...names.map(({ length }) => length)) * characterWidth;
  const side = new Raster(width, cells.height);
  names.forEach((name, y) => {
    side.text(name, width - name.length * characterWidth, y * cell.height + 7, muted);
  });
  return stack([beside([new Raster(width, head.height), head], 8), beside([side, cells], 8)], 2);
}

function drawBars({ bars, chance, unit }: BarsBlock): Raster {
  const track = 400;
  const step = lineHeight + 8;
  const [low, high] = extent([0, chance ?? 0, ...bars.map(({ value }) => value)]) as Range;
  const top = unit === 'fraction' && high > 0.3 ? Math.max(1, high) : high > low ? high : low + 1;
  const place = (value: number) => (track * (value - low)) / (top - low);
  const drawn = new Raster(track, Math.max(1, bars.length * step), faint);
  bars.forEach(({ value, role }, i) => {
    if (Number.isNaN(value)) return;
    const [from, to] = [place(0), place(value)].sort((a, b) => a - b) as [number, number];
    drawn.fill(from, i * step + 4, Math.max(1, to - from), step - 8, roles[role ?? 'negative']);
  });
  if (chance !== undefined)
    for (let y = 0; y < drawn.height; y += 8) drawn.fill(place(chance) - 1, y, 2, 5, chanceColor);
  const column = (texts: readonly string[], color: Color) =>
    stack(
      texts.map((text) => new Raster(Math.max(1, text.length * characterWidth), step).text(text, 0, 7, color)),
      0,
    );
  const parts = [
    column(
      bars.map(({ label }) => wrap(label, 28)[0] as string),
      ink,
    ),
    drawn,
    column(
      bars.map(({ value }) => numberText(value, unit)),
      ink,
    ),
  ];
  const said = chance === undefined ? [] : [paragraph([`dashed: guessing, ${numberText(chance, unit)}`], muted)];
  return stack([beside(parts, 10), ...said], gap / 2);
}

function drawSimilarity(block: SimilarityBlock): Raster {
  const { anchors, candidates, values, positives, excluded } = block;
  if (anchors.length === 0 || candidates.length === 0) return new Raster(1, 1);
  const side = Math.max(2, Math.min(36, Math.floor(900 / Math.max(anchors.length, candidates.length))));
  const cells = new Raster(candidates.length * side, anchors.length * side);
  anchors.forEach((_, y) => {
    candidates.forEach((_, x) => {
      const value = values[y * candidates.length + x] as number;
      cells.fill(x * side, y * side, side, side, excluded[y] === x ? [0, 0, 0] : colorOf(value, [-1, 1]));
      if (positives[y] === x) cells.frame(x * side, y * side, side, side, roles.positive, Math.ceil(side / 12));
    });
  });
  const of = similaritiesOf(block);
  const { found, chance, positives: near, negatives: far } = summarize(of);
  const said = [
    `Positive most similar for ${numberText(found, 'fraction')} of the anchors (guessing: ${numberText(chance, 'fraction')}).`,
    `Mean similarity: positives ${near.toFixed(2)}, negatives ${far.toFixed(2)}.`,
  ];
  const below = [colorScale([-1, 1]), paragraph(said, muted)];
  if (side < 14) return stack([cells, ...below], gap / 2);
  const thumbs = (tiles: readonly Tile[], down: boolean) => {
    const strip = new Raster(down ? side : tiles.length * side, down ? tiles.length * side : side);
    tiles.forEach(({ image }, i) => {
      strip.picture(image, down ? 0 : i * side, down ? i * side : 0, side - 1, side - 1);
    });
    return strip;
  };
  const map = stack(
    [beside([new Raster(side, side), thumbs(candidates, false)], 4), beside([thumbs(anchors, true), cells], 4)],
    4,
  );
  return stack([map, ...below], gap / 2);
}
