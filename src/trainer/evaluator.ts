/** Runs an experiment's evaluations on the network as it is: frozen, in inference mode, on pictures without augmentation. */
import * as tf from '@tensorflow/tfjs-core';
import { effectiveRank } from '../evaluate/effective-rank.js';
import { embeddingStd } from '../evaluate/embedding-std.js';
import type {
  Batch,
  EncoderModule,
  Evaluation,
  EvaluationContext,
  Features,
  NdArray,
  OpenData,
  StepContext,
} from '../experiment/contracts.js';
import { encoderInput } from '../experiment/encoder-input.js';
import type { Experiment } from '../experiment/experiment.js';
import { Random, Stream } from '../experiment/random.js';
import { copyVariables } from '../nn/variables.js';
import type { MetricInfo } from '../protocol/run.js';
import { exampleOf, makeBatch, type Split, toTensors } from './examples.js';
import type { BuiltModel } from './model.js';

/** Samples computed at a time. */
const CHUNK = 250;
const FROZEN = { training: false };

/** When evaluations are due: before training, after an epoch, after the last epoch, or because a person asked. */
export type Occasion = 'untrained' | 'epoch' | 'end' | 'asked';

export class Evaluator {
  private readonly evaluations: ReadonlyMap<string, Evaluation>;
  /** What to say of the values, by full name such as `knn.accuracy`. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;

  constructor(
    private readonly experiment: Experiment,
    private readonly data: OpenData<unknown>,
    private readonly built: BuiltModel,
  ) {
    const classes = data.classes.length;
    // What is left out was said when the experiment was checked against its data.
    const usable = withCollapseWatch(experiment.evaluate).filter(
      ({ needsLabels, inputs = [data.kind] }) =>
        data.test.length > 0 && (!needsLabels || classes > 0) && inputs.includes(data.kind),
    );
    this.evaluations = new Map(usable.map((evaluation, i) => [uniqueName(usable, i), evaluation]));
    const method = { ...built.model.metrics, ...built.model.measures };
    const facts = { classes, features: built.encoder.features, method };
    this.metrics = Object.fromEntries(
      [...this.evaluations].flatMap(([name, { metrics }]) =>
        Object.entries(typeof metrics === 'function' ? metrics(facts) : metrics).map(([value, info]) => [
          `${name}.${value}`,
          info,
        ]),
      ),
    );
  }

  /** The value that says best whether the run learns, if it has one. */
  get headline(): string | undefined {
    return ['knn.accuracy', 'linearProbe.accuracy'].find((metric) => metric in this.metrics);
  }

  /** All values that are due, by full name. Rejects with the signal's reason when that aborts. */
  async run(occasion: Occasion, signal: AbortSignal): Promise<Record<string, number>> {
    const values: Record<string, number> = {};
    const frozen = new FrozenNetwork(this.experiment, this.data, this.built, signal);
    try {
      for (const [name, evaluation] of this.evaluations) {
        if (!isDue(evaluation, occasion)) continue;
        signal.throwIfAborted();
        for (const [value, number] of Object.entries(await evaluation.run(frozen))) values[`${name}.${value}`] = number;
      }
    } finally {
      frozen.dispose();
    }
    return values;
  }
}

function isDue({ when, baseline = true }: Evaluation, occasion: Occasion): boolean {
  if (occasion === 'untrained') return baseline;
  return occasion !== 'epoch' || when === 'epoch';
}

/** Every run is watched for collapse, asked for or not. */
function withCollapseWatch(evaluations: readonly Evaluation[]): Evaluation[] {
  const missing = [embeddingStd(), effectiveRank()].filter((own) => !evaluations.some(({ use }) => use === own.use));
  return [...evaluations, ...missing];
}

/** `knn`, and for a second one `knn2`. */
function uniqueName(evaluations: readonly Evaluation[], index: number): string {
  const { use } = evaluations[index] as Evaluation;
  const earlier = evaluations.slice(0, index).filter((other) => other.use === use).length;
  return earlier === 0 ? use : `${use}${earlier + 1}`;
}

/**
 * What evaluations see of the network at one step; features and embeddings are computed once, when first asked for.
 * Its functions are fields, so that evaluations may take the context apart.
 */
class FrozenNetwork implements EvaluationContext {
  private readonly cached = new Map<string, Promise<tf.Tensor2D>>();
  readonly method;
  readonly model;
  readonly epochs;
  readonly batchSize;
  readonly random;

  constructor(
    private readonly experiment: Experiment,
    readonly data: OpenData<unknown>,
    private readonly built: BuiltModel,
    readonly signal: AbortSignal,
  ) {
    this.method = experiment.method;
    this.model = built.model;
    this.epochs = experiment.epochs;
    this.batchSize = experiment.batchSize;
    // The same draws at every step, so that values differ by the network alone.
    this.random = Random.fromSeed(experiment.seed).at(Stream.evaluate);
  }

