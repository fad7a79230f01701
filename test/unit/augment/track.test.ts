import path from 'node:path';
import { expect, test } from 'vitest';
import { frameMotion, weightedChoice } from '../../../src/augment/motion.js';
import { boxAt, movingBox, squareAround, trackByTemplate } from '../../../src/augment/track.js';
import { movingSprites } from '../../../src/data/moving-sprites.js';
import type { Clip } from '../../../src/experiment/contracts.js';
import { frame } from '../../../src/experiment/encoder-input.js';
import { Random } from '../../../src/experiment/random.js';

const environment = {
  baseFolder: '.',
  cacheFolder: '.',
  sampleFolder: path.resolve(import.meta.dirname, '../../../examples/data'),
};
const center = ({ left, top, width, height }: ReturnType<typeof boxAt>) =>
  [left + width / 2, top + height / 2] as const;
const apart = (a: ReturnType<typeof boxAt>, b: ReturnType<typeof boxAt>) =>
  Math.hypot(center(a)[0] - center(b)[0], center(a)[1] - center(b)[1]);

test('the box is where something moves, with the change in its middle', () => {
  const at = (left: number): Clip => {
    const data = new Float32Array(32 * 32);
    for (let y = 10; y < 14; y++) data.fill(1, y * 32 + left, y * 32 + left + 4);
    return { data, shape: [1, 32, 32, 1] };
  };
  const box = movingBox(frame(at(20), 0), frame(at(21), 0), 8);
  // Columns 20 and 24 change, rows 10 to 13: the middle is (22.5, 12).
  expect(Math.abs(box.left + 4 - 22.5)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(box.top + 4 - 12)).toBeLessThanOrEqual(0.5);
});

test('it follows things over textured backgrounds as well as the known track says, within a fifth of a box', async () => {
  const { train } = await movingSprites({ clips: 12, size: 48, frames: 10, rest: 0 }).open(environment);
  let found = 0;
  for (let i = 0; i < train.length; i++) {
    const clip = train.get(i);
    const side = Math.round(boxAt(clip.track!, 0).width);
    const track = trackByTemplate(clip, side);
    expect(track.shape).toEqual([10, 4]);
    if (apart(boxAt(track, 9), boxAt(clip.track!, 9)) < 0.2 * side + 1.5) found++;
  }
  expect(found).toBeGreaterThanOrEqual(10);
});

test('what stands still is followed where it is', () => {
  const random = Random.fromSeed(3);
  const still = Float32Array.from({ length: 32 * 32 }, () => random.uniform());
  const clip: Clip = { data: Float32Array.from([...still, ...still, ...still]), shape: [3, 32, 32, 1] };
  const track = trackByTemplate(clip, 9);
  expect(boxAt(track, 2)).toEqual(boxAt(track, 0));
});

test('squares stay inside the picture', () => {
  const image = { data: new Float32Array(20 * 30), shape: [20, 30, 1] as const };
  expect(squareAround(image, { left: 25, top: -3, width: 8, height: 6 }, 1.5)).toEqual({
    left: 18,
    top: 0,
    width: 12,
    height: 12,
  });
  expect(squareAround(image, { left: 5, top: 5, width: 40, height: 4 }, 2)).toEqual({
    left: 15 - 5,
    top: 0,
    width: 20,
    height: 20,
  });
});

test('choices follow their weights', () => {
  const random = Random.fromSeed(1);
  const counts = [0, 0, 0];
  for (let i = 0; i < 3000; i++) counts[weightedChoice([0, 1, 2], (v) => [1, 0, 3][v]!, random)]!++;
  expect(counts[1]).toBe(0);
  expect(counts[2]! / counts[0]!).toBeCloseTo(3, 0);
  const even = Array.from({ length: 300 }, () => weightedChoice([0, 1], () => 0, random));
  expect(even.filter(Boolean).length).toBeGreaterThan(100);
  expect([...frameMotion({ data: new Float32Array(8), shape: [2, 2, 2, 1] })]).toEqual([0]);
});
