/** Arrays of a batch as pictures for figures. */
import type { BatchFigures, Example, NdArray } from '../experiment/contracts.js';
import { toPixels } from '../methods/figures/pixels.js';
import type { AppliedOp, Pixels, Tile } from '../protocol/figure.js';

export interface TiledSample {
  readonly example: Example;
  /** What to call the sample; empty where its tiles stand beside it. */
  readonly name: string;
  /** Class name, where there is one. */
  readonly label?: string;
  /** What was done to get the picture of an array, by the array's name. */
  readonly traces?: Readonly<Record<string, readonly AppliedOp[]>>;
}

/** For each array of the examples that holds pictures, the tiles of all samples. */
export function batchTiles(samples: readonly TiledSample[]): BatchFigures['tiles'] {
  const all: Record<string, Tile[]> = {};
  for (const sample of samples) {
    for (const [array, tiles] of Object.entries(exampleTiles(sample))) all[array] = [...(all[array] ?? []), ...tiles];
  }
  return all;
}

/** For each array of an example that holds pictures, its tiles. */
export function exampleTiles({ example, name, label, traces }: TiledSample): Record<string, Tile[]> {
  const found = Object.entries(example).flatMap(([array, value]) => {
    if (typeof value === 'number') return [];
    const tiles = pictures(value).map(
      (image, i, { length }): Tile => ({
        image,
        caption: name === '' ? numbered(array, i, length) : `${name} (${numbered(array, i, length)})`,
        label,
        trace: traces?.[array],
      }),
    );
    return tiles.length === 0 ? [] : [[array, tiles] as const];
  });
  return Object.fromEntries(found);
}

const numbered = (array: string, index: number, length: number) => (length === 1 ? array : `${array} ${index + 1}`);

/** `[height, width, channels]` is one picture, `[n, height, width, channels]` are n; anything else is none. */
function pictures({ data, shape: [count = 0, ...shape], shape: whole }: NdArray): Pixels[] {
  const size = shape.reduce((product, side) => product * side, 1);
  const arrays =
    whole.length === 4
      ? Array.from({ length: count }, (_, i) => ({ data: data.subarray(i * size, (i + 1) * size), shape }))
      : [{ data, shape: whole }];
  return arrays.flatMap((array) => toPixels(array) ?? []);
}
