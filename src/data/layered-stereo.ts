/** Generated stereo pairs with exact disparity: textured things standing on a ground before a backdrop. */
import { z } from 'zod';
import type { Dataset, Image, NdArray, OpenData, Samples, StereoPair } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { Random } from '../experiment/random.js';
import { checkIndex } from './byte-samples.js';

const count = (what: string, usual: number) =>
  z.number().int().min(1).max(1_000_000).default(usual).describe(`Number of ${what} pairs. Default ${usual}.`);
const side = (what: string, usual: number) =>
  z.number().int().min(16).max(1024).default(usual).describe(`${what} in pixels, 16 to 1024. Default ${usual}.`);

export const layeredStereo = definePart({
  kind: 'dataset',
  use: 'layeredStereo',
  doc: [
    'Generated stereo pairs with exact disparity: boxes and ellipses of noise on a ground before a backdrop.',
    'What is nearer stands lower, is larger, has a coarser texture and less haze: the cues that one eye has, without which',
    'no network could tell depth from one picture. Pairs are made when they are asked for, and depend on `seed` alone.',
  ].join('\n'),
  options: z.object({
    train: count('training', 500),
    test: count('held-out', 100),
    height: side('Height', 32),
    width: side('Width', 64),
    maxDisparity: z
      .number()
      .min(0.02)
      .max(0.5)
      .default(0.15)
      .describe('Disparity of the nearest things as a fraction of the width, 0.02 to 0.5. Default 0.15.'),
    objects: z
      .tuple([z.number().int().min(0).max(50), z.number().int().min(0).max(50)])
      .refine(([least, most]) => least <= most, 'the first number must not be above the second')
      .default([2, 5])
      .describe('Least and greatest number of things in a scene, 0 to 50. Default [2, 5].'),
    seed: z.number().int().min(0).default(0).describe('Decides all scenes. Default 0.'),
  }),
  create: (options): Pick<Dataset<StereoPair>, 'open'> => ({
    async open(): Promise<OpenData<StereoPair>> {
      return {
        kind: 'stereo',
        title: 'Layered stereo',
        shape: [options.height, options.width, 3],
        classes: [],
        train: split('train', options.train, options, 0),
        test: split('test', options.test, options, 1),
        notes: [],
      };
    },
  }),
});

interface SceneOptions {
  readonly height: number;
  readonly width: number;
  readonly maxDisparity: number;
  readonly objects: readonly [least: number, most: number];
  readonly seed: number;
}

function split(name: string, length: number, options: SceneOptions, number: number): Samples<StereoPair> {
  return {
    length,
    get(index) {
      checkIndex(index, length);
      return pair(layers(Random.fromSeed(options.seed).at(number, index), options), options);
    },
    label: () => -1,
    name: (index) => `${name}/${index}`,
  };
}

/** Something flat that faces the cameras; columns are those of the left camera and may be fractions. */
interface Layer {
  /** In pixels; all of a row is equally far. */
  disparity(row: number): number;
  covers(column: number, row: number): boolean;
  color(column: number, row: number): Color;
}
type Color = readonly [red: number, green: number, blue: number];

