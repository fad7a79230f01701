/** Fashion-MNIST: gray pictures of clothing, 28 x 28, in 10 classes (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747). */
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
import { checkIndex, imageFromBytes } from './byte-samples.js';
import { type Idx, readIdx } from './idx.js';

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

const limit = (split: string, all: string) =>
  z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(`Use only the first so many ${split} pictures, 1 or more. Default ${all}.`);

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
    train: limit('training', 'all'),
    test: limit('test', 'all'),
  }),
  create: (options): Pick<Dataset, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData> {
      const folder =
        options.path === undefined
          ? path.join(environment.sampleFolder, 'fashion-mnist')
          : path.resolve(environment.baseFolder, options.path);
      const train = readSplit(folder, 'train', options.train);
      const test = readSplit(folder, 't10k', options.test);
      if (train.shape.join() !== test.shape.join())
        throw new DataError(
          `${folder}: training pictures are ${train.shape.join(' x ')}, test pictures ${test.shape.join(' x ')}. Take all four files from the same copy.`,
        );
      return {
        kind: 'image',
        title: 'Fashion-MNIST',
        shape: train.shape,
        classes,
        train: train.samples,
        test: test.samples,
        notes: [...train.notes, ...test.notes],
      };
    },
  }),
});

function readSplit(folder: string, split: 'train' | 't10k', limit: number | undefined) {
  const images = readIdx(folder, `${split}-images-idx3-ubyte`, 3);
  const labels = readIdx(folder, `${split}-labels-idx1-ubyte`, 1);
  const [count, height, width] = images.dimensions as [number, number, number];
  const where = path.join(folder, `${split}-labels-idx1-ubyte`);
  if (count === 0) throw new DataError(`${folder}: the ${split} split holds no pictures. Copy the files again.`);
  if (labels.dimensions[0] !== count)
    throw new DataError(
      `${where} has ${labels.dimensions[0]} labels for ${count} pictures. Take all four files from the same copy.`,
    );
  const odd = labels.data.findIndex((label) => label >= classes.length);
  if (odd >= 0)
    throw new DataError(
      `${where}: label ${labels.data[odd]} of picture ${odd} is no Fashion-MNIST class (0 to 9). Take the files from a copy of Fashion-MNIST.`,
    );
  const shape: Image['shape'] = [height, width, 1];
  const length = Math.min(count, limit ?? count);
  const notes =
    limit !== undefined && limit > count ? [`${limit} ${split} pictures were asked for; the copy has ${count}.`] : [];
  return { shape, samples: samplesOf(split, images, labels, length, shape), notes };
}

function samplesOf(split: string, images: Idx, labels: Idx, length: number, shape: Image['shape']): Samples {
  const size = shape[0] * shape[1];
  return {
    length,
    get(index) {
      checkIndex(index, length);
      return imageFromBytes(images.data.subarray(index * size, (index + 1) * size), shape);
    },
    label(index) {
      checkIndex(index, length);
      return labels.data[index] as number;
    },
    name(index) {
      checkIndex(index, length);
      return `${split}/${index}`;
    },
  };
}
