/** Values computed once with torchvision (test/fixtures/golden/augmentations.py). */
import { describe, expect, test } from 'vitest';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGray } from '../../../src/augment/color.js';
import { colorJitter } from '../../../src/augment/color-jitter.js';
import { cutout } from '../../../src/augment/cutout.js';
import { gaussianBlur } from '../../../src/augment/gaussian-blur.js';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import { crop } from '../../../src/augment/random-resized-crop.js';
import { solarize } from '../../../src/augment/solarize.js';
import { changed } from '../../../src/augment/workspace.js';
import type { Image } from '../../../src/experiment/contracts.js';
import golden from '../../fixtures/golden/augmentations.json' with { type: 'json' };

interface Parameters {
  factor?: number;
  kernel?: number;
  sigma?: number;
  top?: number;
  left?: number;
  height?: number;
  width?: number;
  size?: number[];
  fill?: number;
  drawn?: Record<string, number>;
}

function picture(channels: number): Image {
  const [height, width] = golden.shape as [number, number];
  const data = Float32Array.from({ length: height * width * channels }, (_, i) => ((i * 7919) % 257) / 256);
  return { data, shape: [height, width, channels] };
}

const ops: Record<string, (p: Parameters) => (image: Image) => Image> = {
  brightness:
    ({ factor }) =>
    (image) =>
      changed(image, (pixels) => adjustBrightness(pixels, factor as number)),
  contrast:
    ({ factor }) =>
    (image) =>
      changed(image, (pixels) => adjustContrast(pixels, factor as number)),
  saturation:
    ({ factor }) =>
    (image) =>
      changed(image, (pixels) => adjustSaturation(pixels, factor as number)),
  hue:
    ({ factor }) =>
    (image) =>
      changed(image, (pixels) => adjustHue(pixels, factor as number)),
  grayscale: () => (image) => changed(image, toGray),
  flip: () => (image) => horizontalFlip().apply(image, {}),
  solarize: () => (image) => solarize().apply(image, {}),
  blur: (p) => (image) => gaussianBlur().apply(image, { sigma: p.sigma as number, kernel: p.kernel as number }),
  cutout: (p) => (image) => cutout({ fill: p.fill }).apply(image, p as Required<Parameters>),
  jitter: (p) => (image) => colorJitter().apply(image, p.drawn ?? {}),
  crop: (p) => (image) => {
    const [height, width] = p.size as [number, number];
    return crop(image, p as { top: number; left: number; height: number; width: number }, height, width);
  },
};

describe('as torchvision', () => {
  test.each(golden.cases.map((c) => ({ ...c, title: `${c.op} ${JSON.stringify(c.parameters)} on ${c.channels}` })))(
    '$title',
    ({ op, channels, parameters, shape, data }) => {
      const result = (ops[op] as (typeof ops)[string])(parameters as Parameters)(picture(channels));
      expect([...result.shape]).toEqual(shape);
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (result.data[i] as number))), 0);
      expect(worst).toBeLessThan(2e-6);
    },
  );
});
