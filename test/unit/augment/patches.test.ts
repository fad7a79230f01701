import { describe, expect, test } from 'vitest';
import { dropChannels } from '../../../src/augment/channel-drop.js';
import { cutOut, neighbors, patchPair, tilePlaces } from '../../../src/augment/patches.js';
import { hamming, permutationSet } from '../../../src/augment/permutation-set.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

const random = Random.fromSeed(2);
const gray = (height: number, width: number): Image => ({
  data: Float32Array.from({ length: height * width }, (_, i) => i),
  shape: [height, width, 1],
});

test('a patch is the pixels at its place, and never reaches over the border', () => {
  expect([...cutOut(gray(4, 5), { top: 1, left: 2 }, 2).data]).toEqual([7, 8, 12, 13]);
  expect(() => cutOut(gray(4, 5), { top: 3, left: 0 }, 2)).toThrow('reaches over a picture of 4 x 5');
});

test('tiles stay in their cells; their gaps take all widths from 0 to 2 (cell - tile)', () => {
  const gaps = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const places = tilePlaces(random.at(i), [33, 32, 1], 2, 12);
    places.forEach(({ top, left }, t) => {
      const [row, column] = [Math.floor(t / 2), t % 2];
      expect(top).toBeGreaterThanOrEqual(16 * row);
      expect(top + 12).toBeLessThanOrEqual(16 * (row + 1));
      expect(left).toBeGreaterThanOrEqual(16 * column);
      expect(left + 12).toBeLessThanOrEqual(16 * (column + 1));
    });
    gaps.add(places[1]!.left - places[0]!.left - 12);
  }
  expect(gaps).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
});

describe('patch pairs', () => {
  const sizes = { patch: 8, gap: 4, jitter: 2 };

  test('neighbors are numbered row by row, and opposite ones add up to 7', () => {
    neighbors.forEach(([down, right], label) => {
      const opposite = neighbors.findIndex(([y, x]) => y === -down && x === -right);
      expect(opposite).toBe(7 - label);
    });
  });

  test('are one pitch apart up to the jitter of both, and inside of the picture, wherever the grid is', () => {
    const tops = new Set<number>();
    for (let i = 0; i < 2000; i++) {
      const [down, right] = neighbors[i % 8]!;
      const { first, second } = patchPair(random.at(i), [32, 32, 1], i % 8, sizes);
      expect(Math.abs(second.top - first.top - 12 * down)).toBeLessThanOrEqual(4);
      expect(Math.abs(second.left - first.left - 12 * right)).toBeLessThanOrEqual(4);
      for (const { top, left } of [first, second]) {
        expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
        expect(Math.max(top, left)).toBeLessThanOrEqual(24);
      }
      // The gap between the patches is never closed: continuing edges do not give the answer away.
      if (right === 1) expect(second.left - first.left).toBeGreaterThanOrEqual(8);
      tops.add(first.top);
    }
    expect(tops.size).toBe(25);
  });
});

describe('permutation sets', () => {
  const statistics = (set: readonly Uint8Array[]) => {
    const distances = set.flatMap((a, i) => set.slice(i + 1).map((b) => hamming(a, b)));
    return { mean: distances.reduce((a, b) => a + b, 0) / distances.length, least: Math.min(...distances) };
  };

  test.each(['mean', 'maxMin'] as const)(
    'by %s begin with a Latin square; any further one is n - 1 away on average',
    (rule) => {
      const set = permutationSet(Random.fromSeed(1), 4, 5, rule);
      expect(statistics(set.slice(0, 4))).toEqual({ mean: 4, least: 4 });
      const last = set[4]!;
      expect(set.slice(0, 4).reduce((sum, other) => sum + hamming(last, other), 0) / 4).toBe(3);
    },
  );

  test('hold every permutation once, at most all there are', () => {
    const set = permutationSet(Random.fromSeed(3), 4, 24, 'maxMin');
    expect(new Set(set.map(String)).size).toBe(24);
    expect(set.every((order) => [...order].sort().join() === '0,1,2,3')).toBe(true);
    expect(() => permutationSet(Random.fromSeed(3), 3, 7, 'mean')).toThrow('there are 6 permutations of 3 tiles');
  });

  test('of nine tiles are far apart by the least distance too, if that is the rule', () => {
    const least = statistics(permutationSet(Random.fromSeed(5), 9, 30, 'maxMin'));
    expect(least.least).toBeGreaterThanOrEqual(7);
    expect(least.mean).toBeGreaterThan(7.9);
  });
});

test('channel dropping keeps one channel and puts faint noise into the others', () => {
  const image: Image = { data: Float32Array.from({ length: 300 }, () => random.uniform()), shape: [10, 10, 3] };
  const kept = new Set<number>();
  for (let i = 0; i < 30; i++) {
    const { data } = dropChannels(image, random.at(i));
    const same = [0, 1, 2].filter((c) => data.every((value, p) => p % 3 !== c || value === image.data[p]));
    expect(same).toHaveLength(1);
    kept.add(same[0]!);
    const others = data.filter((_, p) => p % 3 !== same[0]);
    expect(Math.max(...others.map((value) => Math.abs(value - 0.5)))).toBeLessThan(0.06);
  }
  expect(kept.size).toBe(3);
});
