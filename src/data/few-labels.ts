/** A data set most of whose labels are hidden, for learning from few labels. */
import { z } from 'zod';
import { type DataEnvironment, DataError, type Dataset, type OpenData } from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { Random, Stream } from '../experiment/random.js';
import { balancedSubset } from './balanced-subset.js';

export const fewLabels = definePart({
  kind: 'dataset',
  use: 'fewLabels',
  doc: [
    'A data set of which only some training samples keep their label, the same number or part of each class; the others have',
    'none (-1). The test split is as it was. For semi-supervised methods, and for supervised training on the same few labels.',
  ].join('\n'),
  positional: 'data',
  options: z
    .object({
      data: partOf<Dataset>('dataset').describe('The data set, with labels.'),
      perClass: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Labels kept of each class, 1 or more (all of a class that has fewer). Give this or `fraction`.'),
      fraction: z
        .number()
        .positive()
        .max(1)
        .optional()
        .describe(
          'Part of the labels of each class that is kept, above 0 to 1, at least one. Give this or `perClass`. Published for ImageNet: 0.01 and 0.1.',
        ),
      seed: z.number().int().min(0).default(0).describe('Decides which samples keep their label, from 0. Default 0.'),
    })
    .refine(({ perClass, fraction }) => (perClass === undefined) !== (fraction === undefined), {
      message: 'give either `perClass` or `fraction`',
    }),
  create: ({ data, perClass, fraction, seed }): Pick<Dataset, 'open'> => ({
    async open(environment: DataEnvironment): Promise<OpenData> {
      const open = await data.open(environment);
      const { train } = open;
      const labels = Int32Array.from({ length: train.length }, (_, i) => train.label(i));
      if (!labels.some((label) => label >= 0))
        throw new DataError(`${open.title} has no labels that could be kept. Take data with labels.`);
      const share = perClass === undefined ? { fraction: fraction as number } : { perClass };
      const kept = balancedSubset(labels, share, Random.fromSeed(seed).at(Stream.split));
      const visible = new Int32Array(train.length).fill(-1);
      for (const index of kept) visible[index] = labels[index] as number;
      return {
        ...open,
        title: `${open.title}, ${kept.length} labels`,
        train: {
          ...train,
          label(index) {
            train.label(index); // Refuses what is no sample.
            return visible[index] as number;
          },
        },
      };
    },
  }),
});
