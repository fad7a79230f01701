/** PNG of every color type, 1 to 16 bits. Transparent pixels are put on white; color profiles are not applied. */
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import { checkPixels, onWhite, type Picture, PictureError } from './picture.js';

export function decodePng(bytes: Uint8Array): Picture {
  // IHDR is always first: length, name, width, height.
  if (bytes.length < 33) throw new PictureError('the PNG ends in its header');
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkPixels(header.getUint32(16), header.getUint32(20));
  const png = decode(bytes);
  const { width, height } = png;
  const { data, channels } = png.palette === undefined ? inBytes(png) : fromPalette(png, png.palette);
  const clear = png.palette === undefined ? clearColor(png) : undefined;
  const rgb = new Uint8Array(width * height * 3);
  const colors = channels < 3 ? 1 : 3;
  for (let i = 0, from = 0; i < rgb.length; i += 3, from += channels) {
    const isClear = clear?.every((value, c) => data[from + c] === value) ?? false;
    const alpha = isClear ? 0 : channels === colors ? 255 : (data[from + colors] as number);
    for (let c = 0; c < 3; c++) {
      const value = data[from + (colors === 1 ? 0 : c)] as number;
      rgb[i + c] = alpha === 255 ? value : onWhite(value, alpha);
    }
  }
  return { width, height, data: rgb, orientation: 1 };
}

function fromPalette(png: DecodedPng, palette: number[][]) {
  return { data: convertIndexedToRgb(png), channels: palette[0]?.length ?? 3 };
}

/** Samples of any depth as 8 bits. */
function inBytes({ width, height, depth, channels, data }: DecodedPng): { data: Uint8Array; channels: number } {
  if (depth === 8) return { data: data as Uint8Array, channels };
  if (depth === 16) return { data: Uint8Array.from(data, (value) => Math.round(value / 257)), channels };
  // Smaller samples exist in gray pictures only; several share a byte, and each row begins a new one.
  const gray = new Uint8Array(width * height);
  const line = Math.ceil((width * depth) / 8);
  const most = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const value = ((data[y * line + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & most;
      gray[y * width + x] = (value * 255) / most;
    }
  }
  return { data: gray, channels: 1 };
}

/** The one color that stands for "transparent" in a picture without alpha, as 8 bits. */
function clearColor({ transparency, depth }: DecodedPng): number[] | undefined {
  if (transparency === undefined || transparency.length === 0) return undefined;
  return Array.from(transparency, (value) => Math.round((value * 255) / (2 ** depth - 1)));
}
