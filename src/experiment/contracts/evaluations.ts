/** What an evaluation measures, and of what. */
import type * as tf from '@tensorflow/tfjs-core';
import type { MetricInfo } from '../../protocol/run.js';
import type { Part } from '../part.js';
import type { Random } from '../random.js';
import type { OpenData, SampleKind } from './data.js';
import type { Method, MethodModel } from './methods.js';
import type { EncoderModule } from './networks.js';

/** Features of a split and what is known of its samples. */
export interface Features {
  /** Encoder output in inference mode, `[samples, dim]`, not normalized. The caller must not dispose it. */
  readonly features: tf.Tensor2D;
  /** int32 `[samples]`, -1 without a label. */
  readonly labels: Int32Array;
}

export interface EvaluationContext {
  readonly data: OpenData<unknown>;
  /** Cached features of the frozen encoder at this step. */
  features(split: 'train' | 'test'): Promise<Features>;
  /** Vectors the loss compares, for test samples, `[samples, dim]`. The caller must not dispose them. */
  embeddings(): Promise<tf.Tensor2D>;
  /** The vectors of two views of the same test samples, `[samples, dim]` each; undefined where a method has no such pair. */
  positives(): Promise<{ readonly first: tf.Tensor2D; readonly second: tf.Tensor2D } | undefined>;
  /** What the method measures on held-out samples, in inference mode: means over the batches of the test split. */
  heldOut(): Promise<Readonly<Record<string, number>>>;
  /** Samples as the encoder takes them, `[indices, ...input shape]`, without augmentation. The caller disposes them. */
  inputs(split: 'train' | 'test', indices: ArrayLike<number>): tf.Tensor;
  readonly method: Method<never>;
  readonly model: MethodModel;
  /** A copy of the trained encoder, or a fresh one of the same shape; the caller disposes its variables. */
  encoder(weights: 'trained' | 'fresh'): EncoderModule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly random: Random;
  readonly signal: AbortSignal;
}

export type MetricInfos = Readonly<Record<string, MetricInfo>>;

export interface MetricFacts {
  readonly classes: number;
  /** Width of the encoder's features. */
  readonly features: number;
  /** What the method says of its own values. */
  readonly method: MetricInfos;
}

export interface Evaluation extends Part<'evaluation'> {
  /** When it runs: after every epoch (and before training), or only before and after training. */
  readonly when: 'epoch' | 'end';
  /** Whether it can be computed: labels needed, for instance. A string says why not, and is logged once. */
  readonly needsLabels: boolean;
  /** The kinds of samples it can be computed on. Default: all. */
  readonly inputs?: readonly SampleKind[];
  /** False where an untrained encoder has nothing to tell, so it does not run before training. Default true. */
  readonly baseline?: boolean;
  /** What to say of the values, by short name; a function where that depends on data and network. */
  readonly metrics: MetricInfos | ((facts: MetricFacts) => MetricInfos);
  /** Values by short name; logged as `<use>.<name>`. */
  run(context: EvaluationContext): Promise<Readonly<Record<string, number>>>;
}
