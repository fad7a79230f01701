/** Fashion-MNIST: gray pictures of clothing, 28 x 28, in 10 classes (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747). */
import path from 'node:path';
import { z } from 'zod';
import type { DataEnvironment, Dataset, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { openIdxPictures } from './idx-pictures.js';
import { limitOption } from './limit.js';

const classes = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

export const fashionMnist = definePart({
  kind: 'dataset',
  use: 'fashionMnist',
  doc: 'Fashion-MNIST: gray pictures of clothing, 28 x 28 pixels, 10 classes.\nThe first 10,000 training and 2,000 test pictures come with Autodidact; `path` names the folder of a full copy (60,000 and 10,000).\nXiao, Rasul & Vollgraf 2017, arXiv:1708.07747.',
  options: z.object({
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder with the four original files, `.gz` or unpacked. Default: the pictures that come with Autodidact.',
      ),
    train: limitOption('training', 'all'),
    test: limitOption('test', 'all'),
  }),
  create: ({ path: given, train, test }): Pick<Dataset, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData> {
      return openIdxPictures({
        title: 'Fashion-MNIST',
        folder:
          given === undefined
            ? path.join(environment.sampleFolder, 'fashion-mnist')
            : path.resolve(environment.baseFolder, given),
        train: 'train',
        test: 't10k',
        classes,
        limits: { train, test },
        remedy:
          'Give the folder that holds the four Fashion-MNIST files (Debian package dataset-fashion-mnist), or leave out the path to use the pictures that come with Autodidact.',
      });
    },
  }),
});
