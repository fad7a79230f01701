import { expect, test } from 'vitest';
import { layeredStereo } from '../../../src/data/layered-stereo.js';
import type { DataEnvironment, StereoPair } from '../../../src/experiment/contracts.js';

const environment: DataEnvironment = { baseFolder: '.', cacheFolder: '.', sampleFolder: '.' };
const open = (options: Parameters<typeof layeredStereo>[0] = {}) =>
  layeredStereo({ train: 20, test: 5, ...options }).open(environment);

test('column x of left is column x - disparity of right, wherever both cameras see the point', async () => {
  const { train } = await open({ width: 64 });
  const [errors, unmoved]: [number[], number[]] = [[], []];
  for (let i = 0; i < 10; i++) {
    const { left, right, disparity } = train.get(i);
    const [height, width] = left.shape;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const d = disparity!.data[y * width + x]!;
        const at = x - d;
        if (at < 0) continue;
        const i0 = Math.min(width - 2, Math.floor(at));
        for (let c = 0; c < 3; c++) {
          const value = (column: number) => right.data[(y * width + column) * 3 + c]!;
          const own = left.data[(y * width + x) * 3 + c]!;
          errors.push(Math.abs(own - (value(i0) + (at - i0) * (value(i0 + 1) - value(i0)))));
          unmoved.push(Math.abs(own - value(x)));
        }
      }
    }
  }
  errors.sort((a, b) => a - b);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // What remains is hidden from the right camera, at the left of things, or lies between pixels.
  expect(errors[Math.floor(errors.length * 0.8)]).toBeLessThan(0.05);
  expect(mean(errors)).toBeLessThan(mean(unmoved) / 3);
});

test('disparities are within bounds, and much of them is near', async () => {
  const { train, shape } = await open({ maxDisparity: 0.15 });
  expect(shape).toEqual([32, 64, 3]);
  const all = Array.from({ length: 20 }, (_, i) => [...train.get(i).disparity!.data]).flat();
  expect(Math.min(...all)).toBeGreaterThan(0);
  expect(Math.max(...all)).toBeLessThanOrEqual(0.15 * 64);
  expect(all.filter((d) => d > 3).length / all.length).toBeGreaterThan(0.2);
  const values = [...train.get(3).left.data, ...train.get(3).right.data];
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1);
});

test('a seed gives the same pairs again; other seeds, samples and splits give others', async () => {
  const pixels = ({ left }: StereoPair) => left.data;
  const [a, b, c] = await Promise.all([open(), open(), open({ seed: 1 })]);
  expect(pixels(a.train.get(7))).toEqual(pixels(b.train.get(7)));
  for (const other of [c.train.get(7), a.train.get(6), a.test.get(0)])
    expect(pixels(other)).not.toEqual(pixels(a.train.get(7)));
  expect(() => a.train.get(20)).toThrow('there is no sample 20');
});
