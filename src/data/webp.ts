/** WebP, lossy and lossless, by libwebp compiled to WebAssembly. Transparent pixels are put on white. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import decode, { init } from '@jsquash/webp/decode.js';
import { bundled, distFolder, packageRoot } from '../experiment/package-files.js';
import { checkPixels, onWhite, type Picture, PictureError } from './picture.js';

const wasmFile = bundled
  ? path.join(distFolder, 'wasm/webp_dec.wasm')
  : path.join(packageRoot, 'node_modules/@jsquash/webp/codec/dec/webp_dec.wasm');

let started: Promise<void> | undefined;

export async function decodeWebp(bytes: Uint8Array): Promise<Picture> {
  checkPixels(...webpSize(bytes));
  // By itself the codec would fetch its WebAssembly by URL, which Node cannot do for files.
  started ??= init({ wasmBinary: readFileSync(wasmFile) });
  await started;
  const { width, height, data } = await decode(bytes.slice().buffer as ArrayBuffer);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < rgb.length; i += 3, from += 4) {
    const alpha = data[from + 3] as number;
    for (let c = 0; c < 3; c++) rgb[i + c] = onWhite(data[from + c] as number, alpha);
  }
  return { width, height, data: rgb, orientation: 1 };
}

/** Width and height from the header of any of the three kinds of WebP file. */
function webpSize(bytes: Uint8Array): [width: number, height: number] {
  if (bytes.length < 30) throw new PictureError('the WebP ends in its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  const kind = String.fromCharCode(...bytes.subarray(12, 16));
  if (kind === 'VP8 ') return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (kind === 'VP8X') return [uint24(24) + 1, uint24(27) + 1];
  if (kind !== 'VP8L') throw new PictureError('it is no WebP of a known kind');
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
