/** Stereo pairs and their disparities for figures. */
import * as tf from '@tensorflow/tfjs-core';
import type { Example, ExampleFigures, NdArray, StereoPair } from '../../experiment/contracts.js';
import type { ImagesBlock, Pixels, Tile } from '../../protocol/figure.js';
import { heatMap } from './heat-map.js';
import { eachOf, picturesOf, toPixels } from './pixels.js';

/** Of a batch, `[batch, height, width, channels]`; disparities as fractions of the width, truth in pixels. */
export interface Disparities {
  readonly left: tf.Tensor4D;
  readonly right: tf.Tensor4D;
  /** Left pictures made from right ones. */
  readonly rebuilt: tf.Tensor4D;
  readonly dLeft: tf.Tensor4D;
  readonly dRight: tf.Tensor4D;
  readonly post: tf.Tensor4D;
  readonly truth?: tf.Tensor4D;
  readonly names: readonly string[];
}

/** A row per pair: both pictures, the left one rebuilt and its error, disparities, and the truth where it is known. */
export async function disparityFigure(shown: Disparities): Promise<ImagesBlock[]> {
  const { left, right, rebuilt, names } = shown;
  const width = left.shape[2];
  const [errors, dLeft, dRight, post] = tf.tidy(() => [
    tf.mean(tf.abs(tf.sub(left, rebuilt)), 3),
    ...[shown.dLeft, shown.dRight, shown.post].map((d) => tf.mul(d, width)),
  ]) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  tf.dispose([shown.dLeft, shown.dRight, shown.post]);
  const pictures = [await picturesOf(left), await picturesOf(right), await picturesOf(rebuilt)];
  const error = await eachOf(errors);
  const maps = [await eachOf(dLeft), await eachOf(dRight), await eachOf(post)];
  const truths = shown.truth && (await eachOf(shown.truth));
  const tiles = names.map((name, i): Tile[] => {
    const [leftPicture, rightPicture, rebuiltPicture] = pictures.map((all) => all[i] as Pixels) as [
      Pixels,
      Pixels,
      Pixels,
    ];
    const [own, other, processed] = maps.map((all) => all[i] as NdArray) as [NdArray, NdArray, NdArray];
    const truth = truths?.[i];
    // One range, so that equal colors are equal disparities.
    const range = [0, Math.max(...[own, other, processed, truth].map((map) => greatest(map)))] as const;
    const predicted = (map: NdArray, against?: NdArray): Tile => ({
      image: heatMap(map, range),
      caption: against ? `${inWords(map)}, off by ${difference(map, against)}` : inWords(map),
      role: 'prediction',
    });
    return [
      { image: leftPicture, caption: name, role: 'original' },
      { image: rightPicture, caption: 'right' },
      { image: rebuiltPicture, caption: 'left from right', role: 'prediction' },
      { image: heatMap(error[i] as NdArray, [0, 0.5]), caption: 'absolute error, 0 to 0.5' },
      predicted(own, truth),
      predicted(other),
      predicted(processed, truth),
      ...(truth ? [{ image: heatMap(truth, range), caption: inWords(truth), role: 'target' as const }] : []),
    ];
  });
  const columns = ['left', 'right', 'rebuilt left', 'error', 'left disparity', 'right disparity', 'post-processed'];
  return [{ kind: 'images', columns: truths ? [...columns, 'true disparity'] : columns, tiles: tiles.flat() }];
}

/** One pair as the network is shown it, with what tells the pictures apart. */
export function stereoFigure(example: Example, { tiles, samples, index }: ExampleFigures<StereoPair>): ImagesBlock {
  const { left, right, flipped } = example as { left: NdArray; right: NdArray; flipped: number };
  const change = Float32Array.from(left.data, (value, i) => 0.5 + (value - (right.data[i] as number)) / 2);
  const image = toPixels({ data: change, shape: left.shape }) as Pixels;
  const caption = flipped ? 'flipped: both are mirrored and have changed places' : 'not flipped';
  const shown: Tile[] = [...(tiles.left ?? []), ...(tiles.right ?? []), { image, caption }];
  const columns = ['left', 'right', 'left - right'];
  const { disparity } = samples.get(index);
  // The truth is that of the left picture, which a flip puts to the right.
  if (disparity === undefined || flipped) return { kind: 'images', columns, tiles: shown };
  const truth: Tile = { image: heatMap(disparity), caption: inWords(disparity), role: 'target' };
  return { kind: 'images', columns: [...columns, 'true disparity'], tiles: [...shown, truth] };
}

const known = (map: NdArray | undefined) => Array.from(map?.data ?? []).filter((d) => !Number.isNaN(d));
const greatest = (map: NdArray | undefined) => known(map).reduce((most, d) => Math.max(most, d), 0);

const inWords = (map: NdArray): string => {
  const values = known(map);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return values.length === 0 ? 'unknown' : `${least.toFixed(1)} to ${greatest(map).toFixed(1)} px`;
};

/** Mean difference where the truth is known, in pixels. */
function difference(map: NdArray, truth: NdArray): string {
  const off = known({
    data: Float32Array.from(map.data, (d, i) => Math.abs(d - (truth.data[i] as number))),
    shape: [],
  });
  return off.length === 0 ? '?' : (off.reduce((sum, d) => sum + d, 0) / off.length).toFixed(2);
}
