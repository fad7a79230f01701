import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTensors, encodeTensors, type StoredTensor, TensorFileError } from '../../../src/runs/safetensors.js';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const tensor: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom('F32', 'I32', 'BOOL'),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  })
  .map(({ dtype, shape, seed }) => {
    const bytes = Uint8Array.from(
      { length: product(shape) * (dtype === 'BOOL' ? 1 : 4) },
      (_, i) => seed[i % seed.length]!,
    );
    const data =
      dtype === 'F32'
        ? new Float32Array(bytes.buffer)
        : dtype === 'I32'
          ? new Int32Array(bytes.buffer)
          : new Uint8Array(bytes.buffer);
    return { dtype, shape, data } as StoredTensor;
  });
const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => s !== '__metadata__');
const file = fc.record({
  metadata: fc.dictionary(fc.string(), fc.string()),
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 6 }).map((entries) => new Map(entries)),
});
const bytesOf = ({ data }: StoredTensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

test('what is written is read back, bit by bit, also NaN payloads and odd names', () => {
  fc.assert(
    fc.property(file, (written) => {
      // As a Buffer, because that is what files are read as.
      const read = decodeTensors(Buffer.from(encodeTensors(written)));
      expect(read.metadata).toEqual({ ...written.metadata });
      expect([...read.tensors.keys()].sort()).toEqual([...written.tensors.keys()].sort());
      for (const [key, { dtype, shape, ...rest }] of written.tensors) {
        const own = read.tensors.get(key)!;
        expect([own.dtype, own.shape]).toEqual([dtype, shape]);
        expect(bytesOf(own)).toEqual(bytesOf({ dtype, shape, ...rest }));
      }
    }),
  );
});

test('the bytes are those of the published layout', () => {
  const bytes = encodeTensors({
    metadata: {},
    tensors: new Map([['w', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }]]),
  });
  const header = '{"__metadata__":{},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  expect(bytes.length).toBe(8 + 72 + 4);
  expect(bytes.subarray(0, 8)).toEqual(Uint8Array.of(72, 0, 0, 0, 0, 0, 0, 0));
  expect(new TextDecoder().decode(bytes.subarray(8, 80)).trimEnd()).toBe(header);
  expect(bytes.subarray(80)).toEqual(Uint8Array.of(0, 0, 0x80, 0x3f));
});

test('a damaged file is refused or read, and never crashes otherwise', () => {
  fc.assert(
    fc.property(file, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(), (written, at, value, cut) => {
      const bytes = encodeTensors(written);
      bytes[at % bytes.length] = value;
      for (const damaged of [bytes, bytes.subarray(0, cut % bytes.length)]) {
        try {
          for (const { shape, data } of decodeTensors(damaged).tensors.values()) {
            expect(data.length).toBe(product(shape));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(TensorFileError);
        }
      }
    }),
  );
});

const withHeader = (header: string, body = 4) => {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
};
const entry = (shape: string, from: number, to: number, dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${from},${to}]}`;

test.each([
  ['nothing', new Uint8Array()],
  ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123, 125)],
  ['a header of 2^60 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 123, 125)],
  ['a header that is a list', withHeader('[]', 0)],
  ['a range outside of the file', withHeader(`{"a":${entry('[2]', 0, 8)}}`)],
  ['a range that ends before it begins', withHeader(`{"a":${entry('[1]', 4, 0)}}`)],
  ['a shape that needs other bytes', withHeader(`{"a":${entry('[2]', 0, 4)}}`)],
  ['a negative size', withHeader(`{"a":${entry('[-1]', 0, 4)}}`)],
  ['an overlap', withHeader(`{"a":${entry('[1]', 0, 4)},"b":${entry('[1]', 0, 4)}}`)],
  ['a hole', withHeader(`{"a":${entry('[1]', 4, 8)}}`, 8)],
  ['bytes that belong to nothing', withHeader(`{"a":${entry('[1]', 0, 4)}}`, 8)],
  ['a type that we do not know', withHeader(`{"a":${entry('[1]', 0, 4, 'F64')}}`)],
  ['a type from the prototype', withHeader(`{"a":${entry('[1]', 0, 4, 'constructor')}}`)],
  ['metadata that is not text', withHeader('{"__metadata__":{"a":1}}', 0)],
])('%s is refused', (_what, bytes) => {
  expect(() => decodeTensors(bytes)).toThrow(TensorFileError);
});
