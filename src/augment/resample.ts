/**
 * Bilinear resampling with antialiasing, as `antialias=True` of torchvision and as Pillow do it: a triangle filter
 * whose width is one output pixel when shrinking and one input pixel when enlarging, normalized at the borders.
 * It is separable, so a picture is resampled along its rows, then along its columns.
 */
import { kernels, put, reserve, take } from './workspace.js';

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

/** Rows are filtered so many values at a time, so that large photographs need no memory for all of them. */
const portion = 65_536;

/**
 * Resamples a box of a picture (rows of `width` pixels of `channels` values). The box starts at (`top`, `left`); its
 * extent is what `columns` and `rows` were made for. Writes `[rows, columns, channels]` to `out`, in the value range
 * of the source, which is `most` at most.
 */
export function resample(
  source: Float32Array | Uint8Array,
  width: number,
  channels: number,
  { top, left }: { readonly top: number; readonly left: number },
  columns: Taps,
  rows: Taps,
  out: Float32Array,
  most: number,
): void {
  const step = width * channels;
  const line = columns.starts.length * channels;
  const begin = rows.starts[0] as number;
  const end = (rows.starts[rows.starts.length - 1] as number) + rows.taps;
  const together = Math.min(end - begin, Math.max(1, Math.floor(portion / step)));
  const [across, acrossWeights, down, downWeights, some, all, result] = reserve(
    columns.starts.length,
    columns.weights.length,
    rows.starts.length,
    rows.weights.length,
    together * step,
    end * line,
    out.length,
  ) as [number, number, number, number, number, number, number];
  put(columns.starts, across);
  put(columns.weights, acrossWeights);
  put(rows.starts, down);
  put(rows.weights, downWeights);
  for (let y = begin; y < end; y += together) {
    const count = Math.min(together, end - y);
    const from = (top + y) * step + left * channels;
    put(source.subarray(from, from + count * step - left * channels), some);
    const to = all + 4 * y * line;
    kernels.resampleRows(
      some,
      4 * step,
      count,
      channels,
      across,
      acrossWeights,
      columns.taps,
      to,
      columns.starts.length,
    );
  }
  kernels.resampleColumns(all, line, down, downWeights, rows.taps, result, rows.starts.length, most);
  take(result, out);
}
