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

/** Turns the hue of RGB pixels by `sixths` of the circle, 0 to 6; value and saturation of HSV stay. */
export function hue(at: usize, values: usize, sixths: f32): void {
  for (const end = at + 4 * values; at < end; at += 48) {
    const r = reds(at);
    const g = greens(at);
    const b = blues(at);
    const high = f32x4.pmax(f32x4.pmax(r, g), b);
    const chroma = f32x4.sub(high, f32x4.pmin(f32x4.pmin(r, g), b));
    storeHues(at, f32x4.add(hueOf(r, g, b, high, chroma), f32x4.splat(sixths)), high, chroma);
  }
}

/**
 * Of RGB pixels turns the hue by `sixths` of the circle, and saturation and value x of HSV become
 * `factor * x ** power + shift`, clipped to [0, 1]. Powers above 0.
 */
export function hsvCurves(
  at: usize,
  values: usize,
  sixths: f32,
  saturationPower: f32,
  saturationFactor: f32,
  saturationShift: f32,
  valuePower: f32,
  valueFactor: f32,
  valueShift: f32,
): void {
  for (const end = at + 4 * values; at < end; at += 48) {
    const r = reds(at);
    const g = greens(at);
    const b = blues(at);
    const high = f32x4.pmax(f32x4.pmax(r, g), b);
    const chroma = f32x4.sub(high, f32x4.pmin(f32x4.pmin(r, g), b));
    const turned = f32x4.add(hueOf(r, g, b, high, chroma), f32x4.splat(sixths));
    const saturation = f32x4.div(chroma, orOne(high));
    const newSaturation = curved(saturation, saturationPower, saturationFactor, saturationShift);
    const newValue = curved(high, valuePower, valueFactor, valueShift);
    storeHues(at, turned, newValue, f32x4.mul(newValue, newSaturation));
  }
}

/** Each value x becomes `factor * x ** power + shift`, clipped to [0, 1]. A power above 0. */
export function curve(at: usize, values: usize, power: f32, factor: f32, shift: f32): void {
  for (const end = at + 4 * values; at < end; at += 16) v128.store(at, curved(v128.load(at), power, factor, shift));
}

function curved(x: v128, power: f32, factor: f32, shift: f32): v128 {
  const raised = exp2(f32x4.mul(f32x4.splat(power), log2(x)));
  return clipped(f32x4.add(f32x4.mul(f32x4.splat(factor), raised), f32x4.splat(shift)));
}

/** To 1e-6; of what is below the least normal number, as of that: -126. */
function log2(x: v128): v128 {
  const bits = f32x4.pmax(x, f32x4.splat(f32.MIN_NORMAL_VALUE));
  // x = 2^exponent * mantissa, with a mantissa around 1: from 0.75 to below 1.5.
  const exponent = i32x4.shr_s(i32x4.sub(bits, i32x4.splat(0x3f400000)), 23);
  const mantissa = i32x4.sub(bits, i32x4.shl(exponent, 23));
  const s = f32x4.div(f32x4.sub(mantissa, f32x4.splat(1)), f32x4.add(mantissa, f32x4.splat(1)));
  // ln m = 2 artanh s
  const squared = f32x4.mul(s, s);
  let sum = f32x4.splat(1.0 / 9);
  sum = f32x4.add(f32x4.mul(sum, squared), f32x4.splat(1.0 / 7));
  sum = f32x4.add(f32x4.mul(sum, squared), f32x4.splat(1.0 / 5));
  sum = f32x4.add(f32x4.mul(sum, squared), f32x4.splat(1.0 / 3));
  sum = f32x4.add(f32x4.mul(sum, squared), f32x4.splat(1));
  const log = f32x4.mul(f32x4.mul(sum, s), f32x4.splat((2 / Math.LN2) as f32));
  return f32x4.add(f32x4.convert_i32x4_s(exponent), log);
}

/** To 1e-6 of its value, from 2^-126 up; 0 below. */
function exp2(x: v128): v128 {
  const least = f32x4.splat(-126);
  const whole = f32x4.nearest(f32x4.pmax(x, least));
  const part = f32x4.mul(f32x4.sub(x, whole), f32x4.splat(Math.LN2 as f32));
  let sum = f32x4.splat(1.0 / 720);
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(1.0 / 120));
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(1.0 / 24));
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(1.0 / 6));
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(0.5));
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(1));
  sum = f32x4.add(f32x4.mul(sum, part), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return v128.bitselect(f32x4.mul(sum, power), f32x4.splat(0), f32x4.gt(x, least));
}

/** The hue of RGB pixels in sixths of the circle, -1 to 5. Gray has none: 0. */
function hueOf(r: v128, g: v128, b: v128, high: v128, chroma: v128): v128 {
  // Of the channels, the first largest one says in which third of the circle the hue is.
  const isRed = f32x4.eq(r, high);
  const isGreen = f32x4.eq(g, high);
  const difference = v128.bitselect(f32x4.sub(g, b), v128.bitselect(f32x4.sub(b, r), f32x4.sub(r, g), isGreen), isRed);
  const third = v128.bitselect(f32x4.splat(0), v128.bitselect(f32x4.splat(2), f32x4.splat(4), isGreen), isRed);
  return f32x4.add(third, f32x4.div(difference, orOne(chroma)));
}

/** Stores pixels of these hues, in sixths of the circle, with these largest channels and spans of channels. */
function storeHues(at: usize, sixths: v128, high: v128, chroma: v128): void {
  storePixels(
    at,
    channelOf(f32x4.add(sixths, f32x4.splat(5)), high, chroma),
    channelOf(f32x4.add(sixths, f32x4.splat(3)), high, chroma),
    channelOf(f32x4.add(sixths, f32x4.splat(1)), high, chroma),
  );
}

function orOne(x: v128): v128 {
  return v128.bitselect(f32x4.splat(1), x, f32x4.eq(x, f32x4.splat(0)));
}

/** With the hue h in sixths, a channel is `high - chroma * clip(min(k, 4 - k), 0, 1)`: k is h + 5, h + 3, h + 1 modulo 6. */
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
