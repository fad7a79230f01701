import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { encode as encodePng } from 'fast-png';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inNaturalOrder } from '../../../src/data/film-folder.js';
import { frames } from '../../../src/data/frames.js';
import { views } from '../../../src/data/views.js';
import type { DataEnvironment, OpenData } from '../../../src/experiment/contracts.js';

let base: string;
let environment: DataEnvironment;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'films 片 '));
  environment = { baseFolder: base, cacheFolder: path.join(base, 'cache'), sampleFolder: base };
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

const file = (name: string) => {
  const full = path.join(base, 'films', name);
  mkdirSync(path.dirname(full), { recursive: true });
  return full;
};
/** A film whose frame t is a plain picture of value `from + t`. */
function put(name: string, count: number, from = 0): void {
  for (let t = 0; t < count; t++)
    writeFileSync(
      file(`${name}/frame${t + 1}.png`),
      encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(from + t) }),
    );
}
type Options = Parameters<typeof frames>[1];
const open = (options: Partial<Options> = {}) =>
  frames('films', { size: 4, channels: 1, frames: 3, heldOut: 0, ...options }).open(environment);
const openViews = (options: Partial<Options> = {}) =>
  views('films', { size: 4, channels: 1, frames: 3, heldOut: 0, ...options }).open(environment);
const names = <S>({ train }: OpenData<S>) => Array.from({ length: train.length }, (_, i) => train.name(i));
/** First value of each frame of a sample. */
const values = (data: Float32Array) =>
  Array.from({ length: data.length / 16 }, (_, i) => Math.round(data[i * 16]! * 255));

test('frames are in the order of their numbers', () => {
  expect(['f10', 'f9', 'f1', 'f02', 'a2b10', 'a2b9'].sort(inNaturalOrder)).toEqual([
    'a2b9',
    'a2b10',
    'f1',
    'f02',
    'f9',
    'f10',
  ]);
});

test('films are cut into clips that follow each other, in an order of their own', async () => {
  put('b', 11, 100);
  put('a', 4);
  put('short', 2);
  const data = await open();
  expect([data.kind, data.shape, data.classes]).toEqual(['frames', [3, 4, 4, 1], []]);
  expect(names(data)).toEqual(['a, frames 0 to 2', 'b, frames 0 to 2', 'b, frames 3 to 5', 'b, frames 6 to 8']);
  expect(values(data.train.get(0).data)).toEqual([0, 1, 2]);
  // Frame 10 comes after frame 9.
  expect(values(data.train.get(3).data)).toEqual([106, 107, 108]);
  expect(data.notes).toContain('Left out 1 film shorter than 3 frames: short (2 frames).');
});

test('with a step, every so many-th frame is taken', async () => {
  put('a', 11);
  const data = await open({ step: 2 });
  expect([0, 1].map((i) => values(data.train.get(i).data))).toEqual([
    [0, 2, 4],
    [6, 8, 10],
  ]);
  expect(data.train.length).toBe(2);
});

test('folders above films are classes, and a film is in one split as a whole', async () => {
  for (const name of ['run/a', 'run/b', 'run/c', 'walk/d', 'walk/e', 'walk/f']) put(name, 6);
  const data = await open({ heldOut: 0.34 });
  expect(data.classes).toEqual(['run', 'walk']);
  expect([data.train.length, data.test.length]).toEqual([8, 4]);
  const filmsOf = ({ length, name }: typeof data.train) =>
    new Set(Array.from({ length }, (_, i) => name(i).split(',')[0]));
  for (const name of filmsOf(data.test)) expect(filmsOf(data.train).has(name)).toBe(false);
  expect(data.train.name(0).startsWith(data.classes[data.train.label(0)]!)).toBe(true);
});

test('of a single film the end is held out', async () => {
  put('only', 15);
  const data = await open({ heldOut: 0.4 });
  expect([data.train.length, data.test.length]).toEqual([3, 2]);
  expect(data.test.name(0)).toBe('only, frames 9 to 11');
});

