/** Sprites: pictures cut out of their plain background, to be drawn turned and scaled onto others. */
import type { Image } from '../experiment/contracts.js';

type Color = readonly [red: number, green: number, blue: number];

/**
 * The same square picture at sides halved from level to level: RGB (premultiplied) and alpha, row by row, in [0, 1];
 * behind it one clear pixel, which stands for all outside.
 */
export interface Sprite {
  readonly levels: readonly { readonly side: number; readonly data: Float32Array }[];
}

/** Where a sprite is: its center and its side in pixels, and by how much it is turned clockwise, in radians. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly angle: number;
}

/** Values nearer to the border's color than this, in every channel, belong to the background. */
const tolerance = 0.06;

/**
 * Cuts a square picture out: what is connected to the border and has its color becomes clear; a picture whose border has
 * many colors stays a card. Gray pictures are tinted.
 */
export function spriteOf(image: Image, tint: Color): Sprite {
  const [side, , channels] = image.shape;
  const clear = background(image);
  const data = new Float32Array((side * side + 1) * 4);
  for (let i = 0; i < side * side; i++) {
    if (clear[i]) continue;
    for (let c = 0; c < 3; c++) {
      const value = image.data[i * channels + (channels === 3 ? c : 0)] as number;
      // Dark parts keep some color, so that the whole thing has one.
      data[4 * i + c] = channels === 3 ? value : (0.25 + 0.75 * value) * (tint[c] as number);
    }
    data[4 * i + 3] = 1;
  }
  const levels: Sprite['levels'][number][] = [{ side, data }];
  for (let at = side; at % 2 === 0 && at > 4; at /= 2) levels.push(halved(levels.at(-1)!));
  return { levels };
}

/** 1 where a pixel is connected to the border through pixels of the border's color. */
function background({ data, shape: [height, width, channels] }: Image): Uint8Array {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y++) border.push(y * width, y * width + width - 1);
  const color = Array.from({ length: channels }, (_, c) => {
    const values = border.map((i) => data[i * channels + c] as number).sort((a, b) => a - b);
    return values[values.length >> 1] as number;
  });
  const isPlain = (i: number) =>
    color.every((value, c) => Math.abs((data[i * channels + c] as number) - value) <= tolerance);
  const clear = new Uint8Array(height * width);
  const waiting = border.filter(isPlain);
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    if (clear[i]) continue;
    clear[i] = 1;
    const x = i % width;
    const around = [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width];
    for (const j of around) if (j >= 0 && j < clear.length && !clear[j] && isPlain(j)) waiting.push(j);
  }
  return clear;
}

/** Each pixel the mean of four. */
function halved({ side, data }: Sprite['levels'][number]): Sprite['levels'][number] {
  const half = side / 2;
  const small = new Float32Array((half * half + 1) * 4);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 4; c++) small[((y >> 1) * half + (x >> 1)) * 4 + c]! += data[(y * side + x) * 4 + c]! / 4;
  return { side: half, data: small };
}

/** Draws a sprite onto a picture `[size, size, 3]`, in place (bilinear). */
export function drawSprite(picture: Float32Array, size: number, { levels }: Sprite, place: Placement): void {
  const level = levels.findLast(({ side }) => side >= place.side) ?? levels[0]!;
  const { side, data } = level;
  const reach = (place.side / 2) * Math.SQRT2 + 1;
  const clip = (value: number) => Math.max(0, Math.min(size, value));
  const [top, bottom] = [clip(Math.floor(place.y - reach)), clip(Math.ceil(place.y + reach))];
  const [left, right] = [clip(Math.floor(place.x - reach)), clip(Math.ceil(place.x + reach))];
  const factor = side / place.side;
  const [cos, sin] = [Math.cos(place.angle) * factor, Math.sin(place.angle) * factor];
  const pixel = (x: number, y: number) => 4 * (x < 0 || y < 0 || x >= side || y >= side ? side * side : y * side + x);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const dx = x + 0.5 - place.x;
      const dy = y + 0.5 - place.y;
      const u = cos * dx + sin * dy + side / 2 - 0.5;
      const v = cos * dy - sin * dx + side / 2 - 0.5;
      if (u <= -1 || v <= -1 || u >= side || v >= side) continue;
      const [u0, v0] = [Math.floor(u), Math.floor(v)];
      const [fu, fv] = [u - u0, v - v0];
      const [a, b, d, e] = [pixel(u0, v0), pixel(u0 + 1, v0), pixel(u0, v0 + 1), pixel(u0 + 1, v0 + 1)];
      const sample = (c: number) =>
        (1 - fv) * ((1 - fu) * (data[a + c] as number) + fu * (data[b + c] as number)) +
        fv * ((1 - fu) * (data[d + c] as number) + fu * (data[e + c] as number));
      const alpha = sample(3);
      if (alpha === 0) continue;
      const at = (y * size + x) * 3;
      for (let c = 0; c < 3; c++) picture[at + c] = (1 - alpha) * (picture[at + c] as number) + sample(c);
    }
  }
}
