/** Pictures in the binary format of CIFAR: records of label bytes and color planes, 32 x 32 pixels. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  type DataEnvironment,
  DataError,
  type Dataset,
  type Image,
  type OpenData,
  type Samples,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { byteSamples } from './byte-samples.js';
import { limited, limitOption } from './limit.js';
import { openRecords } from './record-files.js';

const shape: Image['shape'] = [32, 32, 3];
const pixelBytes = 32 * 32 * 3;

export interface CifarSplit {
  readonly folder: string;
  readonly split: string;
  readonly files: readonly string[];
  /** Label bytes before the pixels of a record, and which of them counts. */
  readonly labels: { readonly bytes: number; readonly at: number };
  readonly classes: number;
  readonly limit?: number;
  readonly names?: readonly string[];
  readonly remedy: string;
}

/** Opens one split; pictures of plain files are read when they are needed. */
export function openCifar(source: CifarSplit): { readonly samples: Samples; readonly notes: readonly string[] } {
  const { folder, split, files, labels, classes, limit, names, remedy } = source;
  const records = openRecords(folder, files, labels.bytes + pixelBytes, remedy);
  const values = records.column(labels.at);
  const odd = values.findIndex((label) => label >= classes);
  if (odd >= 0)
    throw new DataError(
      `${records.where(odd)} has the label ${values[odd]}; 0 to ${classes - 1} are possible. ${remedy}`,
    );
  const { length, notes } = limited(split, records.length, limit);
  const samples = byteSamples({
    length,
    shape,
    order: 'channels, rows, columns',
    bytes: (index) => records.read(index, labels.bytes, labels.bytes + pixelBytes),
    label: (index) => values[index] as number,
    name: (index) => names?.[index] ?? `${split}/${index}`,
  });
  return { samples, notes };
}

/** The folder given, or the one in it that the original archive unpacks to. */
export function unpackedFolder({ baseFolder }: DataEnvironment, given: string, archive: string): string {
  const folder = path.resolve(baseFolder, given);
  const inside = path.join(folder, archive);
  return existsSync(inside) ? inside : folder;
}

/** One name per line; undefined without such a file. */
export function namesIn(file: string): readonly string[] | undefined {
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const cifar10Classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

const pathOption = (archive: string, folder: string) =>
  z
    .string()
    .min(1)
    .describe(
      `Folder that ${archive} was unpacked to, or ${folder} in it; a relative path starts at the experiment file.`,
    );

export const cifar10 = definePart({
  kind: 'dataset',
  use: 'cifar10',
  doc: [
    'CIFAR-10: color pictures of 32 x 32 pixels in 10 classes of animals and vehicles, 50,000 for training and 10,000 for test,',
    'from the files of its binary version, read picture by picture. Krizhevsky 2009, "Learning multiple layers of features',
    'from tiny images".',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: pathOption('cifar-10-binary.tar.gz', 'cifar-10-batches-bin'),
    train: limitOption('training', 'all 50,000'),
    test: limitOption('test', 'all 10,000'),
  }),
  create: (options): Pick<Dataset, 'open'> => ({
    async open(environment): Promise<OpenData> {
      const source = {
        folder: unpackedFolder(environment, options.path, 'cifar-10-batches-bin'),
        labels: { bytes: 1, at: 0 },
        classes: cifar10Classes.length,
        remedy:
          'Unpack cifar-10-binary.tar.gz, the binary version of CIFAR-10 (not the Python or Matlab version), and give its folder.',
      };
      const batches = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
      const train = openCifar({ ...source, split: 'train', files: batches, limit: options.train });
      const test = openCifar({ ...source, split: 'test', files: ['test_batch.bin'], limit: options.test });
      return {
        kind: 'image',
        title: 'CIFAR-10',
        shape,
        classes: cifar10Classes,
        train: train.samples,
        test: test.samples,
        notes: [...train.notes, ...test.notes],
      };
    },
  }),
});

export const cifar100 = definePart({
  kind: 'dataset',
  use: 'cifar100',
  doc: [
    'CIFAR-100: color pictures of 32 x 32 pixels in 100 classes (or 20 groups of them), 50,000 for training and 10,000 for',
    'test, from the files of its binary version, read picture by picture. Krizhevsky 2009, "Learning multiple layers of',
    'features from tiny images".',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: pathOption('cifar-100-binary.tar.gz', 'cifar-100-binary'),
    labels: z.enum(['fine', 'coarse']).default('fine').describe('`fine`: 100 classes, `coarse`: 20. Default `fine`.'),
    train: limitOption('training', 'all 50,000'),
    test: limitOption('test', 'all 10,000'),
  }),
  create: (options): Pick<Dataset, 'open'> => ({
    async open(environment): Promise<OpenData> {
      const folder = unpackedFolder(environment, options.path, 'cifar-100-binary');
      const classes = options.labels === 'fine' ? 100 : 20;
      const named = namesIn(path.join(folder, `${options.labels}_label_names.txt`));
      const source = {
        folder,
        labels: { bytes: 2, at: options.labels === 'fine' ? 1 : 0 },
        classes,
        remedy:
          'Unpack cifar-100-binary.tar.gz, the binary version of CIFAR-100 (not the Python or Matlab version), and give its folder.',
      };
      const train = openCifar({ ...source, split: 'train', files: ['train.bin'], limit: options.train });
      const test = openCifar({ ...source, split: 'test', files: ['test.bin'], limit: options.test });
      return {
        kind: 'image',
        title: 'CIFAR-100',
        shape,
        classes: named?.length === classes ? named : Array.from({ length: classes }, (_, i) => `class ${i}`),
        train: train.samples,
        test: test.samples,
        notes: [...train.notes, ...test.notes],
      };
    },
  }),
});
