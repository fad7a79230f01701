/** Weighted sums of neighbors: along columns, and along rows. */

/**
 * Value i becomes the sum of `weights[k]` times value i of the k-th line of `count`; lines start `step` bytes apart.
 * Sums are cut off at `most`: where weights sum to 1, only rounding can exceed the largest value.
 */
export function sumLines(
  from: usize,
  step: usize,
  weights: usize,
  count: usize,
  to: usize,
  values: usize,
  most: f32,
): void {
  const cap = f32x4.splat(most);
  for (const end = to + 4 * values; to < end; to += 64, from += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let line = from;
    for (let k: usize = 0; k < count; k++, line += step) {
      const weight = v128.load32_splat(weights + 4 * k);
      a = f32x4.add(a, f32x4.mul(weight, v128.load(line)));
      b = f32x4.add(b, f32x4.mul(weight, v128.load(line, 16)));
      c = f32x4.add(c, f32x4.mul(weight, v128.load(line, 32)));
      d = f32x4.add(d, f32x4.mul(weight, v128.load(line, 48)));
    }
    v128.store(to, f32x4.pmin(a, cap));
    v128.store(to, f32x4.pmin(b, cap), 16);
    v128.store(to, f32x4.pmin(c, cap), 32);
    v128.store(to, f32x4.pmin(d, cap), 48);
  }
}

/** Line y of `lines` becomes the sum of the `taps` lines from `starts[y]` on, by the y-th `taps` weights; at most `most`. */
export function resampleColumns(
  from: usize,
  values: usize,
  starts: usize,
  weights: usize,
  taps: usize,
  to: usize,
  lines: usize,
  most: f32,
): void {
  const step: usize = 4 * values;
  for (let y: usize = 0; y < lines; y++, starts += 4, weights += 4 * taps, to += step)
    sumLines(from + load<usize>(starts) * step, step, weights, taps, to, values, most);
}

/** Pixel x of `pixels` in each row becomes the sum of the `taps` pixels from `starts[x]` on, by the x-th `taps` weights. */
export function resampleRows(
  from: usize,
  step: usize,
  rows: usize,
  channels: usize,
  starts: usize,
  weights: usize,
  taps: usize,
  to: usize,
  pixels: usize,
): void {
  const size: usize = 4 * channels;
  for (let y: usize = 0; y < rows; y++, from += step) {
    let weight = weights;
    for (let x: usize = 0; x < pixels; x++, to += size) {
      const first = from + load<usize>(starts + 4 * x) * size;
      if (channels === 3) {
        // The fourth value is overwritten by the next pixel.
        let sum = f32x4.splat(0);
        for (let k: usize = 0; k < taps; k++, weight += 4)
          sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weight), v128.load(first + k * size)));
        v128.store(to, sum);
      } else {
        for (let c: usize = 0; c < size; c += 4) {
          let sum: f32 = 0;
          for (let k: usize = 0; k < taps; k++) sum += load<f32>(weight + 4 * k) * load<f32>(first + k * size + c);
          store<f32>(to + c, sum);
        }
        weight += 4 * taps;
      }
    }
  }
}
