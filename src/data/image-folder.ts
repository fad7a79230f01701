/** A folder of pictures as a dataset. */
import path from 'node:path';
import { z } from 'zod';
import { DataError, type Dataset, type Image, type OpenData, type Samples } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { checkIndex, imageFromBytes } from './byte-samples.js';
import { leftOut, listed, type Skipped } from './left-out.js';
import { type CachedPictures, cachedPictures } from './picture-cache.js';
import { findPictures } from './picture-files.js';
import { type Labelled, splitByFolders } from './splits.js';

export const imageFolder = definePart({
  kind: 'dataset',
  use: 'imageFolder',
  doc: 'A folder of PNG, JPEG and WebP pictures, looked through with its sub-folders.\nSub-folders name the classes; `train` and `test` sub-folders are taken as the splits. Without sub-folders there are no labels.\nPictures are decoded once into a cache: turned upright (EXIF), the shorter side resized to `size` (bilinear, antialiased), the center cut out, transparency put on white. What cannot be read is left out and reported.',
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The folder; a relative path starts at the experiment file.'),
    size: z.number().int().min(4).max(1024).describe('Side of the square pictures in pixels, 4 to 1024.'),
    channels: z
      .union([z.literal(1), z.literal(3)])
      .default(3)
      .describe('3: color, 1: gray (0.299 R + 0.587 G + 0.114 B). Default 3.'),
    heldOut: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.2)
      .describe(
        'Part of each class that is kept for evaluation when there is no `test` folder, 0 to 0.9; the names decide which. Default 0.2.',
      ),
  }),
  create: ({ path: given, size, channels, heldOut }): Pick<Dataset, 'open'> => ({
    async open(environment): Promise<OpenData> {
      const folder = path.resolve(environment.baseFolder, given);
      const found = findPictures(folder);
      if (found.files.length === 0) throw new DataError(noPictures(folder, found.skipped));
      const pictures = await cachedPictures(folder, found.files, { size, channels }, environment);
      const failed = [...pictures.failures].map(([name, reason]) => ({ name, reason }));
      const readable = found.files.filter(({ name }) => !pictures.failures.has(name));
      if (readable.length === 0) throw new DataError(noPictures(folder, failed));
      const splits = splitByFolders(readable, heldOut, 'picture');
      if (splits.train.length === 0)
        throw new DataError(`${folder} has no readable picture to train on. Put pictures into its train folder.`);
      const shape: Image['shape'] = [size, size, channels];
      return {
        kind: 'image',
        title: path.basename(folder),
        shape,
        classes: splits.classes,
        train: samplesOf(splits.train, pictures, shape),
        test: samplesOf(splits.test, pictures, shape),
        notes: [...leftOut(failed, 'picture'), ...leftOut(found.skipped, 'other file'), ...splits.notes],
      };
    },
  }),
});

function noPictures(folder: string, skipped: Skipped): string {
  const seen = skipped.length === 0 ? 'it is empty' : listed(skipped);
  return `${folder} has no readable picture: ${seen}. Put PNG, JPEG or WebP files into it, or into one sub-folder per class.`;
}

function samplesOf(files: readonly Labelled[], pictures: CachedPictures, shape: Image['shape']): Samples {
  const file = (index: number) => {
    checkIndex(index, files.length);
    return files[index] as Labelled;
  };
  return {
    length: files.length,
    get: (index) => imageFromBytes(pictures.read(file(index).name), shape),
    label: (index) => file(index).label,
    name: (index) => file(index).name,
  };
}
