/** From a file to the pixels that are cached: decoded, its shorter side resized, its center cut out, turned upright. */
import { open } from 'node:fs/promises';
import { axisTaps, resample } from '../augment/resample.js';
import { decodeJpeg } from './jpeg.js';
import { type Picture, PictureError } from './picture.js';
import { decodePng } from './png.js';
import { decodeWebp } from './webp.js';

export interface SquareOptions {
  /** Side in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
}

const largestFile = 256 * 2 ** 20;

/** The file as `[size, size, channels]` bytes. Throws a PictureError that says why it cannot be used. */
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

/** Resizes the shorter side to `size` (bilinear, antialiased) and cuts out the center. */
export function toSquare({ width, height, data, orientation }: Picture, { size, channels }: SquareOptions): Uint8Array {
  const shorter = Math.min(width, height);
  const rgb = new Float32Array(size * size * 3);
  const corner = { top: 0, left: 0 };
  resample(data, width, 3, corner, centerTaps(width, shorter, size), centerTaps(height, shorter, size), rgb);
  return upright(channels === 3 ? Uint8Array.from(rgb, Math.round) : toGray(rgb), size, channels, orientation);
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

/** Turns and mirrors a square as its EXIF orientation says; doing so last moves the fewest pixels. */
function upright(pixels: Uint8Array, size: number, channels: number, orientation: number): Uint8Array {
  if (orientation === 1) return pixels;
  const last = size - 1;
  const turned = new Uint8Array(pixels.length);
  // From 5 on rows and columns are exchanged.
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [a, b] = orientation >= 5 ? [y, x] : [x, y];
      const from = ((mirrorY ? last - b : b) * size + (mirrorX ? last - a : a)) * channels;
      for (let c = 0; c < channels; c++) turned[(y * size + x) * channels + c] = pixels[from + c] as number;
    }
  }
  return turned;
}
