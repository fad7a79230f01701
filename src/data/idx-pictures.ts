/** Data sets in the files of MNIST: pictures and labels of two splits, each an IDX file. */
import path from 'node:path';
import { DataError, type Image, type OpenData, type Samples } from '../experiment/contracts.js';
import { byteSamples } from './byte-samples.js';
import { readIdx } from './idx.js';
import { limited } from './limit.js';

export interface IdxPictures {
  readonly title: string;
  readonly folder: string;
  /** What the names of the files begin with before `-images-idx3-ubyte`. */
  readonly train: string;
  readonly test: string;
  /** Names of the classes; without them they are numbered. */
  readonly classes?: readonly string[];
  /** Columns and rows are exchanged in the files, as in EMNIST. */
  readonly transposed?: boolean;
  readonly limits: { readonly train?: number; readonly test?: number };
  /** Where the files are to be had. */
  readonly remedy: string;
}

export function openIdxPictures(source: IdxPictures): OpenData {
  const { title, folder, limits } = source;
  const train = readSplit(source, 'train', limits.train);
  const test = readSplit(source, 'test', limits.test);
  if (train.shape.join() !== test.shape.join())
    throw new DataError(
      `${folder}: training pictures are ${train.shape.join(' x ')}, test pictures ${test.shape.join(' x ')}. Take all four files from the same copy.`,
    );
  const highest = Math.max(train.highest, test.highest);
  return {
    kind: 'image',
    title,
    shape: train.shape,
    classes: source.classes ?? Array.from({ length: highest + 1 }, (_, i) => String(i)),
    train: train.samples,
    test: test.samples,
    notes: [...train.notes, ...test.notes],
  };
}

interface Split {
  readonly samples: Samples;
  readonly shape: Image['shape'];
  readonly highest: number;
  readonly notes: readonly string[];
}

function readSplit(source: IdxPictures, split: 'train' | 'test', limit: number | undefined): Split {
  const { folder, classes, title, remedy, transposed } = source;
  const prefix = source[split];
  const images = readIdx(folder, `${prefix}-images-idx3-ubyte`, 3, remedy);
  const labels = readIdx(folder, `${prefix}-labels-idx1-ubyte`, 1, remedy);
  const [count, rows, columns] = images.dimensions as [number, number, number];
  const where = path.join(folder, `${prefix}-labels-idx1-ubyte`);
  if (count === 0) throw new DataError(`${folder}: the ${prefix} split holds no pictures. Copy the files again.`);
  if (labels.dimensions[0] !== count)
    throw new DataError(
      `${where} has ${labels.dimensions[0]} labels for ${count} pictures. Take all four files from the same copy.`,
    );
  const odd = classes === undefined ? -1 : labels.data.findIndex((label) => label >= classes.length);
  if (classes !== undefined && odd >= 0)
    throw new DataError(
      `${where}: label ${labels.data[odd]} of picture ${odd} is no ${title} class (0 to ${classes.length - 1}). Take the files from a copy of ${title}.`,
    );
  const shape: Image['shape'] = transposed ? [columns, rows, 1] : [rows, columns, 1];
  const { length, notes } = limited(prefix, count, limit);
  const size = rows * columns;
  const samples = byteSamples({
    length,
    shape,
    order: transposed ? 'channels, columns, rows' : 'rows, columns, channels',
    bytes: (index) => images.data.subarray(index * size, (index + 1) * size),
    label: (index) => labels.data[index] as number,
    name: (index) => `${prefix}/${index}`,
  });
  return { samples, shape, highest: labels.data.reduce((a, b) => Math.max(a, b), 0), notes };
}
