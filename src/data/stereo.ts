/** Rectified stereo pairs in folders as a dataset. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { z } from 'zod';
import {
  DataError,
  type Dataset,
  type Image,
  type NdArray,
  type OpenData,
  type Samples,
  type StereoPair,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { checkIndex, imageFromBytes } from './byte-samples.js';
import { checkPixels } from './picture.js';
import { type CachedPictures, cachedPictures } from './picture-cache.js';
import { findPictures } from './picture-files.js';
import { counted, splitByFolders } from './splits.js';

/** Names of the two cameras' folders: plain ones, KITTI stereo 2015 (color), KITTI raw (color). */
const cameras: Readonly<Record<string, string>> = { left: 'right', image_2: 'image_3', image_02: 'image_03' };
/** Where the left disparity of a pair is, in the place of the camera's folder. */
const truthFolders = ['disparity', 'disp_occ_0', 'disp_noc_0'];

export const stereo = definePart({
  kind: 'dataset',
  use: 'stereo',
  doc: [
    'Rectified stereo pairs: pictures of the same name in folders `left` and `right`, or `image_2` and `image_3` as KITTI has them, at any depth.',
    'Folders `disparity` (or KITTI’s `disp_occ_0`, `disp_noc_0`) beside them may hold true disparities of the left pictures as gray PNG; only evaluations look at them.',
    '`train` and `test` folders are taken as the splits. Pictures are decoded once into a cache, resized to `height` x `width` whatever their proportions.',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The folder; a relative path starts at the experiment file.'),
    height: z
      .number()
      .int()
      .min(16)
      .max(1024)
      .default(64)
      .describe('Height in pixels, 16 to 1024. Default 64; published (Monodepth): 256.'),
    width: z
      .number()
      .int()
      .min(16)
      .max(2048)
      .default(128)
      .describe('Width in pixels, 16 to 2048. Default 128; published (Monodepth): 512.'),
    heldOut: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.2)
      .describe(
        'Part of the pairs that is kept for evaluation when there is no `test` folder, 0 to 0.9; the names decide which. Default 0.2.',
      ),
    disparityScale: z
      .number()
      .positive()
      .default(256)
      .describe(
        'What the values of disparity files are divided by to get pixels of the full-size picture; the value 0 is unknown. Default 256 (KITTI).',
      ),
  }),
  create: ({ path: given, height, width, heldOut, disparityScale }): Pick<Dataset<StereoPair>, 'open'> => ({
    async open(environment): Promise<OpenData<StereoPair>> {
      const folder = path.resolve(environment.baseFolder, given);
      const { files } = findPictures(folder);
      const found = pairsOf(files.map(({ name }) => name));
      if (found.pairs.length === 0) throw new DataError(noPairs(folder, files.length, found.alone));
      const names = new Set(found.pairs.flatMap(({ left, right }) => [left, right]));
      const pictures = await cachedPictures(
        folder,
        files.filter(({ name }) => names.has(name)),
        { size: height, width, channels: 3 },
        environment,
      );
      const failed = found.pairs
        .flatMap(({ left, right }) => [left, right])
        .filter((name) => pictures.failures.has(name));
      const readable = found.pairs.filter(({ left, right }) => !failed.includes(left) && !failed.includes(right));
      const reasons = failed.map((name) => `${name} (${pictures.failures.get(name)})`);
      if (readable.length === 0)
        throw new DataError(`${folder}: no pair can be read: ${list(reasons)}. Use PNG, JPEG or WebP files.`);
      const named = readable.map((pair) => ({ ...pair, name: pair.left }));
      const { train, test } = splitByFolders(named, heldOut, 'pair');
      if (train.length === 0)
        throw new DataError(`${folder} has no pair to train on. Put pairs into its train folder.`);
      const view = { folder, pictures, shape: [height, width, 3] as const, disparityScale };
      const notes = [
        ...(found.alone.length > 0
          ? [`Left out ${counted(found.alone.length, 'picture')} without a partner: ${list(found.alone)}.`]
          : []),
        ...(failed.length > 0
          ? [`Left out pairs with ${counted(failed.length, 'picture')} that cannot be read: ${list(reasons)}.`]
          : []),
        ...(
          [
            ['training', train],
            ['held-out', test],
          ] as const
        ).flatMap(([what, pairs]) => partlyKnown(what, pairs)),
      ];
      return {
        kind: 'stereo',
        title: path.basename(folder),
        shape: [height, width, 3],
        classes: [],
        train: samplesOf(train, view),
        test: samplesOf(test, view),
        notes,
      };
    },
  }),
});