test('what is no film is said', async () => {
  mkdirSync(path.join(base, 'films'));
  await expect(open()).rejects.toThrow(/has no readable film: it is empty\. Put one folder of PNG/);
  put('a', 2);
  await expect(open()).rejects.toThrow(
    /no film as long as a clip: 3 frames, 1 apart, are 3, but the longest of 1 film has 2/,
  );
  writeFileSync(file('notes.txt'), 'x');
  writeFileSync(file('b/frame1.png'), 'no picture');
  put('c', 3);
  const { notes } = await open();
  expect(notes.join('\n')).toMatch(/Left out 1 frame or video: b\/frame1\.png/);
  expect(notes.join('\n')).toMatch(/Left out 1 other file: notes\.txt/);
});

test('recordings: the same moments of all cameras, cut to the shortest', async () => {
  put('one/left', 7);
  put('one/right', 6, 50);
  put('two/left', 3, 100);
  put('two/right', 3, 150);
  put('three/left', 5);
  const data = await openViews();
  expect([data.kind, data.shape]).toEqual(['views', [2, 3, 4, 4, 1]]);
  expect(names(data)).toEqual(['one, frames 0 to 2', 'one, frames 3 to 5', 'two, frames 0 to 2']);
  expect(values(data.train.get(1).data)).toEqual([3, 4, 5, 53, 54, 55]);
  expect(data.notes).toContain('Left out 1 recording without 2 cameras: three (1 camera).');
  expect(data.notes).toContain('Cut to the shortest camera: one.');
});

test('films of one camera are no recordings', async () => {
  put('one', 3);
  put('two', 3);
  // Both lie in the same folder, so they would be cameras of one recording.
  put('a/only', 3);
  put('b/only', 3);
  await expect(openViews()).rejects.toThrow(
    /recordings of one camera, such as a\/only\. Make one folder per recording/,
  );
});

/** Puts a program called ffmpeg on PATH that does what `script` (of Node) says. */
function fakeFfmpeg(script: string): void {
  const bin = path.join(base, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'ffmpeg'), `#!${process.execPath}\n${script}`);
  chmodSync(path.join(bin, 'ffmpeg'), 0o755);
  vi.stubEnv('PATH', bin);
}

test.skipIf(process.platform === 'win32')('videos come through ffmpeg, once', async () => {
  writeFileSync(file('run/a.mp4'), 'a video');
  put('walk/b', 3, 9);
  // Writes 7 frames, and what it was asked.
  fakeFfmpeg(`
    const fs = require('node:fs');
    fs.appendFileSync(${JSON.stringify(path.join(base, 'asked'))}, process.argv.slice(2).join(' ') + '\\n');
    for (let t = 0; t < 7; t++) process.stdout.write(Buffer.alloc(16, 200 + t));
  `);
  const data = await open();
  expect(names(data)).toEqual(['run/a.mp4, frames 0 to 2', 'run/a.mp4, frames 3 to 5', 'walk/b, frames 0 to 2']);
  expect(data.classes).toEqual(['run', 'walk']);
  expect(values(data.train.get(1).data)).toEqual([203, 204, 205]);
  // From the cache, without ffmpeg.
  vi.stubEnv('PATH', path.join(base, 'nothing'));
  expect(values((await open()).train.get(0).data)).toEqual([200, 201, 202]);
});

test('without ffmpeg, or with a video that it cannot read, the remedy or the reason is named', async () => {
  writeFileSync(file('a.mp4'), 'a video');
  put('b', 3);
  vi.stubEnv('PATH', path.join(base, 'nothing'));
  await expect(open()).rejects.toThrow(/a\.mp4 is a video, and there is no ffmpeg on PATH to read it\. Install ffmpeg/);
  if (process.platform === 'win32') return;
  fakeFfmpeg(`process.stderr.write('moov atom not found\\n'); process.exitCode = 1;`);
  const data = await open();
  expect(names(data)).toEqual(['b, frames 0 to 2']);
  expect(data.notes.join()).toContain('a.mp4 (ffmpeg cannot decode it: moov atom not found)');
});
