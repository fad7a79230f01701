/** Lightness, colors and what was predicted of them, for figures. */
import * as tf from '@tensorflow/tfjs-core';
import { imageOfLab, labOf } from '../../augment/lab.js';
import type { Example, ExampleFigures, Image, NdArray } from '../../experiment/contracts.js';
import type { BarsBlock, Block, ImagesBlock, Pixels, Tile } from '../../protocol/figure.js';
import { heatMap } from './heat-map.js';
import { eachOf, toPixels } from './pixels.js';

/** A row per picture: what the network sees, the truth, the predicted color, the most probable one, and its doubt. */
export async function colorFigures(
  picture: tf.Tensor4D,
  ab: tf.Tensor4D,
  { told, mode, entropy }: { readonly told: tf.Tensor4D; readonly mode: tf.Tensor4D; readonly entropy: tf.Tensor4D },
  mostEntropy: number,
): Promise<Block[]> {
  const size: [number, number] = [picture.shape[1], picture.shape[2]];
  const large = (small: tf.Tensor4D) => tf.image.resizeBilinear(small, size, false, true);
  const repeated = (small: tf.Tensor4D) => tf.image.resizeNearestNeighbor(small, size);
  const [meanColors, likely, doubtful] = tf.tidy(() => [large(told), large(mode), repeated(entropy)]) as [
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const bars = chromaBars([
    ['true', await ab.data()],
    ['predicted', await told.data()],
  ]);
  tf.dispose([told, mode, entropy]);
  const pictures = await eachOf(tf.clone(picture));
  const [means, modes, doubts] = [await eachOf(meanColors), await eachOf(likely), await eachOf(doubtful)];
  const tiles = pictures.flatMap((array, i): Tile[] => {
    const image = array as unknown as Image;
    const lab = labOf(image);
    const doubt = doubts[i] as NdArray;
    const mean = Array.from(doubt.data).reduce((sum, value) => sum + value, 0) / doubt.data.length;
    return [
      { image: gray(lab), caption: 'L', role: 'anchor' },
      { image: toPixels(image) as Pixels, caption: 'truth', role: 'target' },
      { image: colored(lab, means[i] as NdArray), caption: 'annealed mean', role: 'prediction' },
      { image: colored(lab, modes[i] as NdArray), caption: 'most probable bin', role: 'prediction' },
      {
        image: heatMap(doubt, [0, mostEntropy]),
        caption: `entropy, mean ${mean.toFixed(2)} of ${mostEntropy.toFixed(2)}`,
      },
    ];
  });
  const columns = ['L', 'truth', 'annealed mean', 'most probable', 'entropy'];
  return [{ kind: 'images', columns, tiles }, ...bars];
}

/** What the network sees of a picture, and what it has to find: its colors at one lightness. */
export function lightnessFigure(example: Example, { tiles }: ExampleFigures): ImagesBlock {
  const { picture } = example as unknown as { picture: Image };
  const lab = labOf(picture);
  const even: Image = { data: lab.data.map((value, i) => (i % 3 === 0 ? 65 : value)), shape: lab.shape };
  return {
    kind: 'images',
    columns: ['picture', 'L: what it sees', 'ab: what it predicts'],
    tiles: [
      ...(tiles.picture ?? []),
      { image: gray(lab), caption: 'lightness', role: 'anchor' },
      { image: toPixels(imageOfLab(even)) as Pixels, caption: 'color at lightness 65', role: 'target' },
    ],
  };
}

const gray = ({ data, shape: [height, width] }: Image): Pixels =>
  toPixels({
    data: Float32Array.from({ length: height * width }, (_, i) => (data[3 * i] as number) / 100),
    shape: [height, width, 1],
  }) as Pixels;

/** The lightness of one picture with the colors `[height, width, 2]` of another. */
function colored(lab: Image, ab: NdArray): Pixels {
  const data = lab.data.map((value, i) =>
    i % 3 === 0 ? value : (ab.data[2 * Math.floor(i / 3) + (i % 3) - 1] as number),
  );
  return toPixels(imageOfLab({ data, shape: lab.shape })) as Pixels;
}

/** Bounds of the classes of chroma; more is `vivid`. */
const CHROMA = [5, 15, 30, 50] as const;

/** How colorful pixels are: predictions that are all pale are the mean of what is possible. */
function chromaBars(colors: readonly (readonly [string, ArrayLike<number>])[]): BarsBlock[] {
  const bars = colors.flatMap(([name, ab]) => {
    const counts = new Array<number>(CHROMA.length + 1).fill(0);
    for (let i = 0; i < ab.length; i += 2) {
      const chroma = Math.hypot(ab[i] as number, ab[i + 1] as number);
      const at = CHROMA.findIndex((bound) => chroma < bound);
      counts[at < 0 ? CHROMA.length : at]! += 2 / ab.length;
    }
    return counts.map((value, i) => ({
      label: `${name}, ${i < CHROMA.length ? `below ${CHROMA[i]}` : `${CHROMA.at(-1)} and more`}`,
      value,
      role: name === 'true' ? ('target' as const) : ('prediction' as const),
    }));
  });
  return [{ kind: 'bars', title: 'Pixels by chroma', bars, unit: 'fraction' }];
}
