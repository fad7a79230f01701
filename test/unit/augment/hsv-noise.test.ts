import { expect, test } from 'vitest';
import { hsvFromRgb, rgbFromHsv } from '../../../src/augment/hsv.js';
import { hsvNoise } from '../../../src/augment/hsv-noise.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

const near = (values: Iterable<number>) => Array.from(values, (value) => expect.closeTo(value, 5));
const nothing = { hue: 0, saturation: [1, 1, 0], value: [1, 1, 0] };

test('known colors in HSV, and back', () => {
  expect(hsvFromRgb(1, 0, 0)).toEqual([0, 1, 1]);
  expect(hsvFromRgb(0, 0.5, 0.5)).toEqual(near([0.5, 1, 0.5]));
  expect(hsvFromRgb(0.6, 0.3, 0.6)).toEqual(near([5 / 6, 0.5, 0.6]));
  expect(hsvFromRgb(0.4, 0.4, 0.4)).toEqual([0, 0, 0.4]);
  const random = Random.fromSeed(0);
  for (let i = 0; i < 100; i++) {
    const color = [random.uniform(), random.uniform(), random.uniform()] as const;
    expect(rgbFromHsv(...hsvFromRgb(...color))).toEqual(near(color));
  }
});

test('saturation and value to a power, times a factor, plus a shift; the hue is turned', () => {
  const { apply } = hsvNoise();
  const red: Image = { data: Float32Array.of(1, 0, 0), shape: [1, 1, 3] };
  const of = (drawn: Partial<typeof nothing>) => apply(red, { ...nothing, ...drawn }).data;
  expect(of({})).toEqual(Float32Array.of(1, 0, 0));
  // A saturation and a value of 0.5 + 0.1: the lesser channels are 0.6 * (1 - 0.6).
  const halved = [2, 0.5, 0.1];
  expect([...of({ saturation: halved, value: halved })]).toEqual(near([0.6, 0.24, 0.24]));
  expect([...of({ hue: 1 / 3, saturation: halved, value: halved })]).toEqual(near([0.24, 0.6, 0.24]));
  expect([...of({ hue: -1 / 3 })]).toEqual(near([0, 0, 1]));
  expect([...of({ value: [1, 2, 0] })]).toEqual([1, 0, 0]);
  const brown: Image = { data: Float32Array.of(0.5, 0.25, 0.25), shape: [1, 1, 3] };
  expect([...apply(brown, { ...nothing, value: [2, 1, 0] }).data]).toEqual(near([0.25, 0.125, 0.125]));
});

test('gray pictures have a value only', () => {
  const gray: Image = { data: Float32Array.of(0.5, 1, 0), shape: [1, 3, 1] };
  const { data } = hsvNoise().apply(gray, { hue: 0.1, saturation: [1, 1, 0.5], value: [2, 1, 0.1] });
  expect([...data]).toEqual(near([0.35, 1, 0.1]));
});

test('draws are within the ranges, saturation and value on their own', () => {
  const { draw } = hsvNoise();
  for (let i = 0; i < 50; i++) {
    const { hue, saturation, value } = draw(Random.fromSeed(i), [4, 4, 3])!;
    expect(Math.abs(hue)).toBeLessThanOrEqual(0.1);
    expect(saturation).not.toEqual(value);
    for (const [power, factor, shift] of [saturation, value]) {
      expect(power! >= 0.25 && power! <= 4 && factor! >= Math.SQRT1_2 && factor! <= Math.SQRT2).toBe(true);
      expect(Math.abs(shift!)).toBeLessThanOrEqual(0.1);
    }
  }
  expect(hsvNoise({ p: 0 }).draw(Random.fromSeed(0), [4, 4, 3])).toBeUndefined();
});
