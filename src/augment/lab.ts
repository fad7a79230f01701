/**
 * CIE Lab of sRGB pictures under illuminant D65 with the 2 degree observer, as scikit-image computes it: L is lightness,
 * 0 (black) to 100 (white); a goes from green to red and b from blue to yellow, 0 for gray.
 */
import type { Image } from '../experiment/contracts.js';

/** What linear red, green and blue contribute to X, Y and Z, relative to white. */
export const WHITE = [0.95047, 1, 1.08883] as const;
export const RGB_TO_XYZ = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
] as const;

/** The range of each channel over all of sRGB: its extremes are the corners red, green, blue and yellow, magenta. */
export const LAB_RANGE = [
  [0, 100],
  [-86.183, 98.233],
  [-107.857, 94.478],
] as const;

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gammaEncoded = (c: number) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
const inverseF = (v: number) => (v > 0.2068966 ? v ** 3 : (v - 16 / 116) / 7.787);

/** Lab of one color; red, green and blue in [0, 1]. */
export function labOfColor(red: number, green: number, blue: number): [l: number, a: number, b: number] {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const [x, y, z] = RGB_TO_XYZ.map((row, i) => f((row[0] * r + row[1] * g + row[2] * b) / (WHITE[i] as number))) as [
    number,
    number,
    number,
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The color with this Lab, red, green and blue in [0, 1]; colors that sRGB does not have are clipped. */
export function colorOfLab(l: number, a: number, b: number): [red: number, green: number, blue: number] {
  const fy = (l + 16) / 116;
  const xyz = [fy + a / 500, fy, fy - b / 200].map((v, i) => inverseF(v) * (WHITE[i] as number));
  return XYZ_TO_RGB.map((row) => {
    const value = row.reduce((sum, weight, i) => sum + weight * (xyz[i] as number), 0);
    return Math.min(1, Math.max(0, gammaEncoded(value)));
  }) as [number, number, number];
}

/** Lab of a color picture, `[height, width, 3]`: L in 0 to 100, then a and b. Throws for gray pictures. */
export function labOf(image: Image): Image {
  const [, , channels] = image.shape;
  if (channels !== 3) throw new Error(`Lab is for color pictures, [height, width, 3], not [${image.shape}]`);
  return eachPixel(image, labOfColor);
}

/** The sRGB picture of Lab values `[height, width, 3]`. */
export function imageOfLab(lab: Image): Image {
  return eachPixel(lab, colorOfLab);
}

function eachPixel(
  { data, shape }: Image,
  change: (first: number, second: number, third: number) => [number, number, number],
): Image {
  const changed = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3)
    changed.set(change(data[i] as number, data[i + 1] as number, data[i + 2] as number), i);
  return { data: changed, shape };
}

const XYZ_TO_RGB = inverse(RGB_TO_XYZ);

/** Inverse of a 3 x 3 matrix by cofactors. */
function inverse(m: readonly (readonly number[])[]): number[][] {
  const at = (row: number, column: number) => m[row % 3]?.[column % 3] as number;
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, column) => sum + at(0, column) * cofactor(0, column), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
