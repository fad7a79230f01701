/** An RGB picture to draw on, and how pictures are put together. */
import { encode } from 'fast-png';
import type { Pixels } from '../protocol/figure.js';
import { cellHeight, cellWidth, eachPixel, writable } from './bitmap-font.js';

export type Color = readonly [red: number, green: number, blue: number];

export const background: Color = [32, 32, 32];

/** Pixels of the screen per pixel of the font. */
const fontScale = 2;
export const characterWidth = cellWidth * fontScale;
export const lineHeight = cellHeight * fontScale;

export class Raster {
  readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    color: Color = background,
  ) {
    this.data = new Uint8Array(width * height * 3);
    this.fill(0, 0, width, height, color);
  }

  fill(left: number, top: number, width: number, height: number, color: Color): this {
    const right = Math.min(this.width, Math.round(left + width));
    const bottom = Math.min(this.height, Math.round(top + height));
    for (let y = Math.max(0, Math.round(top)); y < bottom; y++)
      for (let x = Math.max(0, Math.round(left)); x < right; x++) this.data.set(color, (y * this.width + x) * 3);
    return this;
  }

  /** The outline of a rectangle, inside of it; `dash` pixels are drawn and as many left out. */
  frame(left: number, top: number, width: number, height: number, color: Color, thickness = 2, dash = 0): this {
    const line = (x: number, y: number, along: number, horizontal: boolean) => {
      const step = dash || along;
      for (let at = 0; at < along; at += 2 * step) {
        const length = Math.min(step, along - at);
        if (horizontal) this.fill(x + at, y, length, thickness, color);
        else this.fill(x, y + at, thickness, length, color);
      }
    };
    line(left, top, width, true);
    line(left, top + height - thickness, width, true);
    line(left, top, height, false);
    line(left + width - thickness, top, height, false);
    return this;
  }

  /** One line of text, from its upper left corner. */
  text(text: string, left: number, top: number, color: Color): this {
    Array.from(writable(text)).forEach((character, i) => {
      eachPixel(character, (x, y) =>
        this.fill(left + i * characterWidth + x * fontScale, top + y * fontScale, fontScale, fontScale, color),
      );
    });
    return this;
  }

  /**
   * A picture in a rectangle: pixels become squares where it grows, means where it shrinks. What is transparent shows
   * what was there.
   */
  picture(
    { width, height, channels, data }: Pixels,
    left: number,
    top: number,
    toWidth: number,
    toHeight: number,
  ): this {
    const span = (at: number, from: number, to: number): [number, number] => {
      const start = Math.floor((at * from) / to);
      return [start, Math.max(start + 1, Math.floor(((at + 1) * from) / to))];
    };
    for (let y = 0; y < toHeight; y++) {
      const [y0, y1] = span(y, height, toHeight);
      for (let x = 0; x < toWidth; x++) {
        const [x0, x1] = span(x, width, toWidth);
        const to = ((top + y) * this.width + left + x) * 3;
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let sy = y0; sy < y1; sy++) {
            for (let sx = x0; sx < x1; sx++) {
              const from = (sy * width + sx) * channels;
              const value = data[from + (channels === 1 ? 0 : c)] as number;
              const alpha = channels === 4 ? (data[from + 3] as number) / 255 : 1;
              sum += value * alpha + (this.data[to + c] as number) * (1 - alpha);
            }
          }
          this.data[to + c] = Math.round(sum / ((y1 - y0) * (x1 - x0)));
        }
      }
    }
    return this;
  }

  paste(other: Raster, left: number, top: number): this {
    for (let y = 0; y < other.height; y++) {
      const from = y * other.width * 3;
      this.data.set(other.data.subarray(from, from + other.width * 3), ((top + y) * this.width + left) * 3);
    }
    return this;
  }

  png(): Uint8Array {
    return encode({ width: this.width, height: this.height, data: this.data, channels: 3, depth: 8 });
  }
}

/** One below the other. */
export function stack(parts: readonly Raster[], gap: number): Raster {
  const height = parts.reduce((sum, part) => sum + part.height, gap * Math.max(0, parts.length - 1));
  const whole = new Raster(Math.max(1, ...parts.map(({ width }) => width)), Math.max(1, height));
  let top = 0;
  for (const part of parts) {
    whole.paste(part, 0, top);
    top += part.height + gap;
  }
  return whole;
}

/** One beside the other. */
export function beside(parts: readonly Raster[], gap: number): Raster {
  const width = parts.reduce((sum, part) => sum + part.width, gap * Math.max(0, parts.length - 1));
  const whole = new Raster(Math.max(1, width), Math.max(1, ...parts.map(({ height }) => height)));
  let left = 0;
  for (const part of parts) {
    whole.paste(part, left, 0);
    left += part.width + gap;
  }
  return whole;
}

/** With an empty margin on all sides. */
export const padded = (part: Raster, margin: number): Raster =>
  new Raster(part.width + 2 * margin, part.height + 2 * margin).paste(part, margin, margin);

/** Parts from left to right, in as many lines as a width needs. */
export function flow(parts: readonly Raster[], width: number, gap: number): Raster {
  const lines: Raster[][] = [];
  let used = Infinity;
  for (const part of parts) {
    used += gap + part.width;
    if (used > width) {
      lines.push([]);
      used = part.width;
    }
    lines.at(-1)?.push(part);
  }
  return stack(
    lines.map((line) => beside(line, gap)),
    gap,
  );
}

/** Text in lines of at most this many characters; longer words are broken. */
export function wrap(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const paragraph of writable(text).split('\n')) {
    let line = '';
    for (const word of paragraph.split(/ +/).filter((w) => w !== '')) {
      let rest = word;
      if (line !== '' && line.length + 1 + rest.length <= characters) {
        line += ` ${rest}`;
        continue;
      }
      if (line !== '') lines.push(line);
      while (rest.length > characters) {
        lines.push(rest.slice(0, characters));
        rest = rest.slice(characters);
      }
      line = rest;
    }
    lines.push(line);
  }
  return lines;
}

/** Lines of text as a picture, `width` wide; without a width as wide as the longest line. */
export function paragraph(lines: readonly string[], color: Color, width?: number): Raster {
  const longest = Math.max(0, ...lines.map(({ length }) => length)) * characterWidth;
  const whole = new Raster(width ?? Math.max(1, longest), Math.max(1, lines.length * lineHeight));
  lines.forEach((line, i) => {
    whole.text(line, 0, i * lineHeight, color);
  });
  return whole;
}
