/**
 * Changes of color where the pixels are, of 1 (gray) or 3 (RGB) values in [0, 1], as torchvision defines them:
 * all but hue blend the picture with something, `clip(factor * picture + (1 - factor) * other, 0, 1)`.
 */
import { endWithZeros, kernels, type Pixels } from './workspace.js';

/** Luma of ITU-R 601 with four digits, as torchvision has it. The weights sum to 0.9999. */
const luma: [red: number, green: number, blue: number] = [0.2989, 0.587, 0.114];

/** Blends with black. */
export function adjustBrightness({ at, values }: Pixels, factor: number): void {
  kernels.blend(at, values, factor, 0);
}

/** Blends with one gray: the mean of the grayscale picture. */
export function adjustContrast({ at, values, channels }: Pixels, factor: number): void {
  endWithZeros(at, values);
  const sum = channels === 3 ? kernels.weightedSum(at, values, ...luma) : kernels.weightedSum(at, values, 1, 1, 1);
  kernels.blend(at, values, factor, (1 - factor) * (sum / (values / channels)));
}

/** Blends RGB pixels with their own gray; does nothing to gray pictures. */
export function adjustSaturation({ at, values, channels }: Pixels, factor: number): void {
  if (channels === 3) kernels.saturation(at, values, factor, ...luma);
}

/** Turns the hue of RGB pixels by `turns` (1 is a full circle); value and saturation of HSV stay. */
export function adjustHue({ at, values, channels }: Pixels, turns: number): void {
  const sixths = 6 * (turns - Math.floor(turns));
  if (channels === 3 && sixths !== 0) kernels.hue(at, values, sixths);
}

/** Replaces RGB pixels by their gray; does nothing to gray pictures. */
export function toGray(pixels: Pixels): void {
  adjustSaturation(pixels, 0);
}
