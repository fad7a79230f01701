/** From a file to the pixels that are cached: decoded, resized (as a rule its center alone), turned upright. */
import { open } from 'node:fs/promises';
import { axisTaps, resample } from '../augment/resample.js';
import { decodeJpeg } from './jpeg.js';
import { type Picture, PictureError } from './picture.js';
import { decodePng } from './png.js';
import { decodeWebp } from './webp.js';

export interface SquareOptions {
  /** Side in pixels; height where there is a width. */
  readonly size: number;
  /** Then all of the picture is resized to `size` x `width`, whatever its proportions. Default: the center as a square. */
  readonly width?: number;
  readonly channels: 1 | 3;
}

const largestFile = 256 * 2 ** 20;

/** The file as `[size, width, channels]` bytes. Throws a PictureError that says why it cannot be used. */
export async function readSquare(file: string, options: SquareOptions): Promise<Uint8Array> {
  try {
    return toSquare(await decodePicture(await readBounded(file)), options);
  } catch (error) {
    if (error instanceof PictureError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PictureError(code === undefined ? `it is damaged (${message})` : `it cannot be read (${code})`);
  }
}

async function readBounded(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size === 0) throw new PictureError('it is empty');
    if (size > largestFile) throw new PictureError(`it has ${Math.round(size / 2 ** 20)} MB; up to 256 MB are read`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Decodes by what the bytes say they are, whatever the file is called. */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(bytes);
  if (bytes[0] === 0x89 && ascii(1, 4) === 'PNG') return decodePng(bytes);
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return decodeWebp(bytes);
  throw new PictureError('its content is neither PNG nor JPEG nor WebP');
}

/**
 * Resizes the shorter side to `size` (bilinear, antialiased) and cuts out the center; with a width, resizes each side by
 * itself and keeps all.
 */
export function toSquare({ width, height, data, orientation }: Picture, options: SquareOptions): Uint8Array {
  const { size, width: outWidth = size, channels } = options;
  // From 5 on rows and columns are exchanged, which turning upright undoes at the end.
  const [rows, columns] = orientation >= 5 ? [outWidth, size] : [size, outWidth];
  const shorter = Math.min(width, height);
  const taps = (side: number, out: number) =>
    options.width === undefined ? centerTaps(side, shorter, size) : axisTaps(side, out, 0, out);
  const rgb = new Float32Array(rows * columns * 3);
  resample(data, width, 3, { top: 0, left: 0 }, taps(width, columns), taps(height, rows), rgb, 255);
  const pixels = channels === 3 ? Uint8Array.from(rgb, Math.round) : toGray(rgb);
  return upright(pixels, rows, columns, channels, orientation);
}

/** Only what ends up in the center is computed. */
function centerTaps(side: number, shorter: number, size: number) {
  const resized = Math.round((side / shorter) * size);
  return axisTaps(side, resized, Math.floor((resized - size) / 2), size);
}

/** Luma of ITU-R 601, as Pillow's mode `L`. */
function toGray(rgb: Float32Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  for (let i = 0, from = 0; i < gray.length; i++, from += 3)
    gray[i] = Math.round(
      0.299 * (rgb[from] as number) + 0.587 * (rgb[from + 1] as number) + 0.114 * (rgb[from + 2] as number),
    );
  return gray;
}

/** Turns and mirrors a picture as its EXIF orientation says; doing so last moves the fewest pixels. */
function upright(pixels: Uint8Array, rows: number, columns: number, channels: number, orientation: number): Uint8Array {
  if (orientation === 1) return pixels;
  const turned = new Uint8Array(pixels.length);
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const [height, width] = orientation >= 5 ? [columns, rows] : [rows, columns];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [a, b] = orientation >= 5 ? [y, x] : [x, y];
      const from = ((mirrorY ? rows - 1 - b : b) * columns + (mirrorX ? columns - 1 - a : a)) * channels;
      for (let c = 0; c < channels; c++) turned[(y * width + x) * channels + c] = pixels[from + c] as number;
    }
  }
  return turned;
}