  readonly features = async (split: Split): Promise<Features> => {
    const samples = this.data[split];
    const labels = Int32Array.from({ length: samples.length }, (_, i) => samples.label(i));
    const features = await this.rows(split, samples.length, (indices) =>
      this.built.encoder.apply(this.inputs(split, indices), FROZEN),
    );
    return { features, labels };
  };

  readonly embeddings = (): Promise<tf.Tensor2D> =>
    this.rows('embeddings', this.data.test.length, (indices) => this.model.embed(this.inputs('test', indices)));

  readonly positives = async () => {
    const { positives } = this.model;
    if (positives === undefined) return undefined;
    const [first, second] = await Promise.all(
      positives.map((name) =>
        this.rows(`views ${name}`, this.data.test.length, (indices) => this.model.embed(this.views(indices, name))),
      ),
    );
    return first && second && { first, second };
  };

  readonly inputs = (split: Split, indices: ArrayLike<number>): tf.Tensor =>
    stack(
      Array.from(indices, (i) => {
        const sample = this.data[split].get(i);
        return this.experiment.method.input?.(sample as never) ?? encoderInput(sample, this.data);
      }),
    );

  readonly heldOut = async (): Promise<Record<string, number>> => {
    const { length } = this.data.test;
    const size = Math.min(this.batchSize, length);
    const sums: Record<string, number> = {};
    const batches = Math.floor(length / size);
    for (let i = 0; i < batches; i++) {
      const indices = Int32Array.from({ length: size }, (_, j) => i * size + j);
      for (const [name, value] of Object.entries(await this.measure(indices, i)))
        sums[name] = (sums[name] ?? 0) + value;
      // Others get a turn: control, status.
      await new Promise(setImmediate);
      this.signal.throwIfAborted();
    }
    return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / batches]));
  };

  readonly encoder = (weights: 'trained' | 'fresh'): EncoderModule => {
    const copy = this.built.freshEncoder();
    if (weights === 'trained') copyVariables(this.built.encoder, copy);
    return copy;
  };

  dispose(): void {
    for (const rows of this.cached.values()) {
      // What failed to be computed has nothing to dispose, and was reported where it failed.
      rows.then(
        (tensor) => tensor.dispose(),
        () => {},
      );
    }
  }

  /** One array of the method's views of test samples, with the same draws at every step. */
  private views(indices: Int32Array, name: string): tf.Tensor {
    return stack(
      Array.from(indices, (sample) => {
        const { example } = exampleOf(this.experiment, this.data, 0, sample, { split: 'test' });
        return example[name] as NdArray;
      }),
    );
  }

  private async measure(indices: Int32Array, step: number): Promise<Record<string, number>> {
    const batch = toTensors(makeBatch(this.experiment, this.data, 0, indices, 'test'));
    const random = this.random.at(step);
    const context: StepContext = { step, totalSteps: 1, stepsPerEpoch: 1, epoch: 0, random, mode: FROZEN };
    const names: string[] = [];
    const read = tf.tidy(() => {
      const values = this.model.measure?.(batch, context) ?? this.lossAndLogs(batch, context);
      names.push(...Object.keys(values));
      return tf.stack(Object.values(values).map((value) => tf.cast(value, 'float32')));
    });
    const values = await read.data();
    tf.dispose([read, ...Object.values(batch.tensors)]);
    return Object.fromEntries(names.map((name, i) => [name, values[i] as number]));
  }

  private lossAndLogs(batch: Batch, context: StepContext): Record<string, tf.Scalar> {
    const { loss, logs } = this.model.loss(batch, this.model.targets?.(batch, context) ?? {}, context);
    return { loss, ...logs };
  }

  private rows(key: string, count: number, compute: (indices: Int32Array) => tf.Tensor): Promise<tf.Tensor2D> {
    const known = this.cached.get(key) ?? this.compute(count, compute);
    this.cached.set(key, known);
    return known;
  }

  private async compute(count: number, compute: (indices: Int32Array) => tf.Tensor): Promise<tf.Tensor2D> {
    const chunks: tf.Tensor2D[] = [];
    try {
      for (let from = 0; from < count; from += CHUNK) {
        const indices = Int32Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => from + i);
        chunks.push(tf.tidy(() => compute(indices)) as tf.Tensor2D);
        // Others get a turn: control, status.
        await new Promise(setImmediate);
        this.signal.throwIfAborted();
      }
      return tf.concat2d(chunks, 0);
    } finally {
      tf.dispose(chunks);
    }
  }
}

/** Arrays of one shape as one tensor with a new first axis. */
function stack(arrays: readonly NdArray[]): tf.Tensor {
  const [first] = arrays;
  if (first === undefined) throw new Error('there are no samples to evaluate');
  const Values = first.data instanceof Float32Array ? Float32Array : Int32Array;
  const values = new Values(arrays.length * first.data.length);
  arrays.forEach(({ data }, i) => {
    values.set(data, i * first.data.length);
  });
  return tf.tensor(values, [arrays.length, ...first.shape]);
}
