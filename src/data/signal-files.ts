/** Signals in files: WAV, NPY and CSV. Stretches are read when they are asked for, so memory does not grow with the data. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildCache, hashed } from './cache-folder.js';

/** The file holds no signal that can be read; the message says why. */
export class SignalError extends Error {
  override name = 'SignalError';
}

export interface SignalFile {
  readonly length: number;
  readonly channels: number;
  /** Values of `count` moments from `start`, `[count, channels]`. */
  read(start: number, count: number): Float32Array;
}

/** Where the values of a file are, moment by moment. */
interface Layout {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly channels: number;
  readonly bytes: number;
  readonly value: (buffer: Buffer, at: number) => number;
}

/** A CSV file is converted once, in memory; larger ones should be NPY. */
const LARGEST_CSV = 256 * 2 ** 20;

export const isSignal = (name: string) => /\.(wav|npy|csv)$/i.test(name);

/** Opens a file by its ending; CSV files are converted into the cache. Throws a SignalError. */
export async function openSignal(file: string, cacheFolder: string): Promise<SignalFile> {
  const extension = path.extname(file).toLowerCase();
  const layout =
    extension === '.csv'
      ? await csvLayout(file, cacheFolder)
      : headed(file, extension === '.wav' ? wavLayout : npyLayout);
  return {
    length: layout.length,
    channels: layout.channels,
    read(start, count) {
      const { channels, bytes, value } = layout;
      const size = count * channels;
      const buffer = withFile(layout.file, (fd) => bytesAt(fd, layout.offset + start * channels * bytes, size * bytes));
      return Float32Array.from({ length: size }, (_, i) => value(buffer, i * bytes));
    },
  };
}

function withFile<T>(file: string, use: (fd: number) => T): T {
  const fd = openSync(file, 'r');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function bytesAt(fd: number, at: number, count: number): Buffer {
  const buffer = Buffer.alloc(count);
  if (readSync(fd, buffer, 0, count, at) < count) throw new SignalError('it ends too early');
  return buffer;
}

const headed = (file: string, parse: (file: string, fd: number, size: number) => Layout) =>
  withFile(file, (fd) => parse(file, fd, fstatSync(fd).size));

/** PCM of 8 to 32 bits as values from -1 to 1, or floating point. */
function wavLayout(file: string, fd: number, size: number): Layout {
  const head = bytesAt(fd, 0, 12);
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE')
    throw new SignalError('it is no WAV file');
  let format: { readonly kind: number; readonly channels: number; readonly bits: number } | undefined;
  for (let at = 12; at + 8 <= size; ) {
    const chunk = bytesAt(fd, at, 8);
    const [name, length] = [chunk.toString('latin1', 0, 4), chunk.readUInt32LE(4)];
    if (name === 'fmt ') {
      const own = bytesAt(fd, at + 8, length);
      // Extensible files say what they are further on.
      const kind = own.readUInt16LE(0) === 0xfffe && length >= 26 ? own.readUInt16LE(24) : own.readUInt16LE(0);
      format = { kind, channels: own.readUInt16LE(2), bits: own.readUInt16LE(14) };
    }
    if (name === 'data') {
      if (format === undefined) throw new SignalError('its values come before their format');
      const { kind, channels, bits } = format;
      const value = wavValues[`${kind === 3 ? 'float' : 'pcm'}${bits}`];
      if (value === undefined || (kind !== 1 && kind !== 3))
        throw new SignalError(
          `it is compressed or has ${bits} bits; PCM of 8, 16, 24 or 32 bits and floating point can be read`,
        );
      const bytes = bits / 8;
      const present = Math.min(length, size - at - 8);
      return { file, offset: at + 8, length: Math.floor(present / (bytes * channels)), channels, bytes, value };
    }
    at += 8 + length + (length % 2);
  }
  throw new SignalError('it has no values');
}

const wavValues: Readonly<Record<string, Layout['value']>> = {
  pcm8: (buffer, at) => (buffer.readUInt8(at) - 128) / 128,
  pcm16: (buffer, at) => buffer.readInt16LE(at) / 2 ** 15,
  pcm24: (buffer, at) => buffer.readIntLE(at, 3) / 2 ** 23,
  pcm32: (buffer, at) => buffer.readInt32LE(at) / 2 ** 31,
  float32: (buffer, at) => buffer.readFloatLE(at),
  float64: (buffer, at) => buffer.readDoubleLE(at),
};

const npyValues: Readonly<Record<string, readonly [bytes: number, value: Layout['value']]>> = {
  '<f4': [4, (buffer, at) => buffer.readFloatLE(at)],
  '<f8': [8, (buffer, at) => buffer.readDoubleLE(at)],
  '<i2': [2, (buffer, at) => buffer.readInt16LE(at)],
  '<i4': [4, (buffer, at) => buffer.readInt32LE(at)],
  '|i1': [1, (buffer, at) => buffer.readInt8(at)],
  '|u1': [1, (buffer, at) => buffer.readUInt8(at)],
};

/** NumPy's format: an array of moments, `[length]` or `[length, channels]`. */
function npyLayout(file: string, fd: number, size: number): Layout {
  const head = bytesAt(fd, 0, 12);
  if (head.toString('latin1', 1, 6) !== 'NUMPY') throw new SignalError('it is no NPY file');
  const [start, length] = head[6] === 1 ? [10, head.readUInt16LE(8)] : [12, head.readUInt32LE(8)];
  const header = bytesAt(fd, start, Math.min(length, size)).toString('latin1');
  const descr = /'descr': '([^']*)'/.exec(header)?.[1] ?? 'a structure';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((n) => n.trim() !== '')
    .map(Number);
  const [bytes, value] = npyValues[descr] ?? [];
  if (bytes === undefined || value === undefined)
    throw new SignalError(`its values are ${descr}; ${Object.keys(npyValues).join(', ')} can be read`);
  if (/'fortran_order': True/.test(header))
    throw new SignalError('its values are in Fortran order; save it with numpy.ascontiguousarray');
  const [moments, channels = 1] = shape;
  if (moments === undefined || shape.length > 2)
    throw new SignalError(`its shape is [${shape}]; [length] or [length, channels] can be read`);
  if (start + length + moments * channels * bytes > size) throw new SignalError('it ends too early');
  return { file, offset: start + length, length: moments, channels, bytes, value };
}

