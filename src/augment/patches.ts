/** Pieces of pictures: tiles of a puzzle and pairs of neighbors, cut such that their borders do not fit each other. */
import type { Image } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

export interface Place {
  readonly top: number;
  readonly left: number;
}

/** The square of this side at a place, which must be inside of the picture. */
export function cutOut({ data, shape: [height, width, channels] }: Image, { top, left }: Place, side: number): Image {
  if (top < 0 || left < 0 || top + side > height || left + side > width)
    throw new RangeError(
      `a patch of ${side} pixels at (${top}, ${left}) reaches over a picture of ${height} x ${width}`,
    );
  const cut = new Float32Array(side * side * channels);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * channels;
    cut.set(data.subarray(from, from + side * channels), y * side * channels);
  }
  return { data: cut, shape: [side, side, channels] };
}

/**
 * Where the tiles of a puzzle are: the picture (the middle of it, where it does not divide) is cut into grid x grid
 * cells, and in each cell a tile is placed at random, so that neighbors have a gap of 0 to 2 (cell - tile) pixels.
 * Row by row.
 */
export function tilePlaces(random: Random, [height, width]: Image['shape'], grid: number, tile: number): Place[] {
  const cell = Math.floor(Math.min(height, width) / grid);
  const room = cell - tile + 1;
  const top = Math.floor((height - grid * cell) / 2);
  const left = Math.floor((width - grid * cell) / 2);
  return Array.from({ length: grid * grid }, (_, i) => ({
    top: top + Math.floor(i / grid) * cell + random.integer(room),
    left: left + (i % grid) * cell + random.integer(room),
  }));
}

/** Steps to the eight neighbors, in the order of their labels: 0 1 2 above, 3 and 4 beside, 5 6 7 below. */
export const neighbors: readonly (readonly [down: number, right: number])[] = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 0],
  [1, 1],
];

export interface PatchPair {
  readonly first: Place;
  readonly second: Place;
}

/**
 * Two places of a grid with this pitch (patch + gap) that is laid at random, one a neighbor of the other; each is moved
 * by up to `jitter` pixels in both directions. Both are inside of the picture.
 * @param neighbor Which neighbor the second is, 0 to 7.
 */
export function patchPair(
  random: Random,
  [height, width]: Image['shape'],
  neighbor: number,
  { patch, gap, jitter }: { readonly patch: number; readonly gap: number; readonly jitter: number },
): PatchPair {
  const [down, right] = neighbors[neighbor] as readonly [number, number];
  const pitch = patch + gap;
  const along = (length: number, steps: number) => {
    const needed = patch + Math.abs(steps) * pitch + 2 * jitter;
    const start = jitter + random.integer(length - needed + 1) + (steps < 0 ? pitch : 0);
    return [start, start + steps * pitch] as const;
  };
  const [top, otherTop] = along(height, down);
  const [left, otherLeft] = along(width, right);
  const shake = () => random.integer(2 * jitter + 1) - jitter;
  return {
    first: { top: top + shake(), left: left + shake() },
    second: { top: otherTop + shake(), left: otherLeft + shake() },
  };
}
