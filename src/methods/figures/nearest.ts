/** The most similar of many, for figures. */
import type { Pixels, Tile } from '../../protocol/figure.js';

export interface Neighbor {
  readonly index: number;
  readonly similarity: number;
}

/** The `count` greatest values of each row of a `[rows, columns]` matrix, the greatest first. */
export function nearest(
  values: Float32Array,
  columns: number,
  count: number,
  skip?: (row: number, column: number) => boolean,
): Neighbor[][] {
  return Array.from({ length: values.length / columns }, (_, row) => {
    const best: Neighbor[] = [];
    for (let index = 0; index < columns; index++) {
      const similarity = values[row * columns + index] as number;
      const last = best.length === count ? (best[count - 1] as Neighbor).similarity : Number.NEGATIVE_INFINITY;
      if (!(similarity > last) || skip?.(row, index)) continue;
      let place = best.length;
      while (place > 0 && similarity > (best[place - 1] as Neighbor).similarity) place--;
      best.splice(place, 0, { index, similarity });
      if (best.length > count) best.pop();
    }
    return best;
  });
}

/** An empty place in a grid of pictures. */
export function blankTile({ width, height }: Pixels, caption: string): Tile {
  return { image: { width, height, channels: 1, data: new Uint8Array(width * height).fill(128) }, caption };
}
