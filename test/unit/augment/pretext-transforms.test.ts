import { expect, test } from 'vitest';
import { colorOrders, permuteColors } from '../../../src/augment/color-permutations.js';
import { fourTurns, quarterTurns } from '../../../src/augment/quarter-turns.js';
import { randomCrop } from '../../../src/augment/random-crop.js';
import type { Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

const image = (values: number[], height: number, width: number, channels = 1): Image => ({
  data: Float32Array.from(values),
  shape: [height, width, channels],
});
const random = Random.fromSeed(4);
const picture = (height: number, width: number, channels: number) =>
  image(
    Array.from({ length: height * width * channels }, () => random.uniform()),
    height,
    width,
    channels,
  );

test('quarter turns are counter-clockwise and exact', () => {
  const turned = [0, 1, 2, 3].map((k) => [...quarterTurns(image([1, 2, 3, 4], 2, 2), k).data]);
  expect(turned).toEqual([
    [1, 2, 3, 4],
    [2, 4, 1, 3],
    [4, 3, 2, 1],
    [3, 1, 4, 2],
  ]);
  const { data, shape } = quarterTurns(image([1, 2, 3, 4, 5, 6], 2, 3), 1);
  expect([[...data], shape]).toEqual([
    [3, 6, 2, 5, 1, 4],
    [3, 2, 1],
  ]);
});

test('turns add up modulo four, for pictures of any shape and color', () => {
  const original = picture(3, 5, 3);
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++)
      expect(quarterTurns(quarterTurns(original, i), j)).toEqual(quarterTurns(original, (i + j) % 4));
  const { shape, data } = fourTurns(picture(4, 4, 3));
  expect([shape, data.length]).toEqual([[4, 4, 4, 3], 4 * 48]);
  expect(() => fourTurns(original)).toThrow('pictures of 3 x 5 cannot be turned');
});

test('the six orders of the colors are all there are, the first unchanged, the next two cyclic', () => {
  const pixel = image([0.1, 0.2, 0.3], 1, 1, 3);
  const orders = colorOrders.map((order) => [...permuteColors(pixel, order).data].map((v) => Math.round(10 * v)));
  expect(orders.slice(0, 3)).toEqual([
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ]);
  expect(new Set(orders.map(String)).size).toBe(6);
  expect(() => permuteColors(image([1], 1, 1), [1, 2, 0])).toThrow('3 channels; these have 1');
});

test('a random crop shifts by at most the padding and mirrors the border', () => {
  const crop = randomCrop({ padding: 2 });
  const row = image([1, 2, 3, 4], 1, 4);
  const shifted = (right: number) => [...crop.apply(row, { down: 0, right }).data];
  expect(shifted(0)).toEqual([1, 2, 3, 4]);
  expect(shifted(2)).toEqual([3, 2, 1, 2]);
  expect(shifted(-1)).toEqual([2, 3, 4, 3]);
  expect([...randomCrop({ padding: 2, border: 'zero' }).apply(row, { down: 0, right: 2 }).data]).toEqual([0, 0, 1, 2]);
  const drawn = Array.from({ length: 200 }, (_, i) => crop.draw(random.at(i), [8, 8, 1]));
  expect(new Set(drawn.map((d) => d?.down))).toEqual(new Set([-2, -1, 0, 1, 2]));
});
