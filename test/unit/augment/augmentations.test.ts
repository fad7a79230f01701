import { describe, expect, test } from 'vitest';
import { adjustContrast, adjustHue, adjustSaturation } from '../../../src/augment/color.js';
import { colorJitter } from '../../../src/augment/color-jitter.js';
import { cutout } from '../../../src/augment/cutout.js';
import { gaussianBlur } from '../../../src/augment/gaussian-blur.js';
import { grayscale } from '../../../src/augment/grayscale.js';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import {
  byolViews,
  dinoViews,
  instDiscViews,
  mocoV2Views,
  mocoViews,
  simclrViews,
  swavViews,
} from '../../../src/augment/presets.js';
import { randomResizedCrop } from '../../../src/augment/random-resized-crop.js';
import { solarize } from '../../../src/augment/solarize.js';
import { changed, type Pixels } from '../../../src/augment/workspace.js';
import type { Augmentation, Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';

function picture(height: number, width: number, channels: number, seed = 1): Image {
  const random = Random.fromSeed(seed);
  return {
    data: Float32Array.from({ length: height * width * channels }, () => random.uniform()),
    shape: [height, width, channels],
  };
}

const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

/** What an augmentation makes with some draw. */
function run(op: Augmentation, image: Image, seed = 0): Image {
  const drawn = op.draw(Random.fromSeed(seed), image.shape);
  return drawn === undefined ? image : op.apply(image, drawn);
}

const strong = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.5, p: 1 };
const all: Record<string, Augmentation> = {
  randomResizedCrop: randomResizedCrop(),
  horizontalFlip: horizontalFlip({ p: 1 }),
  colorJitter: colorJitter(strong),
  grayscale: grayscale({ p: 1 }),
  gaussianBlur: gaussianBlur({ p: 1, kernel: 5 }),
  gaussianBlurZero: gaussianBlur({ p: 1, kernel: 5, padding: 'zero' }),
  solarize: solarize({ p: 1 }),
  cutout: cutout({ size: 6 }),
};

