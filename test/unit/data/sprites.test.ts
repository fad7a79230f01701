import path from 'node:path';
import { expect, test } from 'vitest';
import { filmedByTwoCameras } from '../../../src/data/filmed-by-two-cameras.js';
import { movingSprites } from '../../../src/data/moving-sprites.js';
import { drawSprite, spriteOf } from '../../../src/data/sprite.js';
import type { Clip, DataEnvironment, Image } from '../../../src/experiment/contracts.js';
import { camera, frame } from '../../../src/experiment/encoder-input.js';

const environment: DataEnvironment = {
  baseFolder: '.',
  cacheFolder: '.',
  sampleFolder: path.resolve(import.meta.dirname, '../../../examples/data'),
};

test('a sprite is what is left when the border and what it is connected to are cut away', () => {
  // A ring around a hole of the background's color: the hole belongs to the sprite.
  const side = 8;
  const data = new Float32Array(side * side);
  for (let y = 2; y < 6; y++) for (let x = 2; x < 6; x++) data[y * side + x] = 1;
  data[3 * side + 3] = 0;
  const image: Image = { data, shape: [side, side, 1] };
  const sprite = spriteOf(image, [1, 0.5, 0]);
  const picture = new Float32Array(side * side * 3).fill(0.2);
  drawSprite(picture, side, sprite, { x: 4, y: 4, side, angle: 0 });
  const at = (x: number, y: number) => [...picture.slice((y * side + x) * 3, (y * side + x) * 3 + 3)];
  expect(at(0, 0).every((v) => Math.abs(v - 0.2) < 1e-6)).toBe(true);
  expect(at(4, 4)).toEqual([1, 0.5, 0]);
  expect(at(3, 3)).toEqual([0.25, 0.125, 0]);
});

test('films are a function of the seed, and training and test films differ', async () => {
  const open = (seed: number) => movingSprites({ seed, clips: 20, test: 10, frames: 8, size: 24 }).open(environment);
  const [first, again, other] = await Promise.all([open(1), open(1), open(2)]);
  expect([first.kind, first.shape, first.train.length, first.test.length]).toEqual(['frames', [8, 24, 24, 3], 20, 10]);
  expect(again.train.get(3)).toEqual(first.train.get(3));
  expect(other.train.get(3).data).not.toEqual(first.train.get(3).data);
  expect(first.test.get(3).data).not.toEqual(first.train.get(3).data);
  expect(first.train.label(3)).toBe(again.train.label(3));
  expect(first.classes).toHaveLength(10);
  expect(first.train.get(3).data.every((v) => v >= 0 && v <= 1)).toBe(true);
  expect(() => first.train.get(20)).toThrow('there is no sample 20');
});

test('the track says where the thing is: it stays inside, never comes back, and only its box changes', async () => {
  const { train } = await movingSprites({ clips: 12, frames: 12, rest: 0 }).open(environment);
  for (let i = 0; i < train.length; i++) {
    const clip = train.get(i);
    const boxes = Array.from({ length: 12 }, (_, t) => [...clip.track!.data.slice(4 * t, 4 * t + 4)] as number[]);
    for (const [left, top, width, height] of boxes as [number, number, number, number][]) {
      expect(Math.min(left, top)).toBeGreaterThan(-0.5);
      expect(Math.max(left + width, top + height)).toBeLessThan(32.5);
    }
    // The way along the line from first to last box is always forward.
    const center = (t: number) => [boxes[t]![0]! + boxes[t]![2]! / 2, boxes[t]![1]! + boxes[t]![3]! / 2] as const;
    const direction = [center(11)[0] - center(0)[0], center(11)[1] - center(0)[1]] as const;
    for (let t = 1; t < 12; t++) {
      const step = [center(t)[0] - center(t - 1)[0], center(t)[1] - center(t - 1)[1]] as const;
      expect(step[0] * direction[0] + step[1] * direction[1]).toBeGreaterThan(0);
    }
    expect(changedOutside(clip, 0, 11)).toBe(0);
  }
});

/** Pixels that differ between two frames, outside of the boxes (with room for turned corners). */
function changedOutside(clip: Clip, a: number, b: number): number {
  const inside = (t: number, x: number, y: number) => {
    const [left, top, width, height] = clip.track!.data.slice(4 * t) as unknown as [number, number, number, number];
    const reach = (width / 2) * Math.SQRT2 + 1.5;
    return Math.hypot(x + 0.5 - left - width / 2, y + 0.5 - top - height / 2) < reach;
  };
  const [first, second] = [frame(clip, a).data, frame(clip, b).data];
  let changed = 0;
  for (let y = 0; y < 32; y++)
    for (let x = 0; x < 32; x++)
      if (!inside(a, x, y) && !inside(b, x, y) && first[(y * 32 + x) * 3] !== second[(y * 32 + x) * 3]) changed++;
  return changed;
}

test('things rest for the part of the time that is asked for', async () => {
  const { train } = await movingSprites({ clips: 4, frames: 21, rest: 0.5 }).open(environment);
  for (let i = 0; i < 4; i++) {
    const clip = train.get(i);
    const still = Array.from({ length: 20 }, (_, t) => t).filter((t) => {
      const [a, b] = [frame(clip, t).data, frame(clip, t + 1).data];
      return a.every((value, j) => value === b[j]);
    });
    expect(still).toHaveLength(10);
  }
});

test('two cameras see the same journey on different backgrounds', async () => {
  const data = await filmedByTwoCameras({ recordings: 4, test: 2, frames: 6 }).open(environment);
  expect([data.kind, data.shape]).toEqual(['views', [2, 6, 32, 32, 3]]);
  const recording = data.train.get(1);
  expect(data.train.get(1)).toEqual(recording);
  const corners = [0, 1].map((i) => [...camera(recording, i).data.slice(0, 3)]);
  expect(corners[0]).not.toEqual(corners[1]);
  // Each camera's background stands still: the corner of all frames is the same.
  for (const i of [0, 1]) {
    const film = camera(recording, i);
    const corner = (t: number) => [...frame(film, t).data.slice(0, 3)];
    for (let t = 1; t < 6; t++) expect(corner(t)).toEqual(corner(0));
    expect(frame(film, 0).data).not.toEqual(frame(film, 5).data);
  }
});

test('things are cut out of square pictures only', async () => {
  const signals = { ...movingSprites(), kind: 'dataset' as const };
  await expect(movingSprites({ pictures: signals as never }).open(environment)).rejects.toThrow(
    /movingSprites cuts its things out of square pictures.*has frames samples/,
  );
});
