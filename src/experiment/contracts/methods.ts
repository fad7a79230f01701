/** What a method does with views and an encoder. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Block, Tile } from '../../protocol/figure.js';
import type { MetricInfo } from '../../protocol/run.js';
import type { Part } from '../part.js';
import type { Random } from '../random.js';
import type { Image, NdArray, OpenData, SampleKind, Samples } from './data.js';
import type { EncoderModule, Mode, Network } from './networks.js';
import type { Augmentation, Example, ViewContext } from './views.js';

export type Family = 'context' | 'temporal' | 'contrastive' | 'with-labels';

export interface MethodInfo {
  /** Name in its paper, such as `SimCLR`. */
  readonly title: string;
  readonly family: Family;
  readonly paper: { readonly authors: string; readonly year: number; readonly title: string; readonly arxiv?: string };
  /** Kinds of samples it learns from, the usual one first. */
  readonly inputs: readonly SampleKind[];
  readonly summary: string;
}

/** A batch on the device. Tensors are owned by the trainer and disposed after the step. */
export interface Batch {
  /** Examples stacked along a new first axis, by name. */
  readonly tensors: Readonly<Record<string, tf.Tensor>>;
  /** Dataset index of each sample: int32 `[batch]`. Memory banks use it. */
  readonly indices: Int32Array;
  /** Class of each sample or -1: int32 `[batch]`. Only methods with labels may look. */
  readonly labels: Int32Array;
}

export interface StepContext {
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly epoch: number;
  /** Draws for this step, for noise samples and dropout. */
  readonly random: Random;
  readonly mode: Mode;
}

export interface LossResult {
  /** Scalar to minimise. */
  readonly loss: tf.Scalar;
  /** Scalars to log beside it: loss terms, pretext accuracy, mean similarity. */
  readonly logs?: Readonly<Record<string, tf.Scalar>>;
  /** What `afterStep` wants to know of this pass, such as features that a memory bank takes in: it gets them by name. */
  readonly kept?: tf.NamedTensorMap;
}

/** A method with its networks. */
export interface MethodModel {
  /** What to say of the logged values: title, chance level, best value. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  /**
   * Computed before, and outside of, the gradient function, so no gradient flows: keys, teachers, bank rows.
   * Disposed by the trainer after the step.
   */
  targets?(batch: Batch, step: StepContext): tf.NamedTensorMap;
  loss(batch: Batch, targets: tf.NamedTensorMap, step: StepContext): LossResult;
  /**
   * For two-player games: what the modules registered as adversaries minimize, while all others minimize `loss`.
   * Neither's gradient reaches the variables of the other.
   */
  adversary?(batch: Batch, targets: tf.NamedTensorMap, step: StepContext): LossResult;
  /** After the optimizer's step: momentum copies, queues, banks. `targets` are joined by what the loss has `kept`. */
  afterStep?(batch: Batch, targets: tf.NamedTensorMap, step: StepContext): void;
  /** The two arrays of an example whose vectors should agree, if the method has such a pair: alignment is measured on them. */
  readonly positives?: readonly [first: string, second: string];
  /** Vectors that the loss compares, `[batch, dim]`, before L2 normalization, of encoder inputs: watched for collapse. */
  embed(inputs: tf.Tensor): tf.Tensor;
  /**
   * Scalars to measure on a batch of held-out samples, in inference mode, by the names of `metrics` or `measures`.
   * Default: what `loss` returns and logs. Memory banks have no row for such samples: `batch.indices` count in the test
   * split.
   */
  measure?(batch: Batch, step: StepContext): Readonly<Record<string, tf.Scalar>>;
  /** What to say of values that only `measure` returns. */
  readonly measures?: Readonly<Record<string, MetricInfo>>;
  /** What the method compares in this batch, with the network as it is: the content of the Pairs panel. */
  compare(batch: Batch, figures: BatchFigures): Promise<readonly Block[]>;
}

/** What figures of a batch are made of. */
export interface BatchFigures {
  /** For each array of the examples that holds pictures, one tile per sample (several pictures: one after the other). */
  readonly tiles: Readonly<Record<string, readonly Tile[]>>;
  /** The training sample at this index as it is in the data; undefined where it is no picture. */
  sample(index: number): Tile | undefined;
  readonly data: OpenData<never>;
}

/** For `show`: what one example is made of. */
export interface ExampleFigures<S = Image> {
  readonly data: OpenData<S>;
  readonly samples: Samples<S>;
  readonly index: number;
  /** For each array of the example that holds pictures, its tiles, with what was done to get them. */
  readonly tiles: Readonly<Record<string, readonly Tile[]>>;
}

export interface BuildContext<S = Image> {
  /** The encoder under training; already registered as `encoder`. */
  readonly encoder: EncoderModule;
  readonly data: OpenData<S>;
  /** Shape of a sample. */
  readonly shape: readonly number[];
  /** Number of training samples. */
  readonly samples: number;
  readonly batchSize: number;
  readonly classes: number;
  /** Stream for initial weights. */
  readonly random: Random;
  /** Another encoder like the one under training, with the same weights: for momentum copies. */
  copyEncoder(): EncoderModule;
  /**
   * Registers a further network (head, momentum copy): its variables are checkpointed, trainable ones are trained.
   * `adversary` networks minimize the model's `adversary` loss; `frozen` ones are not trained: momentum copies.
   */
  add<N extends Network>(name: string, network: N, role?: 'adversary' | 'frozen'): N;
  /** Registers state that is checkpointed and not trained (a queue, a bank). */
  state(name: string, initial: tf.Tensor): tf.Variable;
}

/** For methods whose encoder is made of several. */
export interface EncoderContext {
  /** What the encoder as a whole takes. */
  readonly shape: readonly number[];
  /** The experiment's encoder for inputs of a shape; calls with different numbers draw different weights. */
  make(shape: readonly number[], number?: number): EncoderModule;
}

export interface Method<S = Image> extends Part<'method'> {
  readonly info: MethodInfo;
  /** Augmentations the Preview panel offers switches for, in order; positions are `AppliedOp.index`. */
  readonly pipeline: readonly Augmentation[];
  /**
   * What this method cannot work with in the data and the batch size, one sentence each: what was found, what is
   * allowed, the remedy. Said in the editor and before training.
   */
  problems?(place: { readonly data: OpenData<S>; readonly batchSize: number }): readonly string[];
  /** What the network is shown for one sample. Runs in worker threads and in the previewer. */
  views(sample: S, context: ViewContext<S>): Example;
  /** The encoder as evaluations and other experiments use it. Default: `make(shape)`. */
  encoder?(context: EncoderContext): EncoderModule;
  /**
   * What the encoder takes of a whole sample, for evaluations: a patch on an object, say. Default: the picture; of a film
   * its middle frame, of a stereo pair the left picture. Where its shape is another, `encoder` is made for that.
   */
  input?(sample: S): NdArray;
  build(context: BuildContext<S>): MethodModel;
  /** An example as a person should see it in the Preview panel. Default: its pictures and numbers. */
  show?(example: Example, figures: ExampleFigures<S>): readonly Block[];
}
