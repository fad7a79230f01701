import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encode } from 'fast-png';
import { afterAll, expect, test } from 'vitest';
import { decodePicture, toSquare } from '../../../src/data/square.js';
import { stereo } from '../../../src/data/stereo.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'stereo-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A gray picture whose value is 10 per column, starting at `from`. */
const png = (from: number, width = 64, height = 32) => {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => from + (Math.floor(i / 3) % width));
  return encode({ width, height, data, channels: 3, depth: 8 });
};
/** A disparity of 4 pixels, unknown in the first column. */
const truth = (width = 64, height = 32) =>
  encode({
    width,
    height,
    data: Uint16Array.from({ length: width * height }, (_, i) => (i % width === 0 ? 0 : 4 * 256)),
    channels: 1,
    depth: 16,
  });

function folder(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  const base = path.join(root, name);
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(base, file)), { recursive: true });
    writeFileSync(path.join(base, file), bytes);
  }
  return base;
}
const open = (name: string, options: Parameters<typeof stereo>[1] = {}) =>
  stereo(name, { height: 16, width: 32, ...options }).open({
    baseFolder: root,
    cacheFolder: path.join(root, '.cache'),
    sampleFolder: root,
  });

test('left and right folders: pairs by name, resized to any proportions, disparities in pixels of the new width', async () => {
  folder('plain', {
    'train/left/a.png': png(10),
    'train/right/a.png': png(14),
    'train/disparity/a.png': truth(),
    'test/left/b.png': png(20),
    'test/right/b.png': png(24),
    'test/disparity/b.png': truth(),
    'train/left/lost.png': png(0),
  });
  const data = await open('plain');
  expect(data).toMatchObject({ kind: 'stereo', shape: [16, 32, 3], classes: [] });
  expect([data.train.length, data.test.length]).toEqual([1, 1]);
  expect(data.notes).toEqual(['Left out 1 picture without a partner: train/left/lost.png.']);
  const { left, right, disparity } = data.train.get(0);
  expect(left.shape).toEqual([16, 32, 3]);
  // Half the width: each pixel is the mean of two or so, and 4 pixels of disparity are 2.
  const at = (image: typeof left, x: number) => Math.round(image.data[(8 * 32 + x) * 3]! * 255);
  expect(at(left, 16)).toBeGreaterThan(at(left, 8) + 14);
  expect(at(left, 12)).toBe(at(right, 10));
  expect(disparity!.shape).toEqual([16, 32]);
  expect(disparity!.data[5]).toBe(2);
  expect(data.train.name(0)).toBe('train/left/a.png');
  // Pixel centers: the first column of the small picture is the second one of the large.
  expect(disparity!.data.some(Number.isNaN)).toBe(false);
});

test('KITTI folders at any depth; a split with some disparities has none', async () => {
  const files = Object.fromEntries(
    ['000_10', '001_10', '002_10', '003_10', '004_10'].flatMap((name, i) => [
      [`training/image_2/${name}.png`, png(i)],
      [`training/image_3/${name}.png`, png(i + 4)],
      ...(i < 4 ? [[`training/disp_occ_0/${name}.png`, truth()]] : []),
    ]),
  );
  folder('kitti', files);
  const data = await open('kitti', { heldOut: 0.2 });
  expect([data.train.length, data.test.length]).toEqual([4, 1]);
  expect(data.test.get(0).disparity).toBeDefined();
  expect(data.train.get(0).disparity).toBeUndefined();
  expect(data.notes).toEqual(['Disparities of the training pairs are not used: only 3 of 4 pairs have one.']);
});

test('what is missing is named, with the remedy', async () => {
  folder('one-eyed', { 'left/a.png': png(1) });
  await expect(open('one-eyed')).rejects.toThrow(/left\/a\.png has no partner.*folders left and right/);
  folder('plainly', { 'a.png': png(1), 'b.png': png(2) });
  await expect(open('plainly')).rejects.toThrow(/it has 2 pictures and no two camera folders/);
  folder('broken', { 'left/a.png': Uint8Array.of(1, 2), 'right/a.png': png(1) });
  await expect(open('broken')).rejects.toThrow(/no pair can be read: left\/a\.png \(/);
  folder('colored', { 'left/a.png': png(1), 'right/a.png': png(1), 'disparity/a.png': png(1) });
  const { train } = await open('colored', { heldOut: 0 });
  expect(() => train.get(0).disparity).toThrow(/disparity.a\.png cannot be used as a disparity: it has 3 channels/);
});

test('a picture on its side is turned upright before it is resized to a width', async () => {
  const picture = await decodePicture(png(0, 4, 2));
  const options = { size: 4, width: 2, channels: 1 } as const;
  // Orientation 6: rows become columns, so the first row of the result is the first column of the file.
  expect([...toSquare({ ...picture, orientation: 6 }, options)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
});
