/**
 * What the network is shown: the one way from samples to batches, used by the view workers, the previewer and the
 * Pairs panel alike, so that what people see is what is trained on.
 */
import * as tf from '@tensorflow/tfjs-core';
import { reusing } from '../augment/intermediate.js';
import { type Traces, viewContext } from '../augment/pipeline.js';
import type { Batch, Example, NdArray, OpenData, Samples } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import type { AppliedOp } from '../protocol/figure.js';
import { ExampleStack } from './example-stack.js';

/** A batch in memory: what threads hand to each other. */
export interface HostBatch {
  /** Examples stacked along a new first axis, by name; numbers become float32 `[batch]`. */
  readonly arrays: Readonly<Record<string, NdArray>>;
  /** Dataset index of each sample, `[batch]`. */
  readonly indices: Int32Array;
  /** Class of each sample or -1, `[batch]`. */
  readonly labels: Int32Array;
}

export interface ExampleOptions {
  /** Positions in the method's `pipeline` that are switched off. */
  readonly disabled?: Iterable<number>;
  /** Whether to keep what was done to each picture. Default false. */
  readonly trace?: boolean;
  /** Which split the sample is of. Default `train`. */
  readonly split?: Split;
}

export interface TracedExample {
  readonly example: Example;
  /** What was done to get the picture of an array, by the array's name; empty without `trace`. */
  readonly traces: Readonly<Record<string, readonly AppliedOp[]>>;
}

export type Split = 'train' | 'test';
type Data = OpenData<unknown>;

/** What the network is shown for one sample in an epoch. Errors of user code name the sample. */
export function exampleOf(
  experiment: Experiment,
  data: Data,
  epoch: number,
  sample: number,
  { disabled, trace = false, split = 'train' }: ExampleOptions = {},
): TracedExample {
  const { method, seed } = experiment;
  const traces: Traces | undefined = trace ? new Map() : undefined;
  const off = disabled === undefined ? undefined : new Set(disabled);
  const draws = viewContext({ seed, epoch, sample, pipeline: method.pipeline, disabled: off, traces });
  const samples = data[split];
  const context = { ...draws, data: data as OpenData<never>, samples: samples as Samples<never>, index: sample };
  try {
    // Views may use tf ops: what they leave behind is freed here.
    const example: Example = withoutLeaks(() => method.views(samples.get(sample) as never, context));
    return { example, traces: tracesByName(checked(example), traces) };
  } catch (cause) {
    throw inSample(cause, where(experiment, samples, sample));
  }
}

const where = ({ method }: Experiment, samples: Samples<unknown>, sample: number) =>
  `sample ${sample} (${samples.name(sample)}), method ${method.use}`;

function withoutLeaks<T>(make: () => T): T {
  let made: T | undefined;
  tf.tidy(() => {
    made = make();
  });
  return made as T;
}

function tracesByName(example: Example, traces: Traces | undefined): TracedExample['traces'] {
  if (traces === undefined) return {};
  return Object.fromEntries(
    Object.entries(example).flatMap(([name, value]) => {
      const done = typeof value === 'number' ? undefined : traces.get(value.data);
      return done === undefined ? [] : [[name, done]];
    }),
  );
}

/** Throws unless this is what `views` must return. */
function checked(example: Example): Example {
  if (typeof example !== 'object' || example === null || Object.keys(example).length === 0)
    throw new Error('views() must return arrays or numbers by name, such as { first, second }');
  for (const [name, value] of Object.entries(example)) {
    if (typeof value === 'number') continue;
    const size = value?.shape?.reduce((product, side) => product * side, 1);
    if (!isNumbers(value?.data) || value.data.length !== size)
      throw new Error(
        `views() returned "${name}", which is no number and no { data, shape } with a Float32Array, Int32Array or Uint8Array as large as its shape`,
      );
  }
  return example;
}

const isNumbers = (data: unknown): data is NdArray['data'] =>
  data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array;

function inSample(cause: unknown, where: string): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const error = new Error(`${where}: ${message}`, { cause });
  // The stack of the cause leads to the line of user code.
  if (cause instanceof Error && cause.stack !== undefined) error.stack = `Error: ${error.message}\n${cause.stack}`;
  return error;
}

/** The batch of these samples in an epoch: a function of its arguments, whoever computes it. */
export function makeBatch(
  experiment: Experiment,
  data: Data,
  epoch: number,
  indices: ArrayLike<number>,
  split: Split = 'train',
): HostBatch {
  const samples = Int32Array.from(indices);
  const stack = new ExampleStack(samples.length);
  for (const sample of samples) {
    // The stack copies: what was made for one sample can give its memory to the next.
    reusing(() => {
      const { example } = exampleOf(experiment, data, epoch, sample, { split });
      try {
        stack.add(example);
      } catch (cause) {
        throw inSample(cause, where(experiment, data[split], sample));
      }
    });
  }
  return { arrays: stack.arrays(), indices: samples, labels: samples.map((sample) => data[split].label(sample)) };
}

/** The batch on the device; the caller disposes its tensors. */
export function toTensors({ arrays, indices, labels }: HostBatch): Batch {
  const tensors = Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32'),
    ]),
  );
  return { tensors, indices, labels };
}
