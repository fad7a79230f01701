/** A few small parts, so that tests of the machinery do not depend on the built-in ones. */
import { z } from 'zod';
import { definePart, partOf } from '../../../src/experiment/part.js';

const plain = <K extends 'encoder' | 'optimizer'>(kind: K, use: string) =>
  definePart({
    kind,
    use,
    doc: use,
    options: z.object({ size: z.number().int().min(1).default(8) }),
    create: () => ({}),
  });

export const net = plain('encoder', 'testNet');
export const steps = plain('optimizer', 'testSteps');

export const folder = definePart({
  kind: 'dataset',
  use: 'testFolder',
  doc: 'folder',
  positional: 'path',
  options: z.object({ path: z.string(), size: z.number().min(8).default(32) }),
  create: () => ({}),
});

export const flip = definePart({
  kind: 'augmentation',
  use: 'testFlip',
  doc: 'flip',
  options: z.object({ p: z.number().min(0).max(1).default(0.5) }),
  create: () => ({}),
});

export const contrast = definePart({
  kind: 'method',
  use: 'testContrast',
  doc: 'contrast',
  options: z.object({
    temperature: z.number().positive().default(0.5),
    views: z.array(partOf('augmentation')).default([]),
  }),
  create: () => ({}),
});

/** Options of an experiment made of these parts. */
export const sound = () =>
  ({
    data: folder('pictures'),
    encoder: net(),
    method: contrast({ views: [flip(), flip({ p: 1 })] }),
    optimizer: steps(),
  }) as unknown as Parameters<typeof import('../../../src/experiment/experiment.js').experiment>[0];
