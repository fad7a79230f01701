import { expect, test } from 'vitest';
import { centralHole, middle, randomHole } from '../../../src/augment/holes.js';
import { Random } from '../../../src/experiment/random.js';

test('the middle half of each side', () => {
  expect(middle(32, 32)).toEqual({ top: 8, left: 8, height: 16, width: 16 });
  expect(middle(128, 128)).toEqual({ top: 32, left: 32, height: 64, width: 64 });
  expect(middle(28, 30)).toEqual({ top: 7, left: 7, height: 14, width: 15 });
});

test('a central hole has a band around it that weighs more', () => {
  const { data, shape } = centralHole(32, 32, 2, 10);
  expect(shape).toEqual([32, 32, 1]);
  const count = (value: number) => data.filter((v) => v === value).length;
  expect([count(1), count(10), count(0)]).toEqual([12 * 12, 16 * 16 - 12 * 12, 32 * 32 - 16 * 16]);
  // Published: 128 pixels, 64 predicted, the inner 56 cut out.
  expect(centralHole(128, 128, 4, 10).data.filter((v) => v === 1)).toHaveLength(56 * 56);
});

test('random holes cover 20 to 30 % with few, large blobs, and depend on the draw alone', () => {
  const shares: number[] = [];
  for (let i = 0; i < 30; i++) {
    const { data } = randomHole(Random.fromSeed(1).at(i), 32, 32);
    const share = [...data].filter((v) => v === 1).length / data.length;
    shares.push(share);
    // Neighbors mostly agree: scattered pixels would differ in 2 x 0.25 x 0.75 of all cases.
    const changes = data.filter((v, j) => j % 32 > 0 && v !== data[j - 1]).length;
    expect(changes / data.length).toBeLessThan(0.2);
  }
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.2);
  expect(Math.max(...shares)).toBeLessThanOrEqual(0.3);
  expect(randomHole(Random.fromSeed(2), 32, 32).data).toEqual(randomHole(Random.fromSeed(2), 32, 32).data);
  expect(randomHole(Random.fromSeed(2), 32, 32).data).not.toEqual(randomHole(Random.fromSeed(3), 32, 32).data);
});
