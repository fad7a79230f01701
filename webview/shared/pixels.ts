/** Pixels as a canvas takes them. */
import type { Pixels } from '../../src/protocol/figure.js';

/** The picture as `height * width * 4` RGBA values. */
export function toRgba({ width, height, channels, data }: Pixels): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4);
  if (channels === 4) {
    rgba.set(data);
    return rgba;
  }
  const second = channels === 3 ? 1 : 0;
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + second]!;
    rgba[to + 2] = data[from + 2 * second]!;
    rgba[to + 3] = 255;
  }
  return rgba;
}

/** Pictures with fewer pixels than this on their longer side are shown with hard pixel edges, so that nothing is made up. */
const crispBelow = 100;

export const isCrisp = ({ width, height }: Pixels): boolean => Math.max(width, height) < crispBelow;
