/** Lightness and color of a picture, for people. */
import { imageOfLab, labOf } from '../../augment/lab.js';
import type { Image } from '../../experiment/contracts.js';
import type { Tile } from '../../protocol/figure.js';
import { toPixels } from './pixels.js';

/** Lightness as a gray picture; a and b as the color they are at lightness 50. */
export function labTiles(image: Image): [lightness: Tile, color: Tile] {
  const [height, width] = image.shape;
  const lab = labOf(image);
  const lightness: Image = {
    data: Float32Array.from({ length: height * width }, (_, i) => (lab.data[3 * i] as number) / 100),
    shape: [height, width, 1],
  };
  const color = imageOfLab({ data: lab.data.map((value, i) => (i % 3 === 0 ? 50 : value)), shape: lab.shape });
  const tile = (own: Image, caption: string): Tile => {
    const pixels = toPixels(own);
    if (pixels === undefined) throw new Error(`[${own.shape}] is no picture`);
    return { image: pixels, caption };
  };
  return [tile(lightness, 'lightness (L)'), tile(color, 'color (ab) at L = 50')];
}
