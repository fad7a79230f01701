import { expect, test } from 'vitest';
import { photometric } from '../../../src/augment/photometric.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

const image: Image = { data: Float32Array.of(0, 0.25, 0.5, 1, 0.1, 0.9), shape: [1, 2, 3] };

test('values to the power gamma, times brightness and the factor of the channel, at most 1', () => {
  const { apply } = photometric();
  const { data } = apply(image, { gamma: 2, brightness: 2, color: [1, 0.5, 1] });
  expect([...data].map((v) => Number(v.toFixed(5)))).toEqual([0, 0.0625, 0.5, 1, 0.01, 1]);
  const same = apply(image, { gamma: 1, brightness: 1, color: [1, 1, 1] });
  expect([...same.data]).toEqual([...image.data]);
});

test('draws are within the ranges, one factor per channel', () => {
  const { draw } = photometric({ p: 1 });
  for (let i = 0; i < 50; i++) {
    const { gamma, brightness, color } = draw(Random.fromSeed(i), image.shape)!;
    expect(gamma >= 0.8 && gamma < 1.2 && brightness >= 0.5 && brightness < 2).toBe(true);
    expect(color.length === 3 && color.every((factor) => factor >= 0.8 && factor < 1.2)).toBe(true);
  }
});
