/** Changes of color where the pixels are. RGB pixels are changed four at a time. */

/** 8-bit values as floats from 0 to 1. */
export function fromBytes(bytes: usize, values: usize, to: usize): void {
  const most = f32x4.splat(255);
  for (const end = to + 4 * values; to < end; to += 32, bytes += 8) {
    const wide = v128.load8x8_u(bytes);
    v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(wide)), most));
    v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(wide)), most), 16);
  }
}

/** Each value becomes `factor * value + other`, clipped to [0, 1]. */
export function blend(at: usize, values: usize, factor: f32, other: f32): void {
  for (const end = at + 4 * values; at < end; at += 16)
    v128.store(at, mixed(v128.load(at), f32x4.splat(factor), f32x4.splat(other)));
}

/** Values from the threshold up become `1 - value`. */
export function solarize(at: usize, values: usize, threshold: f32): void {
  for (const end = at + 4 * values; at < end; at += 16) {
    const value = v128.load(at);
    const dark = f32x4.lt(value, f32x4.splat(threshold));
    v128.store(at, v128.bitselect(value, f32x4.sub(f32x4.splat(1), value), dark));
  }
}

/** The sum of `red`, `green` and `blue` times the first, second and third of every three values; 12 at a time. */
export function weightedSum(at: usize, values: usize, red: f32, green: f32, blue: f32): f64 {
  const first = f32x4(red, green, blue, red);
  const second = f32x4(green, blue, red, green);
  const third = f32x4(blue, red, green, blue);
  let sum = f64x2.splat(0);
  for (const end = at + 4 * values; at < end; at += 48) {
    const part = f32x4.add(
      f32x4.add(f32x4.mul(first, v128.load(at)), f32x4.mul(second, v128.load(at, 16))),
      f32x4.mul(third, v128.load(at, 32)),
    );
    const upper = v128.shuffle<f32>(part, part, 2, 3, 2, 3);
    sum = f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(part), f64x2.promote_low_f32x4(upper)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** RGB pixels are blended with their gray, the sum of their channels with these weights. */
export function saturation(at: usize, values: usize, factor: f32, red: f32, green: f32, blue: f32): void {
  const own = f32x4.splat(factor);
  const rest = f32x4.splat(1 - factor);
  for (const end = at + 4 * values; at < end; at += 48) {
    const r = reds(at);
    const g = greens(at);
    const b = blues(at);
    const gray = f32x4.add(
      f32x4.add(f32x4.mul(f32x4.splat(red), r), f32x4.mul(f32x4.splat(green), g)),
      f32x4.mul(f32x4.splat(blue), b),
    );
    const other = f32x4.mul(rest, gray);
    storePixels(at, mixed(r, own, other), mixed(g, own, other), mixed(b, own, other));
  }
}

/**
 * Turns the hue of RGB pixels by `sixths` of the circle, 0 to 6; value and saturation of HSV stay. With the hue h in
 * sixths, a channel is `high - chroma * clip(min(k, 4 - k), 0, 1)`, where k is h + 5, h + 3, h + 1 (red, green, blue)
 * modulo 6.
 */
export function hue(at: usize, values: usize, sixths: f32): void {
  for (const end = at + 4 * values; at < end; at += 48) {
    const r = reds(at);
    const g = greens(at);
    const b = blues(at);
    const high = f32x4.pmax(f32x4.pmax(r, g), b);
    const chroma = f32x4.sub(high, f32x4.pmin(f32x4.pmin(r, g), b));
    // Of the channels, the first largest one says in which third of the circle the hue is. Gray has none: 0 / 1.
    const isRed = f32x4.eq(r, high);
    const isGreen = f32x4.eq(g, high);
    const difference = v128.bitselect(
      f32x4.sub(g, b),
      v128.bitselect(f32x4.sub(b, r), f32x4.sub(r, g), isGreen),
      isRed,
    );
    const third = v128.bitselect(f32x4.splat(0), v128.bitselect(f32x4.splat(2), f32x4.splat(4), isGreen), isRed);
    const divisor = v128.bitselect(f32x4.splat(1), chroma, f32x4.eq(chroma, f32x4.splat(0)));
    const turned = f32x4.add(f32x4.add(third, f32x4.splat(sixths)), f32x4.div(difference, divisor));
    storePixels(
      at,
      channelOf(f32x4.add(turned, f32x4.splat(5)), high, chroma),
      channelOf(f32x4.add(turned, f32x4.splat(3)), high, chroma),
      channelOf(f32x4.add(turned, f32x4.splat(1)), high, chroma),
    );
  }
}

function channelOf(angle: v128, high: v128, chroma: v128): v128 {
  const turns = f32x4.floor(f32x4.mul(angle, f32x4.splat(1 / 6)));
  const k = f32x4.sub(angle, f32x4.mul(f32x4.splat(6), turns));
  return f32x4.sub(high, f32x4.mul(chroma, clipped(f32x4.pmin(k, f32x4.sub(f32x4.splat(4), k)))));
}

function mixed(value: v128, factor: v128, other: v128): v128 {
  return clipped(f32x4.add(f32x4.mul(factor, value), other));
}

function clipped(value: v128): v128 {
  return f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(0), value));
}

// Twelve values are four pixels: r g b r | g b r g | b r g b.

function reds(at: usize): v128 {
  const head = v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 0, 3, 6, 6);
  return v128.shuffle<f32>(head, v128.load(at, 32), 0, 1, 2, 5);
}

function greens(at: usize): v128 {
  const head = v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 1, 4, 7, 7);
  return v128.shuffle<f32>(head, v128.load(at, 32), 0, 1, 2, 6);
}

function blues(at: usize): v128 {
  const head = v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 2, 5, 5, 5);
  return v128.shuffle<f32>(head, v128.load(at, 32), 0, 1, 4, 7);
}

function storePixels(at: usize, r: v128, g: v128, b: v128): void {
  v128.store(at, v128.shuffle<f32>(v128.shuffle<f32>(r, g, 0, 4, 1, 1), b, 0, 1, 4, 2));
  v128.store(at, v128.shuffle<f32>(v128.shuffle<f32>(r, g, 5, 2, 6, 6), b, 0, 5, 1, 2), 16);
  v128.store(at, v128.shuffle<f32>(v128.shuffle<f32>(r, g, 3, 7, 7, 7), b, 6, 0, 1, 7), 32);
}
