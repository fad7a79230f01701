/**
 * Bilinear resampling with antialiasing, as `antialias=True` of torchvision and as Pillow do it: a triangle filter
 * whose width is one output pixel when shrinking and one input pixel when enlarging, normalized at the borders.
 * It is separable, so a picture is resampled along its rows, then along its columns.
 */

/** Where each output position looks: `taps` weights from position `starts[i]` of the input on. */
export interface Taps {
  readonly taps: number;
  readonly starts: Int32Array;
  /** `[outputs, taps]`; rows that need fewer taps end in zeros and start early enough to stay inside the input. */
  readonly weights: Float32Array;
}

/** The filter for outputs `from` to `from + count` of an axis that goes from `input` to `output` pixels. */
export function axisTaps(input: number, output: number, from = 0, count = output): Taps {
  const scale = input / output;
  const support = Math.max(1, scale);
  const taps = Math.min(input, Math.ceil(support) * 2 + 1);
  const starts = new Int32Array(count);
  const weights = new Float32Array(count * taps);
  let used = 1;
  for (let i = 0; i < count; i++) {
    const center = (from + i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const end = Math.min(input, Math.floor(center + support + 0.5));
    const start = Math.min(first, input - taps);
    let sum = 0;
    for (let j = first; j < end; j++) sum += triangle((j + 0.5 - center) / support);
    for (let j = first; j < end; j++) weights[i * taps + j - start] = triangle((j + 0.5 - center) / support) / sum;
    starts[i] = start;
    used = Math.max(used, end - start);
  }
  return used === taps ? { taps, starts, weights } : trimmed({ taps, starts, weights }, Math.max(used, 1));
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));

/** The same filter with fewer taps a row, where the last ones are zero everywhere. */
function trimmed({ taps, starts, weights }: Taps, used: number): Taps {
  const kept = new Float32Array(starts.length * used);
  for (let i = 0; i < starts.length; i++) kept.set(weights.subarray(i * taps, i * taps + used), i * used);
  return { taps: used, starts, weights: kept };
}

// Random crops ask for the same few axes over and over: at most `input` different ones for a given output.
const known = new Map<number, Taps>();

/** `axisTaps` of a whole axis, remembered. */
export function knownTaps(input: number, output: number): Taps {
  const key = input * 65_536 + output;
  let taps = known.get(key);
  if (taps === undefined) {
    if (known.size >= 1024) known.clear();
    taps = axisTaps(input, output);
    known.set(key, taps);
  }
  return taps;
}

let scratch = new Float32Array(0);

/**
 * Resamples a box of a picture (rows of `width` pixels of `channels` values). The box starts at (`top`, `left`); its
 * extent is what `columns` and `rows` were made for. Writes `[rows, columns, channels]` to `out`, in the value range
 * of the source.
 */
export function resample(
  source: Float32Array | Uint8Array,
  width: number,
  channels: number,
  { top, left }: { readonly top: number; readonly left: number },
  columns: Taps,
  rows: Taps,
  out: Float32Array,
): void {
  const line = columns.starts.length * channels;
  const firstRow = rows.starts[0] as number;
  const height = (rows.starts[rows.starts.length - 1] as number) + rows.taps - firstRow;
  if (scratch.length < height * line) scratch = new Float32Array(height * line);
  for (let y = 0; y < height; y++) {
    const at = ((top + firstRow + y) * width + left) * channels;
    if (columns.taps === 2) pairRow(source, at, channels, columns, scratch, y * line);
    else filterRow(source, at, channels, columns, scratch, y * line);
  }
  for (let y = 0; y < rows.starts.length; y++)
    mixRows(scratch, ((rows.starts[y] as number) - firstRow) * line, line, rows, y, out, y * line);
}

/** One row through a filter of two taps: the case of every enlargement, so of most random crops. */
function pairRow(
  source: Float32Array | Uint8Array,
  at: number,
  channels: number,
  { starts, weights }: Taps,
  out: Float32Array,
  to: number,
): void {
  let o = to;
  for (let x = 0; x < starts.length; x++) {
    let i = at + (starts[x] as number) * channels;
    const a = weights[2 * x] as number;
    const b = weights[2 * x + 1] as number;
    for (let c = 0; c < channels; c++, i++) out[o++] = a * (source[i] as number) + b * (source[i + channels] as number);
  }
}

function filterRow(
  source: Float32Array | Uint8Array,
  at: number,
  channels: number,
  { taps, starts, weights }: Taps,
  out: Float32Array,
  to: number,
): void {
  let o = to;
  for (let x = 0; x < starts.length; x++) {
    for (let c = 0; c < channels; c++) {
      let i = at + (starts[x] as number) * channels + c;
      let sum = 0;
      for (let k = x * taps; k < (x + 1) * taps; k++, i += channels)
        sum += (weights[k] as number) * (source[i] as number);
      out[o++] = sum;
    }
  }
}

/** The weighted sum of `rows.taps` following lines of `length` values. */
function mixRows(
  source: Float32Array,
  at: number,
  length: number,
  { taps, weights }: Taps,
  row: number,
  out: Float32Array,
  to: number,
): void {
  const a = weights[row * taps] as number;
  const b = taps > 1 ? (weights[row * taps + 1] as number) : 0;
  const second = taps > 1 ? at + length : at;
  for (let i = 0; i < length; i++) out[to + i] = a * (source[at + i] as number) + b * (source[second + i] as number);
  for (let k = 2; k < taps; k++) {
    const weight = weights[row * taps + k] as number;
    if (weight === 0) continue;
    const line = at + k * length;
    for (let i = 0; i < length; i++) out[to + i] = (out[to + i] as number) + weight * (source[line + i] as number);
  }
}
