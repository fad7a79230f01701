/** Arrays of a batch as pictures for figures. */
import type { BatchTiles, Example, NdArray } from '../experiment/contracts.js';
import type { AppliedOp, Pixels, Tile } from '../protocol/figure.js';

/** A picture with values in [0, 1] as 8-bit pixels; undefined for an array that is not a picture. */
export function toPixels({ data, shape }: NdArray): Pixels | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined) return undefined;
  if (channels !== 1 && channels !== 3 && channels !== 4) return undefined;
  // Uint8ClampedArray rounds and clips.
  const clamped = Uint8ClampedArray.from(data, (v) => v * 255);
  return { width, height, channels, data: new Uint8Array(clamped.buffer) };
}

export interface TiledSample {
  readonly example: Example;
  /** What to call the sample. */
  readonly name: string;
  /** Class name, where there is one. */
  readonly label?: string;
  /** What was done to get the picture of an array, by the array's name. */
  readonly traces?: Readonly<Record<string, readonly AppliedOp[]>>;
}

/** For each array of the examples that holds pictures, one tile per sample. */
export function batchTiles(samples: readonly TiledSample[]): BatchTiles {
  const names = Object.keys(samples[0]?.example ?? {});
  const tiles = names.map((array) => [
    array,
    samples.flatMap(({ example, name, label, traces }): Tile[] => {
      const value = example[array];
      const image = typeof value === 'object' ? toPixels(value) : undefined;
      return image ? [{ image, caption: `${name} (${array})`, label, trace: traces?.[array] }] : [];
    }),
  ]);
  return Object.fromEntries(tiles) as BatchTiles;
}
