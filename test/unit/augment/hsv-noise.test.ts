import { expect, test } from 'vitest';
import { hsvNoise } from '../../../src/augment/hsv-noise.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

const near = (values: Iterable<number>) => Array.from(values, (value) => expect.closeTo(value, 5));
type Curve = [power: number, factor: number, shift: number];
const same: Curve = [1, 1, 0];
const nothing = { hue: 0, saturation: same, value: same };

/** The definition, pixel by pixel. */
function reference([r, g, b]: number[], hue: number, saturation: Curve, value: Curve): number[] {
  const high = Math.max(r!, g!, b!);
  const chroma = high - Math.min(r!, g!, b!);
  const sixths =
    chroma === 0 ? 0 : high === r ? (g! - b!) / chroma : high === g ? 2 + (b! - r!) / chroma : 4 + (r! - g!) / chroma;
  const changed = (x: number, [power, factor, shift]: Curve) => Math.min(1, Math.max(0, factor * x ** power + shift));
  const [h, s, v] = [sixths + 6 * hue + 6, changed(high === 0 ? 0 : chroma / high, saturation), changed(high, value)];
  return [5, 3, 1].map((n) => {
    const k = (n + h) % 6;
    return v * (1 - s * Math.max(0, Math.min(k, 4 - k, 1)));
  });
}

test('saturation and value to a power, times a factor, plus a shift; the hue is turned', () => {
  const { apply } = hsvNoise();
  const red: Image = { data: Float32Array.of(1, 0, 0), shape: [1, 1, 3] };
  const of = (drawn: Partial<typeof nothing>) => apply(red, { ...nothing, ...drawn }).data;
  expect([...of({})]).toEqual(near([1, 0, 0]));
  // A saturation and a value of 0.5 + 0.1: the lesser channels are 0.6 * (1 - 0.6).
  const halved: Curve = [2, 0.5, 0.1];
  expect([...of({ saturation: halved, value: halved })]).toEqual(near([0.6, 0.24, 0.24]));
  expect([...of({ hue: 1 / 3, saturation: halved, value: halved })]).toEqual(near([0.24, 0.6, 0.24]));
  expect([...of({ hue: -1 / 3 })]).toEqual(near([0, 0, 1]));
  expect([...of({ value: [1, 2, 0] })]).toEqual(near([1, 0, 0]));
  const brown: Image = { data: Float32Array.of(0.5, 0.25, 0.25), shape: [1, 1, 3] };
  expect([...apply(brown, { ...nothing, value: [2, 1, 0] }).data]).toEqual(near([0.25, 0.125, 0.125]));
});

test('as defined, for all kinds of colors and draws', () => {
  const random = Random.fromSeed(3);
  const { draw, apply } = hsvNoise({ hue: 0.5, power: [-4, 4] });
  const some = [0, 1e-8, 1e-3, 0.3, 0.3, 1];
  for (let i = 0; i < 200; i++) {
    // Not a whole vector of pixels, and with equal, black and white channels.
    const data = Float32Array.from({ length: 15 }, () =>
      random.chance(0.5) ? some[random.integer(6)]! : random.uniform(),
    );
    const drawn = draw(random, [1, 5, 3])!;
    const changed = apply({ data, shape: [1, 5, 3] }, drawn).data;
    for (let at = 0; at < 15; at += 3)
      expect([...changed.slice(at, at + 3)]).toEqual(
        near(reference([...data.slice(at, at + 3)], drawn.hue, drawn.saturation, drawn.value)),
      );
  }
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
