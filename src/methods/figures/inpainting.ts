/** Pictures with holes, and how they were filled, for figures. */
import * as tf from '@tensorflow/tfjs-core';
import type { BatchFigures, Example, ExampleFigures, NdArray } from '../../experiment/contracts.js';
import type { Box, ImagesBlock, Tile } from '../../protocol/figure.js';
import { heatMap } from './heat-map.js';
import { eachOf, picturesOf } from './pixels.js';

/** A row per picture: with its hole, filled by the network, as it was, and the error. Disposes `pasted`. */
export async function filledFigure(
  pasted: tf.Tensor4D,
  picture: tf.Tensor4D,
  hole: tf.Tensor4D,
  { masked = [], picture: originals = [] }: BatchFigures['tiles'],
): Promise<ImagesBlock[]> {
  const [errors, squared] = tf.tidy(() => {
    const difference = tf.mean(tf.abs(tf.sub(pasted, picture)), 3, true);
    const sizes = tf.sum(hole, [1, 2, 3]);
    const mean = tf.div(tf.sum(tf.mean(tf.squaredDifference(pasted, picture), 3), [1, 2]), tf.maximum(sizes, 1));
    return [difference, mean] as [tf.Tensor, tf.Tensor];
  });
  const filled = await picturesOf(pasted);
  const error = await eachOf(errors);
  const mean = await squared.data();
  squared.dispose();
  const tiles = masked.flatMap((tile, i): Tile[] => {
    const decibels = -10 * Math.log10(Math.max(1e-10, mean[i] as number));
    return [
      { ...tile, role: 'anchor' },
      { image: filled[i] as Tile['image'], caption: `filled, ${decibels.toFixed(1)} dB`, role: 'prediction' },
      { ...(originals[i] as Tile), caption: 'truth', role: 'target' },
      { image: heatMap(error[i] as NdArray, [0, 0.5]), caption: 'absolute error, 0 to 0.5' },
    ];
  });
  return [{ kind: 'images', columns: ['hole', 'filled', 'truth', 'error'], tiles }];
}

/**
 * A picture as the network is shown it, and what it has to find.
 * @param band Width of the band around a central hole; undefined for holes of any shape.
 */
export function holeFigure(example: Example, { tiles }: ExampleFigures, band: number | undefined): ImagesBlock[] {
  const { hole } = example as { hole: NdArray };
  const [height, width] = hole.shape as [number, number];
  const inside = (y: number, x: number) => hole.data[y * width + x] === 1;
  const rows = Array.from({ length: height }, (_, y) => y).filter((y) =>
    hole.data.subarray(y * width, (y + 1) * width).includes(1),
  );
  const columns = Array.from({ length: width }, (_, x) => x).filter((x) => rows.some((y) => inside(y, x)));
  const [top, left] = [rows[0] ?? 0, columns[0] ?? 0];
  const around = (margin: number, role: Box['role'], label: string): Box => ({
    top: top - margin,
    left: left - margin,
    height: rows.length + 2 * margin,
    width: columns.length + 2 * margin,
    role,
    label,
  });
  const boxes = band === undefined ? [] : [around(band, 'prediction', 'predicted'), around(0, 'target', 'hole')];
  const share = Array.from(hole.data).filter((value) => value === 1).length / hole.data.length;
  const masked = (tiles.masked ?? []).map(
    (tile): Tile => ({ ...tile, caption: `${(100 * share).toFixed(0)} % cut out` }),
  );
  const truth = (tiles.picture ?? []).map((tile): Tile => ({ ...tile, caption: 'to be found', role: 'target', boxes }));
  return [{ kind: 'images', columns: ['what it sees', 'truth'], tiles: [...masked, ...truth] }];
}
