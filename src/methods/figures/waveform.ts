/** Signals as pictures. */
import type { Signal } from '../../experiment/contracts.js';
import type { Pixels } from '../../protocol/figure.js';

/** Most pixels across, and pixels down for each channel. */
const WIDEST = 256;
const HEIGHT = 64;
/** Channels that are drawn, one below the other. */
const MOST_CHANNELS = 4;
const [paper, ink, pale] = [250, 20, 190];

/**
 * Draws a signal from left to right, each channel in a band of its own between its least and greatest value. Several
 * values that share a column become a line from the least to the greatest of them.
 * @param known How many values are drawn dark; the rest is pale. Default all.
 */
export function waveform({ data, shape: [length, channels] }: Signal, known = length): Pixels {
  const width = Math.min(WIDEST, Math.max(length, 32));
  const bands = Math.min(channels, MOST_CHANNELS);
  const height = HEIGHT * bands;
  const pixels = new Uint8Array(width * height).fill(paper);
  for (let channel = 0; channel < bands; channel++) {
    const values = Array.from({ length }, (_, t) => data[t * channels + channel] as number);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const row = (value: number) =>
      channel * HEIGHT + 2 + Math.round((HEIGHT - 5) * (high > low ? (high - value) / (high - low) : 0.5));
    let last = row(values[0] as number);
    for (let x = 0; x < width; x++) {
      const [from, to] = [x, x + 1].map((column) => Math.floor((column * length) / width)) as [number, number];
      // Joined to the column before, so that steep parts stay a line.
      const rows = [last, ...values.slice(from, Math.max(to, from + 1)).map(row)];
      last = rows.at(-1) as number;
      for (let y = Math.min(...rows); y <= Math.max(...rows); y++) pixels[y * width + x] = from < known ? ink : pale;
    }
  }
  return { width, height, channels: 1, data: pixels };
}