describe.each(Object.entries(all))('%s', (_name, op) => {
  test.each([1, 3])('stays in [0, 1], keeps its input, and repeats, with %i channels', (channels) => {
    const white: Image = { data: new Float32Array(400 * channels).fill(1), shape: [20, 20, channels] };
    for (const image of [picture(28, 28, channels), picture(17, 31, channels), picture(1, 1, channels), white]) {
      const before = image.data.slice();
      for (let seed = 0; seed < 20; seed++) {
        const result = run(op, image, seed);
        expect(result.shape).toEqual(image.shape);
        expect(result.data.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(furthest(run(op, image, seed).data, result.data)).toBe(0);
      }
      expect(image.data).toEqual(before);
    }
  });

  test('makes several different pictures or always the same change', () => {
    const image = picture(32, 32, 3);
    const results = new Set(Array.from({ length: 10 }, (_, seed) => run(op, image, seed).data.join()));
    const isFixed = ['horizontalFlip', 'grayscale', 'solarize'].includes(op.use);
    expect(results.size).toBe(isFixed ? 1 : 10);
  });
});

test('operations with parameters that change nothing are the identity', () => {
  for (const channels of [1, 3]) {
    const image = picture(13, 11, channels);
    const same: Augmentation[] = [
      randomResizedCrop({ scale: [1, 1], ratio: [11 / 13, 11 / 13] }),
      colorJitter({ p: 1 }),
      gaussianBlur({ p: 1, kernel: 1 }),
    ];
    for (const op of same) expect(run(op, image).data).toEqual(image.data);
    const factors = colorJitter(strong).apply(image, { brightness: 1, contrast: 1, saturation: 1, hue: 0 });
    expect(factors.data).toEqual(image.data);
  }
});

test('weights that sum to 1 do not lift white above 1', () => {
  const random = Random.fromSeed(0);
  for (let i = 0; i < 300; i++) {
    const [height, width] = [1 + random.integer(200), 1 + random.integer(200)];
    const white: Image = { data: new Float32Array(height * width).fill(1), shape: [height, width, 1] };
    for (const op of [randomResizedCrop({ size: 1 + random.integer(100) }), gaussianBlur({ p: 1, kernel: 9 })])
      expect(run(op, white, i).data.reduce((most, value) => Math.max(most, value))).toBeLessThanOrEqual(1);
  }
});

test('p = 0 leaves the picture as it is', () => {
  const none = [
    horizontalFlip({ p: 0 }),
    colorJitter({ ...strong, p: 0 }),
    grayscale({ p: 0 }),
    gaussianBlur({ p: 0 }),
    solarize({ p: 0 }),
    cutout({ p: 0 }),
  ];
  for (const op of none) expect(op.draw(Random.fromSeed(1), [8, 8, 3])).toBeUndefined();
});

describe('color', () => {
  const adjusted = (data: Float32Array, channels: number, change: (pixels: Pixels) => void) =>
    changed({ data, shape: [1, data.length / channels, channels] }, change).data;

  test('hue has period 1', () => {
    const image = picture(9, 9, 3);
    const turned = (data: Float32Array, turns: number) => adjusted(data, 3, (pixels) => adjustHue(pixels, turns));
    for (const turns of [0.3, -0.2])
      expect(furthest(turned(image.data, turns), turned(image.data, turns + 1))).toBeLessThan(1e-6);
    const third = (data: Float32Array) => turned(data, 1 / 3);
    expect(furthest(third(third(third(image.data))), image.data)).toBeLessThan(1e-5);
  });

  test('a third of the circle turns red into green and green into blue', () => {
    const data = adjusted(Float32Array.of(1, 0, 0, 0, 1, 0), 3, (pixels) => adjustHue(pixels, 1 / 3));
    expect(furthest(data, Float32Array.of(0, 1, 0, 0, 0, 1))).toBeLessThan(1e-6);
  });

  test('contrast of a constant gray and saturation of a gray picture change nothing', () => {
    // The gray weights sum to 0.9999, so RGB pictures move by up to 1e-4.
    const constant = new Float32Array(48).fill(0.6);
    const lower = (pixels: Pixels) => adjustContrast(pixels, 0.2);
    expect(furthest(adjusted(constant, 3, lower), constant)).toBeLessThan(1e-4);
    expect(furthest(adjusted(constant, 1, lower), constant)).toBeLessThan(1e-6);
    const values = Float32Array.from({ length: 48 }, (_, i) => Math.floor(i / 3) / 16);
    const saturated = adjusted(values, 3, (pixels) => adjustSaturation(pixels, 1.8));
    expect(furthest(saturated, values)).toBeLessThan(1e-4);
  });

  test('values computed by hand', () => {
    const jitter = colorJitter(strong);
    const image: Image = { data: Float32Array.of(0.2, 0.6), shape: [1, 2, 1] };
    // Brightness 2: 0.4 and 1.2, clipped. Then contrast 0.5 about the mean 0.7.
    expect([...jitter.apply(image, { brightness: 2, contrast: 0.5 }).data]).toEqual(
      [0.55, 0.85].map((value) => expect.closeTo(value, 6)),
    );
    // The other way round: contrast about 0.4 gives 0.3 and 0.5, then twice that.
    expect([...jitter.apply(image, { contrast: 0.5, brightness: 2 }).data]).toEqual(
      [0.6, 1].map((value) => expect.closeTo(value, 6)),
    );
  });

  test('jitter draws in all 24 orders, within its ranges, and leaves out what does nothing to gray pictures', () => {
    const jitter = colorJitter({ brightness: 0.4, contrast: 1.5, saturation: 0.2, hue: 0.1, p: 1 });
    const orders = new Set<string>();
    for (let seed = 0; seed < 500; seed++) {
      const drawn = jitter.draw(Random.fromSeed(seed), [8, 8, 3]) as Record<string, number>;
      orders.add(Object.keys(drawn).join());
      expect(Math.abs((drawn.brightness as number) - 1)).toBeLessThanOrEqual(0.4);
      expect(drawn.contrast).toBeGreaterThanOrEqual(0);
      expect(drawn.contrast).toBeLessThan(2.5);
      expect(Math.abs((drawn.saturation as number) - 1)).toBeLessThanOrEqual(0.2);
      expect(Math.abs(drawn.hue as number)).toBeLessThanOrEqual(0.1);
    }
    expect(orders.size).toBe(24);
    expect(Object.keys(jitter.draw(Random.fromSeed(1), [8, 8, 1]) ?? {}).sort()).toEqual(['brightness', 'contrast']);
  });
});

test('flip reverses rows, and twice is the identity', () => {
  const flip = horizontalFlip();
  const image: Image = { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), shape: [2, 2, 3] };
  expect([...flip.apply(image, {}).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  expect(flip.apply(flip.apply(image, {}), {}).data).toEqual(image.data);
});

test('grayscale weighs the channels', () => {
  const red: Image = { data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), shape: [1, 3, 3] };
  const expected = [0.2989, 0.2989, 0.2989, 0.587, 0.587, 0.587, 0.114, 0.114, 0.114];
  expect([...grayscale().apply(red, {}).data]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
});

test('solarize inverts from the threshold up', () => {
  const image: Image = { data: Float32Array.of(0, 0.25, 0.5, 0.75, 1), shape: [1, 5, 1] };
  expect([...solarize({ threshold: 0.5 }).apply(image, {}).data]).toEqual([0, 0.25, 0.5, 0.25, 0]);
});

describe('crop', () => {
  test('enlarges between pixel centers', () => {
    const image: Image = { data: Float32Array.of(0, 1), shape: [1, 2, 1] };
    const wide = randomResizedCrop({ size: 4 }).apply(image, { top: 0, left: 0, height: 1, width: 2 });
    // Centers of the four outputs are at -0.25, 0.25, 0.75 and 1.25 input pixels.
    expect([...wide.data.subarray(0, 4)]).toEqual([0, 0.25, 0.75, 1].map((value) => expect.closeTo(value, 6)));
    expect(wide.shape).toEqual([4, 4, 1]);
  });

  test('shrinks by averaging, so that no pixel is overlooked', () => {
    const image: Image = { data: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0), shape: [1, 8, 1] };
    const small = randomResizedCrop({ size: 2 }).apply(image, { top: 0, left: 0, height: 1, width: 8 });
    // Triangle of half-width 4 around 2: weights 0.625, 0.875 twice, 0.625 ... over pixels 0 to 5; the first is 0.625.
    const sum = 0.625 + 0.875 + 0.875 + 0.625 + 0.375 + 0.125;
    expect(small.data[0]).toBeCloseTo(0.625 / sum, 6);
    expect(small.data[1]).toBe(0);
  });

  test('areas and ratios are drawn from their ranges', () => {
    const op = randomResizedCrop({ scale: [0.2, 0.6], ratio: [0.5, 2] });
    const side = 1000;
    const boxes = Array.from({ length: 4000 }, (_, seed) => {
      return op.draw(Random.fromSeed(seed), [side, side, 3]) as {
        top: number;
        left: number;
        height: number;
        width: number;
      };
    });
    const areas = boxes.map(({ height, width }) => (height * width) / side ** 2);
    const ratios = boxes.map(({ height, width }) => Math.log(width / height));
    const inside = ({ top, left, height, width }: (typeof boxes)[number]) =>
      top >= 0 && left >= 0 && top + height <= side && left + width <= side;
    expect(boxes.every(inside)).toBe(true);
    expect(Math.min(...areas)).toBeGreaterThan(0.199);
    expect(Math.max(...areas)).toBeLessThan(0.601);
    expect(Math.max(...ratios.map(Math.abs))).toBeLessThan(Math.log(2) + 0.005);
    // Almost every try fits here, so area and log ratio stay uniform: means 0.4 and 0.
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(areas)).toBeCloseTo(0.4, 1);
    expect(Math.abs(mean(ratios))).toBeLessThan(0.03);
    const lower = areas.filter((area) => area < 0.3).length / areas.length;
    expect(Math.abs(lower - 0.25)).toBeLessThan(0.04);
  });

  test('takes the largest central box when no try fits', () => {
    const op = randomResizedCrop({ scale: [1, 1], ratio: [1, 1] });
    expect(op.draw(Random.fromSeed(1), [10, 40, 3])).toEqual({ top: 0, left: 15, height: 10, width: 10 });
    expect(op.draw(Random.fromSeed(1), [40, 10, 3])).toEqual({ top: 15, left: 0, height: 10, width: 10 });
  });
});

