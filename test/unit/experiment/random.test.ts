import { describe, expect, test } from 'vitest';
import { Random, Stream, threefry2x32 } from '../../../src/experiment/random.js';

const hex = (...words: number[]) => words.map((word) => (word >>> 0).toString(16).padStart(8, '0'));

describe('threefry2x32', () => {
  // Known answers of Random123 (kat_vectors, threefry2x32, 20 rounds).
  test.each([
    { counter: [0, 0], key: [0, 0], answer: ['6b200159', '99ba4efe'] },
    { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], answer: ['1cb996fc', 'bb002be7'] },
    { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], answer: ['c4923a9c', '483df7a0'] },
  ])('gives the published words for key $key', ({ counter, key, answer }) => {
    const out = new Uint32Array(2);
    threefry2x32(key[0] as number, key[1] as number, counter[0] as number, counter[1] as number, out);
    expect(hex(...out)).toEqual(answer);
  });
});

describe('Random', () => {
  const words = (random: Random, count = 8) => Array.from({ length: count }, () => random.bits());

  test('a stream is a function of seed and counters', () => {
    expect(words(Random.fromSeed(5).at(1, 2))).toEqual(words(Random.fromSeed(5).at(1, 2)));
    expect(words(Random.fromSeed(5).at(1, 2))).toEqual(words(Random.fromSeed(5).at(1).at(2)));
  });

  test('draws from a stream do not change the streams made from it', () => {
    const random = Random.fromSeed(5);
    const before = words(random.at(3));
    words(random, 101);
    expect(words(random.at(3))).toEqual(before);
  });

  test('other seeds and counters give other streams, also beyond 32 bits', () => {
    const streams = [
      Random.fromSeed(0),
      Random.fromSeed(1),
      Random.fromSeed(2 ** 32),
      Random.fromSeed(2 ** 32 + 1),
      ...[0, 1, 2 ** 32, -1, 0xffffffff].map((counter) => Random.fromSeed(0).at(counter)),
      ...Object.values(Stream).map((stream) => Random.fromSeed(1).at(stream)),
      Random.fromSeed(0).at(0, 1),
      Random.fromSeed(0).at(1, 0),
    ].map((random) => words(random, 4).join());
    expect(new Set(streams).size).toBe(streams.length);
  });

  test('uniform draws fill [0, 1) evenly and neighbors are uncorrelated', () => {
    const n = 100_000;
    const random = Random.fromSeed(3);
    const draws = Array.from({ length: n }, () => random.uniform());
    const buckets = new Array(20).fill(0);
    for (const draw of draws) buckets[Math.floor(draw * 20)]++;
    // Chi-square with 19 degrees of freedom: 43.8 is exceeded once in a thousand seeds.
    const expected = n / 20;
    expect(buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(43.8);
    let product = 0;
    for (let i = 1; i < n; i++) product += ((draws[i - 1] as number) - 0.5) * ((draws[i] as number) - 0.5);
    // Mean 0, standard deviation 1 / (12 sqrt(n)).
    expect(Math.abs(product / n)).toBeLessThan(4 / (12 * Math.sqrt(n)));
  });

  test('streams of neighboring counters are uncorrelated', () => {
    const root = Random.fromSeed(9).at(Stream.view);
    const first = Array.from({ length: 50_000 }, (_, i) => root.at(i).uniform());
    const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * first.length));
    let product = 0;
    for (let i = 1; i < first.length; i++) product += ((first[i - 1] as number) - 0.5) * ((first[i] as number) - 0.5);
    expect(Math.abs(product / first.length)).toBeLessThan(4 / (12 * Math.sqrt(first.length)));
  });

  test('integer stays below its bound, chance follows p, normal has mean 0 and variance 1', () => {
    const random = Random.fromSeed(11);
    const n = 50_000;
    const integers = Array.from({ length: n }, () => random.integer(7));
    expect(Math.min(...integers)).toBe(0);
    expect(integers.reduce((a, b) => Math.max(a, b))).toBe(6);
    const hits = Array.from({ length: n }, () => random.chance(0.2)).filter(Boolean).length;
    expect(Math.abs(hits / n - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / n));
    const normals = Array.from({ length: n }, () => random.normal());
    const mean = normals.reduce((sum, x) => sum + x, 0) / n;
    const variance = normals.reduce((sum, x) => sum + x * x, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  test('chance 0 never happens, chance 1 always', () => {
    const random = Random.fromSeed(2);
    const draws = Array.from({ length: 1000 }, () => [random.chance(0), random.chance(1)]);
    expect(draws.every(([never, always]) => !never && always)).toBe(true);
  });

  test('a permutation holds every number once, and all orders come up', () => {
    expect([...Random.fromSeed(1).permutation(1000)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const random = Random.fromSeed(4);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.permutation(3).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});