/** The layers of a scene, the nearest first. */
function layers(random: Random, { height, width, maxDisparity, objects: [least, most] }: SceneOptions): Layer[] {
  const air = mix([0.75, 0.8, 0.85], anyColor(random), 0.2);
  const far = random.uniform(0.03, 0.1) * maxDisparity * width;
  const near = random.uniform(0.85, 1) * maxDisparity * width;
  const horizon = random.uniform(0.25, 0.45) * height;
  /** Disparity of the ground grows evenly from the horizon to the lowest row. */
  const onGround = (row: number) => far + ((row - horizon) / (height - 1 - horizon)) * (near - far);
  const through = (disparity: number, color: Color) => mix(color, air, 0.7 * (1 - disparity / (maxDisparity * width)));
  const texture = (stream: Random, cell: number) => {
    const [first, second] = [anyColor(stream), anyColor(stream)];
    const value = noise(stream, height, width * (1 + maxDisparity), cell);
    return (column: number, row: number) => mix(first, second, value(column, row));
  };

  const wall = texture(random.at(0), 4);
  const backdrop: Layer = {
    disparity: () => far,
    covers: () => true,
    color: (column, row) => through(far, wall(column, row)),
  };
  const soil = texture(random.at(1), 3);
  const ground: Layer = {
    disparity: onGround,
    covers: (_column, row) => row > horizon,
    color: (column, row) => through(onGround(row), soil(column, row)),
  };
  const things = Array.from({ length: least + random.integer(most - least + 1) }, (_, i): Layer => {
    const own = random.at(2, i);
    const disparity = far + own.uniform(0.2, 0.95) * (near - far);
    const [halfWidth, tall] = [disparity * own.uniform(0.7, 1.5), disparity * own.uniform(1.4, 2.4)];
    const base = horizon + ((disparity - far) / (near - far)) * (height - 1 - horizon);
    const center = own.uniform(0, width + disparity);
    const round = own.chance(0.5);
    const skin = texture(own.at(0), 1.5 + 0.35 * disparity);
    return {
      disparity: () => disparity,
      covers(column, row) {
        const [x, y] = [(column - center) / halfWidth, (row - base + tall / 2) / (tall / 2)];
        return round ? x * x + y * y <= 1 : Math.abs(x) <= 1 && Math.abs(y) <= 1;
      },
      color: (column, row) => through(disparity, skin(column, row)),
    };
  });
  things.sort((a, b) => b.disparity(0) - a.disparity(0));
  return [...things, ground, backdrop];
}

const anyColor = (random: Random): Color => [random.uniform(), random.uniform(), random.uniform()];

const mix = (a: Color, b: Color, share: number): Color => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/** Noise in [0, 1] with details of `cell` pixels and of twice that: linear between random values on two grids. */
function noise(random: Random, height: number, width: number, cell: number): (x: number, y: number) => number {
  const [coarse, fine] = [2 * cell, cell].map((size, octave) => {
    const columns = Math.ceil(width / size) + 3;
    const stream = random.at(octave);
    const grid = Float32Array.from({ length: (Math.ceil(height / size) + 2) * columns }, () => stream.uniform());
    return (x: number, y: number) => {
      // Columns begin a cell before the picture: things reach beyond its border.
      const [u, v] = [Math.max(0, x / size + 1), y / size];
      const [i, j] = [Math.min(columns - 2, Math.floor(u)), Math.floor(v)];
      const [fx, fy] = [u - i, v - j];
      const at = j * columns + i;
      const line = (from: number) => (grid[from] as number) * (1 - fx) + (grid[from + 1] as number) * fx;
      return line(at) * (1 - fy) + line(at + columns) * fy;
    };
  }) as [(x: number, y: number) => number, (x: number, y: number) => number];
  return (x, y) => 0.5 * coarse(x, y) + 0.5 * fine(x, y);
}

/** Both cameras' pictures: the right one sees at column x what a layer has at x + disparity. */
function pair(scene: readonly Layer[], { height, width }: SceneOptions): StereoPair {
  const [left, right] = [0, 1].map(() => new Float32Array(height * width * 3)) as [Float32Array, Float32Array];
  const disparity = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const seen = scene.find((layer) => layer.covers(column, row)) as Layer;
      disparity[at] = seen.disparity(row);
      left.set(seen.color(column, row), 3 * at);
      const beside = scene.find((layer) => layer.covers(column + layer.disparity(row), row)) as Layer;
      right.set(beside.color(column + beside.disparity(row), row), 3 * at);
    }
  }
  const shape: Image['shape'] = [height, width, 3];
  const truth: NdArray = { data: disparity, shape: [height, width] };
  return { left: { data: left, shape }, right: { data: right, shape }, disparity: truth };
}