describe('blur', () => {
  test('the kernel follows the height as in SimCLR', () => {
    const sides = [28, 32, 64, 96, 224].map((side) => {
      return gaussianBlur({ p: 1 }).draw(Random.fromSeed(0), [side, side, 3])?.kernel;
    });
    expect(sides).toEqual([3, 3, 7, 9, 23]);
  });

  test('spreads a point by the kernel, keeps constant pictures, darkens borders only with zeros', () => {
    const point: Image = { data: new Float32Array(25), shape: [5, 5, 1] };
    point.data[12] = 1;
    const side = Math.exp(-0.5);
    const [edge, middle] = [side / (1 + 2 * side), 1 / (1 + 2 * side)];
    const { data } = gaussianBlur().apply(point, { sigma: 1, kernel: 3 });
    expect(data[12]).toBeCloseTo(middle * middle, 6);
    expect(data[11]).toBeCloseTo(edge * middle, 6);
    expect(data[6]).toBeCloseTo(edge * edge, 6);
    expect(data[0]).toBe(0);
    const constant: Image = { data: new Float32Array(25).fill(0.5), shape: [5, 5, 1] };
    const drawn = { sigma: 1, kernel: 3 };
    expect(gaussianBlur().apply(constant, drawn).data[0]).toBeCloseTo(0.5, 6);
    const dark = gaussianBlur({ padding: 'zero' }).apply(constant, drawn).data;
    expect(dark[0]).toBeCloseTo(0.5 * (edge + middle) ** 2, 6);
    expect(dark[12]).toBeCloseTo(0.5, 6);
  });

  test('kernels larger than the picture reflect more than once', () => {
    const image = picture(3, 4, 1);
    const { data } = gaussianBlur().apply(image, { sigma: 50, kernel: 101 });
    expect(data.every((value) => value > 0 && value < 1)).toBe(true);
  });
});

