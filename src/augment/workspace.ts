/**
 * The memory in which the kernels of augmentations work (kernels/, compiled to WebAssembly by the build). Pictures are
 * put in, changed, and taken out; between two pieces of work nothing of it is kept.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Image } from '../experiment/contracts.js';
import { distFolder } from '../experiment/package-files.js';
import { emptyLike } from './shared.js';

/** How a value x changes: to `factor * x ** power + shift`. */
export type Curve = [power: number, factor: number, shift: number];

/** What kernels/ exports. Addresses are in bytes; counts are of values, pixels or lines. */
interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  fromBytes(bytes: number, values: number, to: number): void;
  blend(at: number, values: number, factor: number, other: number): void;
  solarize(at: number, values: number, threshold: number): void;
  weightedSum(at: number, values: number, red: number, green: number, blue: number): number;
  saturation(at: number, values: number, factor: number, red: number, green: number, blue: number): void;
  hue(at: number, values: number, sixths: number): void;
  curve(at: number, values: number, ...curve: Curve): void;
  hsvCurves(at: number, values: number, sixths: number, ...curves: [...saturation: Curve, ...value: Curve]): void;
  sumLines(from: number, step: number, weights: number, count: number, to: number, values: number, most: number): void;
  resampleColumns(
    from: number,
    values: number,
    starts: number,
    weights: number,
    taps: number,
    to: number,
    lines: number,
    most: number,
  ): void;
  resampleRows(
    from: number,
    step: number,
    rows: number,
    channels: number,
    starts: number,
    weights: number,
    taps: number,
    to: number,
    pixels: number,
  ): void;
}

// The types of Node do not know it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const program = new WebAssembly.Module(readFileSync(path.join(distFolder, 'wasm/augment.wasm')));
export const kernels = new WebAssembly.Instance(program).exports as Kernels;

/** Kernels work in whole vectors: they read and write up to this many values behind the last one. */
const slack = 16;
const page = 65_536;

let bytes = new Uint8Array(kernels.memory.buffer);
let integers = new Int32Array(kernels.memory.buffer);
let floats = new Float32Array(kernels.memory.buffer);

/** Addresses of places for so many values each. What was in the memory before is given up. */
export function reserve(...lengths: number[]): number[] {
  let end = 0;
  const places = lengths.map((length) => {
    const place = end;
    end += 4 * (length + slack);
    return place;
  });
  const missing = end - kernels.memory.buffer.byteLength;
  if (missing > 0) {
    kernels.memory.grow(Math.ceil(missing / page));
    bytes = new Uint8Array(kernels.memory.buffer);
    integers = new Int32Array(kernels.memory.buffer);
    floats = new Float32Array(kernels.memory.buffer);
  }
  return places;
}

/** Puts values at an address: integers as such, others as floats. */
export function put(values: Float32Array | Uint8Array | Int32Array, address: number): void {
  (values instanceof Int32Array ? integers : floats).set(values, address / 4);
}

/** Puts bytes at an address, as they are. */
export function putBytes(values: Uint8Array, address: number): void {
  bytes.set(values, address);
}

/** Makes the values that a kernel sees behind so many others zeros. */
export function endWithZeros(address: number, values: number): void {
  const end = address / 4 + values;
  floats.fill(0, end, end + slack);
}

/** The memory as floats: an address divided by 4 is an index. Valid until the next `reserve`. */
export const memory = (): Float32Array => floats;

/** Fills an array with the values from an address on. */
export function take(address: number, to: Float32Array): void {
  to.set(floats.subarray(address / 4, address / 4 + to.length));
}

/** A picture in the memory. */
export interface Pixels {
  readonly at: number;
  /** How many there are: height x width x channels. */
  readonly values: number;
  readonly channels: number;
}

/** The picture as `change` leaves it in the memory. */
export function changed(image: Image, change: (pixels: Pixels) => void): Image {
  const values = image.data.length;
  const [at] = reserve(values) as [number];
  put(image.data, at);
  change({ at, values, channels: image.shape[2] });
  const result = emptyLike(image);
  take(at, result.data);
  return result;
}