/** One row per moment, one column per channel; a first row that is no numbers is taken for names. */
async function csvLayout(file: string, cacheFolder: string): Promise<Layout> {
  const { size, mtimeMs } = statSync(file);
  if (size > LARGEST_CSV) throw new SignalError('it is larger than 256 MB; save it as NPY');
  const rows = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim());
  const cells = (line: string) => line.split(/[,;\t]/).map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const isNumbers = (line: string) => cells(line).every(Number.isFinite);
  const first = rows.findIndex((line) => line !== '');
  const from = first >= 0 && !isNumbers(rows[first] as string) ? first + 1 : first;
  const values: number[] = [];
  let channels = 0;
  rows.forEach((line, i) => {
    if (i < from || line === '') return;
    const own = cells(line);
    channels ||= own.length;
    if (own.length !== channels)
      throw new SignalError(`line ${i + 1} has ${own.length} values, those before have ${channels}`);
    if (!own.every(Number.isFinite))
      throw new SignalError(`line ${i + 1} has something that is no number: "${line.slice(0, 40)}"`);
    for (const value of own) values.push(value);
  });
  if (channels === 0) throw new SignalError('it has no numbers');
  const target = path.join(cacheFolder, 'signals', hashed(file), hashed([1, file, size, mtimeMs]));
  const stored = path.join(target, 'values.f32');
  const isGood = () => statSync(stored, { throwIfNoEntry: false })?.size === values.length * 4;
  if (!isGood())
    await buildCache(target, isGood, async (draft) =>
      writeFileSync(path.join(draft, 'values.f32'), Float32Array.from(values)),
    );
  const [bytes, value] = npyValues['<f4'] as readonly [number, Layout['value']];
  return { file: stored, offset: 0, length: values.length / channels, channels, bytes, value };
}
