/** Files that are made of records of one length, such as a label and a picture. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../experiment/contracts.js';

export interface RecordFiles {
  readonly length: number;
  /** Bytes `from` to `to` of a record. */
  read(index: number, from: number, to: number): Uint8Array;
  /** The byte at this place of every record. */
  column(at: number): Uint8Array;
  /** The file that a record is in, and its place there. */
  where(index: number): string;
}

interface RecordFile {
  readonly file: string;
  readonly length: number;
  /** Of packed files only: others are read piece by piece, so that data may be larger than the memory. */
  readonly unpacked?: Uint8Array;
}

/** What packed files may unpack to. */
const largestBytes = 1 << 30;
/** Bytes read at once when looking through a file. */
const blockBytes = 1 << 22;

/**
 * Opens the named files of a folder, plain or packed with gzip (`.gz` is added where needed), as one row of records.
 * `remedy` says where the files are to be had.
 */
export function openRecords(folder: string, names: readonly string[], bytes: number, remedy: string): RecordFiles {
  const files = names.map((name) => openFile(folder, name, bytes, remedy));
  const length = files.reduce((sum, file) => sum + file.length, 0);
  const find = (index: number) => {
    let at = index;
    for (const file of files) {
      if (at < file.length) return { file, at };
      at -= file.length;
    }
    throw new RangeError(`there is no record ${index}: there are ${length}`);
  };
  return {
    length,
    read(index, from, to) {
      const { file, at } = find(index);
      return readBytes(file, at * bytes + from, to - from);
    },
    column(at) {
      const values = new Uint8Array(length);
      let next = 0;
      const records = Math.max(1, Math.floor(blockBytes / bytes));
      for (const file of files)
        for (let first = 0; first < file.length; first += records) {
          const count = Math.min(records, file.length - first);
          const block = readBytes(file, first * bytes, count * bytes);
          for (let i = 0; i < count; i++) values[next++] = block[i * bytes + at] as number;
        }
      return values;
    },
    where(index) {
      const { file, at } = find(index);
      return `${file.file}, record ${at}`;
    },
  };
}

function openFile(folder: string, name: string, bytes: number, remedy: string): RecordFile {
  const plain = path.join(folder, name);
  const file = existsSync(plain) ? plain : `${plain}.gz`;
  if (!existsSync(file)) throw new DataError(`${plain} is missing${othersIn(folder)}. ${remedy}`);
  try {
    const unpacked = file === plain ? undefined : gunzipSync(readFileSync(file), { maxOutputLength: largestBytes });
    const size = unpacked?.length ?? statSync(file).size;
    if (size === 0 || size % bytes !== 0)
      throw new Error(`it has ${size} bytes, which is no whole number of records of ${bytes}`);
    return { file, length: size / bytes, unpacked };
  } catch (error) {
    throw new DataError(`${file} cannot be used: ${(error as Error).message}. ${remedy}`);
  }
}

/** What is there instead, which tells a wrong folder or a wrong archive. */
function othersIn(folder: string): string {
  if (!existsSync(folder)) return ', and so is its folder';
  const found = readdirSync(folder).sort();
  if (found.length === 0) return '; the folder is empty';
  return `; the folder has ${found.slice(0, 4).join(', ')}${found.length > 4 ? ' …' : ''}`;
}

function readBytes({ file, unpacked }: RecordFile, position: number, length: number): Uint8Array {
  if (unpacked !== undefined) return unpacked.subarray(position, position + length);
  const bytes = new Uint8Array(length);
  // Opened anew each time: samples have no end at which a file could be closed.
  const handle = openSync(file, 'r');
  try {
    let done = 0;
    while (done < length) {
      const count = readSync(handle, bytes, done, length - done, position + done);
      if (count === 0) throw new DataError(`${file} became shorter while it was in use. Open the data again.`);
      done += count;
    }
  } finally {
    closeSync(handle);
  }
  return bytes;
}