test('cutout hides a square around a uniform center, cut at the border', () => {
  const op = cutout({ size: 4, fill: 0.25 });
  const image: Image = { data: new Float32Array(64).fill(1), shape: [8, 8, 1] };
  const { data } = op.apply(image, { top: 0, left: 6, height: 3, width: 2 });
  expect(data.filter((value) => value === 0.25)).toHaveLength(6);
  expect([data[6], data[7], data[23], data[24], data[5]]).toEqual([0.25, 0.25, 0.25, 1, 1]);
  const boxes = Array.from({ length: 2000 }, (_, seed) => op.draw(Random.fromSeed(seed), [8, 8, 1]));
  expect(boxes.every((box) => box && box.top >= 0 && box.left >= 0 && box.top + box.height <= 8)).toBe(true);
  const whole = boxes.filter((box) => box?.height === 4 && box.width === 4).length;
  // Centers 2 to 6 of 0 to 7 leave the square whole, along each axis.
  expect(Math.abs(whole / boxes.length - (5 / 8) ** 2)).toBeLessThan(0.05);
});

test('presets are the published ones', () => {
  expect(simclrViews().map(({ use }) => use)).toEqual([
    'randomResizedCrop',
    'horizontalFlip',
    'colorJitter',
    'grayscale',
  ]);
  expect(simclrViews('cifar')[2]?.options).toEqual({
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.4,
    hue: 0.1,
    p: 0.8,
  });
  expect(simclrViews('imagenet')[2]?.options).toEqual({
    brightness: 0.8,
    contrast: 0.8,
    saturation: 0.8,
    hue: 0.2,
    p: 0.8,
  });
  expect(simclrViews('imagenet')[4]?.options).toMatchObject({ sigma: [0.1, 2], p: 0.5 });
});

test('the published view lists differ as published', () => {
  const uses = (list: readonly { use: string }[]) => list.map(({ use }) => use).join(' ');
  const crop = (list: readonly { options: Readonly<Record<string, unknown>> }[]) => list[0]!.options.scale;
  // InstDisc and MoCo v1 on ImageNet: grayscale before a jitter that is always applied.
  for (const views of [instDiscViews('imagenet'), mocoViews('imagenet')]) {
    expect(uses(views)).toBe('randomResizedCrop grayscale colorJitter horizontalFlip');
    expect(views[2]!.options).toMatchObject({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 1 });
    expect(crop(views)).toEqual([0.2, 1]);
  }
  expect(uses(instDiscViews())).toBe('randomResizedCrop colorJitter grayscale');
  expect(crop(mocoViews())).toEqual([0.08, 1]);
  // MoCo v2: flip last, milder hue, blur.
  expect(uses(mocoV2Views('imagenet'))).toBe('randomResizedCrop colorJitter grayscale gaussianBlur horizontalFlip');
  expect(mocoV2Views()[1]!.options).toMatchObject({ brightness: 0.4, hue: 0.1, p: 0.8 });
  const byol = byolViews('imagenet');
  expect(uses(byol.first)).toBe('randomResizedCrop horizontalFlip colorJitter grayscale gaussianBlur');
  expect(uses(byol.second)).toBe(`${uses(byol.first)} solarize`);
  expect([byol.first[4]!.options.p, byol.second[4]!.options.p]).toEqual([1, 0.1]);
  expect(uses(byolViews().first)).not.toContain('gaussianBlur');
  const swav = swavViews('imagenet', 96);
  expect([crop(swav.global), crop(swav.local), swav.local[0]!.options.size]).toEqual([[0.14, 1], [0.05, 0.14], 96]);
  expect(swavViews().global[2]!.options).toMatchObject({ brightness: 0.4, hue: 0.1 });
  const dino = dinoViews(96);
  expect([dino.first, dino.second, dino.local].map((list) => list[4]!.options.p)).toEqual([1, 0.1, 0.5]);
  expect([crop(dino.first), crop(dino.local)]).toEqual([
    [0.4, 1],
    [0.05, 0.4],
  ]);
});
