/**
 * The safetensors format: 8 bytes with the length of a JSON header, the header (dtype, shape and byte range of each
 * tensor, text metadata), then the bytes. Nothing in a file is executed, and nothing is trusted before it is checked.
 * https://github.com/huggingface/safetensors
 */

const DTYPES = {
  F32: Float32Array,
  I32: Int32Array,
  BOOL: Uint8Array,
} as const;

export type StoredDtype = keyof typeof DTYPES;

export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The bytes are not a safetensors file that we can read. */
export class TensorFileError extends Error {
  override name = 'TensorFileError';
}

const METADATA = '__metadata__';
/** The limit of the reference implementation. */
const MAX_HEADER = 100_000_000;

/** The file as bytes. */
export function encodeTensors({ metadata, tensors }: TensorFile): Uint8Array {
  let offset = 0;
  const header: [string, unknown][] = [[METADATA, metadata]];
  for (const [name, { dtype, shape, data }] of tensors) {
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  // Object.fromEntries makes own properties even of names such as __proto__.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Padded with spaces, so that the tensors begin at a multiple of 8.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads a file; throws a TensorFileError unless header, ranges and sizes all agree. */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  check(bytes.length >= 8, 'the file is shorter than 8 bytes');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  check(length <= MAX_HEADER && length <= bytes.length - 8, `the header is said to be ${length} bytes long`);
  const header = parseHeader(bytes.subarray(8, 8 + length));
  // Not a Buffer, whose `slice` would share memory instead of copying.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + 8 + length, bytes.length - 8 - length);

  let metadata: Record<string, string> = {};
  const tensors = new Map<string, StoredTensor>();
  const ranges: [from: number, to: number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      check(isObject(entry) && Object.values(entry).every((v) => typeof v === 'string'), 'metadata is not text');
      metadata = entry as Record<string, string>;
      continue;
    }
    const { tensor, range } = readTensor(name, entry, body);
    tensors.set(name, tensor);
    ranges.push(range);
  }
  // The tensors fill the body without holes and without overlaps.
  let end = 0;
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    check(from === end, `bytes ${end} to ${from} belong to none or to two tensors`);
    end = to;
  }
  check(end === body.length, `${body.length} bytes of data where ${end} are described`);
  return { metadata, tensors };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new TensorFileError('the header is not JSON');
  }
  check(isObject(header), 'the header is not an object');
  return header as Record<string, unknown>;
}

function readTensor(name: string, entry: unknown, body: Uint8Array): { tensor: StoredTensor; range: [number, number] } {
  check(isObject(entry), `${name} is not described`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  check(typeof dtype === 'string' && Object.hasOwn(DTYPES, dtype), `${name} has the unknown type ${String(dtype)}`);
  check(isSizes(shape), `${name} has no shape`);
  check(isSizes(offsets) && offsets.length === 2, `${name} has no byte range`);
  const [from, to] = offsets as [number, number];
  const Data = DTYPES[dtype as StoredDtype];
  const size = shape.reduce((product, n) => product * n, 1) * Data.BYTES_PER_ELEMENT;
  check(from <= to && to <= body.length, `${name} lies outside of the file`);
  check(to - from === size, `${name} has ${to - from} bytes where its shape needs ${size}`);
  // A copy, because the bytes need not lie at a multiple of the element's size.
  const copy = body.slice(from, to);
  const data = new Data(copy.buffer, 0, copy.byteLength / Data.BYTES_PER_ELEMENT);
  return { tensor: { dtype: dtype as StoredDtype, shape, data }, range: [from, to] };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new TensorFileError(`not a readable safetensors file: ${message}`);
}
