/** The IDX format of MNIST and its relatives: a header of dimensions (big-endian), then unsigned bytes. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../experiment/contracts.js';

export interface Idx {
  readonly dimensions: readonly number[];
  readonly data: Uint8Array;
}

/** Full Fashion-MNIST unpacks to 47 MB; more than this is no file of its kind. */
const largestBytes = 1 << 30;
const largestSide = 1024;

/**
 * Reads an IDX file of bytes with this many dimensions, plain or packed with gzip (`.gz` is added where needed).
 * `remedy` says where it is to be had.
 */
export function readIdx(folder: string, name: string, rank: number, remedy: string): Idx {
  const plain = path.join(folder, name);
  const packed = `${plain}.gz`;
  const file = existsSync(packed) ? packed : plain;
  if (!existsSync(file)) throw new DataError(`${packed} is missing. ${remedy}`);
  return parseIdx(unpack(file), file, rank);
}

function unpack(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: largestBytes }) : bytes;
  } catch (error) {
    throw new DataError(`${file} cannot be read: ${(error as Error).message}. Copy the file again from its source.`);
  }
}

/** Checks the header against the length, so that no picture can reach beyond the file. */
export function parseIdx(bytes: Uint8Array, file: string, rank: number): Idx {
  const wrong = (cause: string) => new DataError(`${file} is not a usable IDX file: ${cause}. Copy it again.`);
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw wrong(`it has ${bytes.length} bytes, fewer than its header of ${header}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Two zero bytes, the type (8: unsigned byte), the number of dimensions.
  const magic = view.getUint32(0);
  if (magic !== 0x0800 + rank)
    throw wrong(`it starts with ${hex(magic)}, but ${hex(0x0800 + rank)} was expected (bytes in ${rank} dimensions)`);
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const [, ...sides] = dimensions;
  if (sides.some((side) => side < 1 || side > largestSide))
    throw wrong(`its header says items of ${sides.join(' x ')}; sides of 1 to ${largestSide} are possible`);
  const expected = dimensions.reduce((product, size) => product * size, 1);
  const found = bytes.length - header;
  if (found !== expected)
    throw wrong(`its header says ${dimensions.join(' x ')} = ${expected} bytes, but ${found} bytes follow`);
  return { dimensions, data: bytes.subarray(header) };
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
