/** Tiles put together to one picture. */
import type { Pixels, Tile } from '../../protocol/figure.js';

/** Pixels between tiles, in white. */
const gap = 1;

/** Tiles of one size side by side, row by row, as one tile. */
export function mosaic(tiles: readonly Tile[], columns: number, caption: string): Tile {
  const [first] = tiles;
  if (first === undefined) throw new Error('there are no tiles to put together');
  const { width, height, channels } = first.image;
  const rows = Math.ceil(tiles.length / columns);
  const whole = { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
  const data = new Uint8Array(whole.width * whole.height * channels).fill(255);
  tiles.forEach(({ image }, i) => {
    const left = (i % columns) * (width + gap);
    const top = Math.floor(i / columns) * (height + gap);
    for (let y = 0; y < height; y++)
      data.set(
        image.data.subarray(y * width * channels, (y + 1) * width * channels),
        ((top + y) * whole.width + left) * channels,
      );
  });
  const image: Pixels = { ...whole, channels, data };
  return { image, caption, label: first.label };
}
