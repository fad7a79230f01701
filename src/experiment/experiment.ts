/** The experiment itself: which data, encoder, method and optimizer, for how long, and how it is evaluated. */
import { z } from 'zod';
import type { Dataset, Encoder, Evaluation, Method, Optimizer } from './contracts.js';
import { type CallSite, callSite, checkOptions, isPart, type Part, partOf, unlessUnusable } from './part.js';

export const experimentOptions = z.object({
  name: z.string().min(1).max(80).optional().describe('Name of its runs. Default: the name of the file.'),
  data: partOf<Dataset<unknown>>('dataset').describe(
    'What to learn from, such as `fashionMnist()` or `imageFolder("pictures", { size: 64 })`.',
  ),
  encoder: partOf<Encoder>('encoder').describe('The network that is kept: `convnet()`, `resnet18()`.'),
  method: partOf<Method<never>>('method').describe('The self-supervised method, such as `simclr()`.'),
  optimizer: partOf<Optimizer>('optimizer').describe('How weights follow gradients: `adamW()`, `sgd()`, `lars()`.'),
  epochs: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .describe('Passes over the training data, 1 or more. Default 10.'),
  batchSize: z.number().int().min(2).max(65_536).default(256).describe('Samples per step, 2 or more. Default 256.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('Seed of every random draw. Default 0.'),
  clipNorm: z
    .number()
    .positive()
    .optional()
    .describe('Scale gradients down to this global norm. Default: no clipping.'),
  evaluate: z
    .array(partOf<Evaluation>('evaluation'))
    .default([])
    .describe('What to measure, such as `[knn(), linearProbe()]`.'),
  checkpointEvery: z.number().int().min(1).default(1).describe('Epochs between checkpoints, 1 or more. Default 1.'),
  keepCheckpoints: z
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('How many checkpoints to keep; the first, the last and the best are always kept. Default 20.'),
  engine: z
    .enum(['auto', 'onnxruntime', 'tensorflow', 'wasm'])
    .default('auto')
    .describe('What computes; `auto` takes the fastest that loads.'),
});

export type ExperimentOptions = z.input<typeof experimentOptions>;

export interface Experiment extends z.output<typeof experimentOptions> {
  readonly kind: 'experiment';
  /** Of the call, by which the loader finds its place in the source. */
  readonly site: CallSite;
}

/** Describes an experiment. Export the result from a `*.ssl.ts` file. */
export function experiment(options: ExperimentOptions): Experiment {
  return makeExperiment(options, callSite());
}

/** Makes an experiment from options that were written at `site`. */
export function makeExperiment(options: unknown, site: CallSite): Experiment {
  const checked = unlessUnusable(() => checkOptions('experiment', experimentOptions, options, site));
  // Incomplete, so that the rest of its file is checked too: what has issues is never used.
  return { kind: 'experiment', site, ...(checked as z.output<typeof experimentOptions>) };
}

export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'experiment';
}

/** A part or experiment as plain data: `{ use: 'simclr', temperature: 0.5, ... }`. The content of `.ssl.json` and run.json. */
export function toSpec(value: unknown): unknown {
  if (isExperiment(value)) {
    const { kind: _kind, site: _site, ...options } = value;
    return { use: 'experiment', ...(toSpec(options) as object) };
  }
  if (isPart(value)) return { use: (value as Part).use, ...(toSpec((value as Part).options) as object) };
  if (Array.isArray(value)) return value.map(toSpec);
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => [k, toSpec(v)]),
    );
  }
  return value;
}
