/**
 * Changes of color in place, on pixels of 1 (gray) or 3 (RGB) values in [0, 1], as torchvision defines them:
 * all but hue blend the picture with something, `clip(factor * picture + (1 - factor) * other, 0, 1)`.
 */

/** Luma of ITU-R 601 with four digits, as torchvision has it. The weights sum to 0.9999. */
const red = 0.2989;
const green = 0.587;
const blue = 0.114;

const clip = (value: number) => Math.min(1, Math.max(0, value));

/** Blends with black. */
export function adjustBrightness(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = clip(factor * (data[i] as number));
}

/** Blends with one gray: the mean of the grayscale picture. */
export function adjustContrast(data: Float32Array, channels: number, factor: number): void {
  let sum = 0;
  if (channels === 3)
    for (let i = 0; i < data.length; i += 3)
      sum += red * (data[i] as number) + green * (data[i + 1] as number) + blue * (data[i + 2] as number);
  else for (let i = 0; i < data.length; i++) sum += data[i] as number;
  const other = (1 - factor) * (sum / (data.length / channels));
  for (let i = 0; i < data.length; i++) data[i] = clip(factor * (data[i] as number) + other);
}

/** Blends RGB pixels with their own gray; does nothing to gray pictures. */
export function adjustSaturation(data: Float32Array, channels: number, factor: number): void {
  if (channels !== 3) return;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i] as number;
    const g = data[i + 1] as number;
    const b = data[i + 2] as number;
    const other = (1 - factor) * (red * r + green * g + blue * b);
    data[i] = clip(factor * r + other);
    data[i + 1] = clip(factor * g + other);
    data[i + 2] = clip(factor * b + other);
  }
}

/**
 * Turns the hue of RGB pixels by `turns` (1 is a full circle); value and saturation of HSV stay. The usual formulas
 * through (h, s, v) are shortened: v is the largest channel, v (1 - s) the smallest, and only the third one is new.
 */
export function adjustHue(data: Float32Array, channels: number, turns: number): void {
  const sixths = 6 * (turns - Math.floor(turns));
  if (channels !== 3 || sixths === 0) return;
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i] as number;
    const g = data[i + 1] as number;
    const b = data[i + 2] as number;
    const high = Math.max(r, g, b);
    const low = Math.min(r, g, b);
    const chroma = high - low;
    if (chroma === 0) continue;
    let hue = sixths + (r === high ? (g - b) / chroma : g === high ? 2 + (b - r) / chroma : 4 + (r - g) / chroma);
    if (hue < 0) hue += 6;
    else if (hue >= 6) hue -= 6;
    const sector = hue | 0;
    const part = hue - sector;
    const middle = (sector & 1) === 0 ? low + chroma * part : high - chroma * part;
    data[i] = sector === 0 || sector === 5 ? high : sector === 1 || sector === 4 ? middle : low;
    data[i + 1] = sector === 1 || sector === 2 ? high : sector === 0 || sector === 3 ? middle : low;
    data[i + 2] = sector === 3 || sector === 4 ? high : sector === 2 || sector === 5 ? middle : low;
  }
}

/** Replaces RGB pixels by their gray; does nothing to gray pictures. */
export function toGray(data: Float32Array, channels: number): void {
  if (channels !== 3) return;
  for (let i = 0; i < data.length; i += 3) {
    const gray = red * (data[i] as number) + green * (data[i + 1] as number) + blue * (data[i + 2] as number);
    data[i] = gray;
    data[i + 1] = gray;
    data[i + 2] = gray;
  }
}
