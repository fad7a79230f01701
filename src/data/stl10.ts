/** STL-10: color pictures of 96 x 96 pixels, most of them without a label. */
import path from 'node:path';
import { z } from 'zod';
import { DataError, type Dataset, type Image, type OpenData, type Samples } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { byteSamples } from './byte-samples.js';
import { namesIn, unpackedFolder } from './cifar.js';
import { limited, limitOption } from './limit.js';
import { openRecords } from './record-files.js';

const shape: Image['shape'] = [96, 96, 3];
const pixelBytes = 96 * 96 * 3;
const classes = ['airplane', 'bird', 'car', 'cat', 'deer', 'dog', 'horse', 'monkey', 'ship', 'truck'];
const remedy = 'Unpack stl10_binary.tar.gz, the binary version of STL-10, and give its folder.';

export const stl10 = definePart({
  kind: 'dataset',
  use: 'stl10',
  doc: [
    'STL-10: color pictures of 96 x 96 pixels. Training has the 5,000 labelled ones of 10 classes and then 100,000 without a',
    'label; test has 8,000. From the files of its binary version, read picture by picture.',
    'Coates, Ng & Lee, "An analysis of single-layer networks in unsupervised feature learning" (AISTATS 2011).',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: z
      .string()
      .min(1)
      .describe(
        'Folder that stl10_binary.tar.gz was unpacked to, or stl10_binary in it; a relative path starts at the experiment file.',
      ),
    unlabelled: z
      .boolean()
      .default(true)
      .describe('With the 100,000 pictures without a label (unlabeled_X.bin, 2.8 GB). Default true.'),
    train: limitOption('training', 'all'),
    test: limitOption('test', 'all 8,000'),
  }),
  create: (options): Pick<Dataset, 'open'> => ({
    async open(environment): Promise<OpenData> {
      const folder = unpackedFolder(environment, options.path, 'stl10_binary');
      const more = options.unlabelled ? ['unlabeled_X.bin'] : [];
      const train = openSplit(folder, 'train', more, options.train);
      const test = openSplit(folder, 'test', [], options.test);
      const named = namesIn(path.join(folder, 'class_names.txt'));
      return {
        kind: 'image',
        title: 'STL-10',
        shape,
        classes: named?.length === classes.length ? named : classes,
        train: train.samples,
        test: test.samples,
        notes: [...train.notes, ...test.notes],
      };
    },
  }),
});

function openSplit(
  folder: string,
  split: 'train' | 'test',
  more: readonly string[],
  limit: number | undefined,
): { readonly samples: Samples; readonly notes: readonly string[] } {
  const labelled = openRecords(folder, [`${split}_X.bin`], pixelBytes, remedy).length;
  const pictures = openRecords(folder, [`${split}_X.bin`, ...more], pixelBytes, remedy);
  const labels = openRecords(folder, [`${split}_y.bin`], 1, remedy).column(0);
  if (labels.length !== labelled)
    throw new DataError(
      `${path.join(folder, `${split}_y.bin`)} has ${labels.length} labels for ${labelled} pictures. ${remedy}`,
    );
  // They count from 1.
  const odd = labels.findIndex((label) => label < 1 || label > classes.length);
  if (odd >= 0)
    throw new DataError(
      `${path.join(folder, `${split}_y.bin`)}: label ${labels[odd]} of picture ${odd}; 1 to ${classes.length} are possible. ${remedy}`,
    );
  const { length, notes } = limited(split, pictures.length, limit);
  const samples = byteSamples({
    length,
    shape,
    order: 'channels, columns, rows',
    bytes: (index) => pictures.read(index, 0, pixelBytes),
    label: (index) => (labels[index] ?? 0) - 1,
    name: (index) => (index < labelled ? `${split}/${index}` : `unlabeled/${index - labelled}`),
  });
  return { samples, notes };
}
