/**
 * How numbers of a figure are colored, in panels and PNG files alike: a color map in which equal steps of the value are equal steps to the eye: a path through OKLab (Ottosson 2020) from
 * dark blue over magenta to light yellow, cut into pieces of equal length. Lightness only grows, so the map also reads
 * without color vision and in print.
 */

export type Rgb = readonly [red: number, green: number, blue: number];
export type Lab = readonly [lightness: number, a: number, b: number];

/** Lightness, chroma and hue (degrees) of the points the path goes through. */
const path: readonly (readonly [number, number, number])[] = [
  [0.24, 0.11, 272],
  [0.42, 0.19, 300],
  [0.6, 0.2, 355],
  [0.77, 0.16, 410],
  [0.95, 0.15, 463],
];
const degrees = Math.PI / 180;

/** A point of the path; `s` in [0, 1] is not yet even to the eye. */
function onPath(s: number): Lab {
  const place = s * (path.length - 1);
  const piece = Math.min(path.length - 2, Math.floor(place));
  const from = path[piece]!;
  const to = path[piece + 1]!;
  const [lightness, chroma, hue] = from.map((value, i) => value + (to[i]! - value) * (place - piece)) as [
    number,
    number,
    number,
  ];
  return [lightness, chroma * Math.cos(hue * degrees), chroma * Math.sin(hue * degrees)];
}

const distance = (p: Lab, q: Lab) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);

/** Linear light from OKLab; outside [0, 1] when a screen cannot show it. */
function toLinear([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The nearest color of the same lightness and hue that a screen can show, as 8-bit sRGB. */
function toScreen([lightness, a, b]: Lab): Rgb {
  let chroma = 1;
  let linear = toLinear([lightness, a, b]);
  while (linear.some((value) => value < -0.001 || value > 1.001) && chroma > 0) {
    chroma -= 0.02;
    linear = toLinear([lightness, a * chroma, b * chroma]);
  }
  const encode = (value: number) => {
    const v = Math.max(0, Math.min(1, value));
    return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
  };
  return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
}

function evenSteps(count: number): Rgb[] {
  const fine = Array.from({ length: 2001 }, (_, i) => onPath(i / 2000));
  const lengths = [0];
  for (let i = 1; i < fine.length; i++) lengths.push(lengths[i - 1]! + distance(fine[i - 1]!, fine[i]!));
  const total = lengths.at(-1)!;
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    while (at < fine.length - 1 && lengths[at]! < (total * i) / (count - 1)) at++;
    return toScreen(fine[at]!);
  });
}

/** From the color of the low end to that of the high end. */
export const colorMap: readonly Rgb[] = evenSteps(256);

/** The values of the two ends of the color map. */
export type Range = readonly [low: number, high: number];

/** Color of a value; gray where there is no number. */
export function colorOf(value: number, [low, high]: Range): Rgb {
  if (Number.isNaN(value)) return [128, 128, 128];
  const place = high > low ? (value - low) / (high - low) : 0.5;
  const index = Math.round(place * (colorMap.length - 1));
  return colorMap[Math.max(0, Math.min(colorMap.length - 1, index))]!;
}

/** True where black text is read better than white: on the lighter colors. */
export const isLight = ([red, green, blue]: Rgb): boolean => 0.299 * red + 0.587 * green + 0.114 * blue > 140;

/** The least and the greatest of these numbers; undefined where there is none. */
export function extent(values: ArrayLike<number>): Range | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : undefined;
}
