/** MNIST and its relatives: gray pictures in IDX files. */
import path from 'node:path';
import { z } from 'zod';
import type { DataEnvironment, Dataset, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { openIdxPictures } from './idx-pictures.js';
import { limitOption } from './limit.js';

export const idx = definePart({
  kind: 'dataset',
  use: 'idx',
  doc: [
    'MNIST and its relatives (KMNIST, QMNIST, EMNIST): gray pictures and their labels in the four IDX files of a folder,',
    '`train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`, each plain or `.gz`.',
    'LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('Folder with the four files; a relative path starts at the experiment file.'),
    trainFiles: z
      .string()
      .min(1)
      .default('train')
      .describe(
        'What the names of the training files begin with. Default `train`; `emnist-letters-train` for a part of EMNIST.',
      ),
    testFiles: z
      .string()
      .min(1)
      .default('t10k')
      .describe('What the names of the test files begin with. Default `t10k`; `emnist-letters-test` for EMNIST.'),
    classes: z
      .array(z.string().min(1))
      .min(2)
      .optional()
      .describe('Names of the classes by label, from 0. Default: the numbers.'),
    transposed: z
      .boolean()
      .default(false)
      .describe('Rows and columns are exchanged in the files, as in EMNIST. Default false.'),
    train: limitOption('training', 'all'),
    test: limitOption('test', 'all'),
  }),
  create: ({ path: given, trainFiles, testFiles, classes, transposed, train, test }): Pick<Dataset, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData> {
      const folder = path.resolve(environment.baseFolder, given);
      return openIdxPictures({
        title: path.basename(folder),
        folder,
        train: trainFiles,
        test: testFiles,
        classes,
        transposed,
        limits: { train, test },
        remedy:
          'Give the folder that holds the four files of MNIST or a relative; name them with `trainFiles` and `testFiles` where they do not begin with `train` and `t10k`.',
      });
    },
  }),
});