interface Pair {
  readonly left: string;
  readonly right: string;
  /** Its true disparity, if there is such a file. */
  readonly truth?: string;
}

/** Pairs by name: the path of the right picture is that of the left one but for the folder of the camera. */
function pairsOf(names: readonly string[]): { pairs: Pair[]; alone: string[] } {
  const all = new Set(names);
  const pairs: Pair[] = [];
  const paired = new Set<string>();
  for (const left of names) {
    const parts = left.split('/');
    const at = parts.findLastIndex((part, i) => i < parts.length - 1 && part in cameras);
    if (at < 0) continue;
    const beside = (folder: string, end = parts.at(-1) as string) =>
      [...parts.slice(0, at), folder, ...parts.slice(at + 1, -1), end].join('/');
    const right = beside(cameras[parts[at] as string] as string);
    if (!all.has(right)) continue;
    const png = `${path.parse(parts.at(-1) as string).name}.png`;
    const truth = truthFolders.map((folder) => beside(folder, png)).find((name) => all.has(name));
    pairs.push({ left, right, truth });
    for (const name of [left, right]) paired.add(name);
  }
  const ofCamera = (name: string) =>
    name
      .split('/')
      .slice(0, -1)
      .some((part) => part in cameras || Object.values(cameras).includes(part));
  return { pairs, alone: names.filter((name) => ofCamera(name) && !paired.has(name)) };
}

const list = (names: readonly string[]) =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

function noPairs(folder: string, pictures: number, alone: readonly string[]): string {
  const seen =
    alone.length > 0
      ? `${list(alone)} ${alone.length === 1 ? 'has' : 'have'} no partner`
      : `it has ${counted(pictures, 'picture')} and no two camera folders`;
  return `${folder} has no stereo pair: ${seen}. Put pictures of the same name into folders left and right, or image_2 and image_3.`;
}

const isKnown = (pairs: readonly Pair[]) => pairs.length > 0 && pairs.every(({ truth }) => truth !== undefined);

/** Errors that count some pairs only would not be comparable, so a split has all its disparities or none. */
function partlyKnown(what: string, pairs: readonly Pair[]): string[] {
  const known = pairs.filter(({ truth }) => truth !== undefined).length;
  return known === 0 || isKnown(pairs)
    ? []
    : [`Disparities of the ${what} pairs are not used: only ${known} of ${pairs.length} pairs have one.`];
}

interface View {
  readonly folder: string;
  readonly pictures: CachedPictures;
  readonly shape: Image['shape'];
  readonly disparityScale: number;
}

function samplesOf(pairs: readonly Pair[], { folder, pictures, shape, disparityScale }: View): Samples<StereoPair> {
  const known = isKnown(pairs);
  const pair = (index: number) => {
    checkIndex(index, pairs.length);
    return pairs[index] as Pair;
  };
  return {
    length: pairs.length,
    get(index) {
      const { left, right, truth } = pair(index);
      const images = {
        left: imageFromBytes(pictures.read(left), shape),
        right: imageFromBytes(pictures.read(right), shape),
      };
      if (!known || truth === undefined) return images;
      // Read when it is looked at, which training never does.
      return {
        ...images,
        get disparity() {
          return readDisparity(path.join(folder, truth), shape, disparityScale);
        },
      };
    },
    label: () => -1,
    name: (index) => pair(index).left,
  };
}

/** A disparity file at another size: the nearest value, in pixels of the new width. */
function readDisparity(file: string, [height, width]: Image['shape'], scale: number): NdArray {
  try {
    const bytes = readFileSync(file);
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length >= 33) checkPixels(header.getUint32(16), header.getUint32(20));
    const png = decode(bytes);
    if (png.channels !== 1 || png.depth < 8) throw new Error(`it has ${png.channels} channels of ${png.depth} bits`);
    const data = Float32Array.from({ length: height * width }, (_, i) => {
      const y = Math.floor(((Math.floor(i / width) + 0.5) * png.height) / height);
      const x = Math.floor((((i % width) + 0.5) * png.width) / width);
      const value = png.data[y * png.width + x] as number;
      return value === 0 ? Number.NaN : ((value / scale) * width) / png.width;
    });
    return { data, shape: [height, width] };
  } catch (error) {
    throw new DataError(
      `${file} cannot be used as a disparity: ${(error as Error).message}. Write it as a gray PNG of 8 or 16 bits.`,
    );
  }
}
