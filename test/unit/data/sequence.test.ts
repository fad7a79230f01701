import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sequence } from '../../../src/data/sequence.js';
import { signals } from '../../../src/data/signals.js';
import { type DataEnvironment, DataError } from '../../../src/experiment/contracts.js';

let base: string;
let environment: DataEnvironment;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'signals 音 '));
  environment = { baseFolder: base, cacheFolder: path.join(base, 'cache'), sampleFolder: base };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(name: string, bytes: Uint8Array | string): void {
  const file = path.join(base, 'data', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** A WAV file of 16-bit PCM, with a chunk of odd length before its values. */
function wav(values: number[], { channels = 1, kind = 1, bits = 16 } = {}): Buffer {
  const data = Buffer.alloc((values.length * bits) / 8);
  values.forEach((value, i) => {
    if (kind === 3) data.writeFloatLE(value, i * 4);
    else data.writeIntLE(value, (i * bits) / 8, bits / 8);
  });
  const chunk = (name: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const format = Buffer.alloc(16);
  format.writeUInt16LE(kind, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt16LE(bits, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', format),
    chunk('data', data),
  ]);
  return chunk('RIFF', body);
}

function npy(values: number[], shape: string, { descr = '<f4', fortran = 'False' } = {}): Buffer {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`);
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([head, header, Buffer.from(Float32Array.from(values).buffer)]);
}

const open = (options: Partial<Parameters<typeof sequence>[1]> = {}) =>
  sequence('data', { length: 4, normalize: 'none', heldOut: 0, ...options }).open(environment);

test('WAV, NPY and CSV give the same values, in windows, in the order of the names', async () => {
  const values = [0, 0.25, -0.5, 0.75, 1 / 8, -1, 0.5, 0, 0.125];
  put('a.wav', wav(values.map((v) => v * 2 ** 15)));
  put('b.npy', npy(values, '(9,)'));
  put('c.csv', `volts\n${values.join('\n')}\n`);
  put('d.WAV', wav(values, { kind: 3, bits: 32 }));
  put(
    'e.wav',
    wav(
      values.map((v) => v * 2 ** 23),
      { bits: 24 },
    ),
  );
  const { train, shape, classes, kind } = await open();
  expect([kind, shape, classes, train.length]).toEqual(['sequence', [4, 1], [], 10]);
  for (let i = 0; i < 10; i += 2) {
    expect([...train.get(i).data]).toEqual(values.slice(0, 4));
    expect([...train.get(i + 1).data]).toEqual(values.slice(4, 8));
  }
  expect([0, 2, 5].map((i) => train.name(i))).toEqual(['a.wav from 0', 'b.npy from 0', 'c.csv from 4']);
  expect(() => train.get(10)).toThrow(RangeError);
  // Overlapping windows, and the converted CSV from the cache.
  expect((await open({ hop: 1 })).train.length).toBe(30);
});

test('folders name the classes, splits follow the names, channels stay apart and are standardized', async () => {
  for (const label of ['quiet', 'loud'])
    for (let i = 0; i < 5; i++) put(`${label}/${i}.csv`, 'left;right\n1;5\n3;5\n1;5\n3;5\n');
  const { train, test, classes, shape } = await open({ heldOut: 0.2, normalize: 'window' });
  expect([classes, shape, train.length, test.length]).toEqual([['loud', 'quiet'], [4, 2], 8, 2]);
  expect([...train.get(0).data]).toEqual([-1, 0, 1, 0, -1, 0, 1, 0]);
  expect([train.label(0), train.label(7)]).toEqual([0, 1]);
  expect(train.name(0)).toMatch(/^loud\//);
});

test('what cannot be used is left out, by name and with the reason', async () => {
  put('1 good.csv', '1\n2\n3\n4\n');
  put('2 short.csv', '1\n2\n');
  put('3 words.csv', '1\n2\nthree\n4\n');
  put('4 stereo.csv', '1,2\n1,2\n1,2\n1,2\n');
  put('5 fortran.npy', npy([1, 2, 3, 4], '(2, 2)', { fortran: 'True' }));
  put('6 cut.npy', npy([1, 2], '(9,)'));
  put('7 fake.wav', 'no sound here at all');
  put('8 wide.npy', npy([1, 2, 3, 4], '(4,)', { descr: '<c8' }));
  put('notes.txt', 'x');
  const { notes, train } = await open();
  expect(train.length).toBe(1);
  expect(notes[0]).toContain('Left out 8 files');
  expect(notes[0]).toContain('2 short.csv (it has 2 values, a window 4)');
  expect(notes[0]).toContain('3 words.csv (line 3 has something that is no number: "three")');
  expect(notes[0]).toContain('4 stereo.csv (it has 2 channels, those before have 1)');
  expect(notes[0]).toContain('5 fortran.npy (its values are in Fortran order');
  expect(notes[0]).toContain('6 cut.npy (it ends too early)');
  rmSync(path.join(base, 'data/1 good.csv'));
  rmSync(path.join(base, 'data/4 stereo.csv'));
  await expect(open()).rejects.toThrow(DataError);
  await expect(open()).rejects.toThrow(/has no signal that can be used: 2 short.csv .*or take a smaller length/);
});

test('generated signals follow from the seed: the same every time, classes in turn, splits apart', async () => {
  const make = (seed: number) => signals({ length: 64, train: 16, test: 8, seed }).open(environment);
  const [a, b, other] = await Promise.all([make(1), make(1), make(2)]);
  expect(a.classes).toHaveLength(8);
  expect(a.train.get(5)).toEqual(b.train.get(5));
  expect(a.train.get(5)).not.toEqual(other.train.get(5));
  expect(a.train.get(5)).not.toEqual(a.test.get(5));
  expect([a.train.label(0), a.train.label(9), a.train.get(0).shape]).toEqual([0, 1, [64, 1]]);
  expect(() => a.test.get(8)).toThrow(RangeError);
});
