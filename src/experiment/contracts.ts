/**
 * The contracts between an experiment's parts: what a dataset, an encoder, an augmentation, a method, an optimizer and
 * an evaluation must do. Built-in parts and those written by users take the same interfaces.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Block, DrawnValue, Tile } from '../protocol/figure.js';
import type { MetricInfo } from '../protocol/run.js';
import type { Part } from './part.js';
import type { Random } from './random.js';

// ---- Data ------------------------------------------------------------------------------------------------------

/** Numbers with a shape, row-major. */
export interface NdArray {
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** A picture: `[height, width, channels]`, values in [0, 1], 1 (gray) or 3 (sRGB) channels. */
export interface Image extends NdArray {
  readonly data: Float32Array;
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** A film: `[frames, height, width, channels]`, values in [0, 1]. */
export interface Clip extends NdArray {
  readonly data: Float32Array;
  readonly shape: readonly [frames: number, height: number, width: number, channels: number];
  /** Where an object is in each frame, if that is known: `[frames, 4]`, left, top, width and height in pixels. */
  readonly track?: NdArray;
}

/** The same moments filmed by several cameras: `[cameras, frames, height, width, channels]`, values in [0, 1]. */
export interface MultiView extends NdArray {
  readonly data: Float32Array;
  readonly shape: readonly [cameras: number, frames: number, height: number, width: number, channels: number];
}

/** A rectified pair: a point at column x of `left` is at column x - disparity of `right`. */
export interface StereoPair {
  readonly left: Image;
  readonly right: Image;
  /** True disparity of the left picture, `[height, width]` in pixels, NaN where unknown. Only evaluations may look. */
  readonly disparity?: NdArray;
}

/** Consecutive sentences of one document, each as token ids of the data's vocabulary. */
export interface Passage {
  readonly sentences: readonly Int32Array[];
  /** Number of the document. */
  readonly document: number;
}

/** A signal: `[length, channels]`. */
export interface Signal extends NdArray {
  readonly data: Float32Array;
  readonly shape: readonly [length: number, channels: number];
}

/** What a sample of each kind is. */
export interface SampleTypes {
  readonly image: Image;
  readonly text: Passage;
  readonly frames: Clip;
  readonly views: MultiView;
  readonly stereo: StereoPair;
  readonly sequence: Signal;
}
export type SampleKind = keyof SampleTypes;

/** The tokens of a text data set. */
export interface Vocabulary {
  /** Token by id. */
  readonly tokens: readonly string[];
  /** Ids of the special tokens; padding is 0. */
  readonly pad: 0;
  readonly unknown: number;
  readonly cls: number;
  readonly sep: number;
  readonly mask: number;
}

/** One split of a dataset. `get` is synchronous and may be called from several threads (each has its own instance). */
export interface Samples<S = Image> {
  readonly length: number;
  /** A sample the caller may change. */
  get(index: number): S;
  /** Class index, or -1 where there is no label. */
  label(index: number): number;
  /** What to call the sample in messages and captions, such as a file name. */
  name(index: number): string;
}

export interface OpenData<S = Image> {
  readonly kind: SampleKind;
  /** What people call it, such as `Fashion-MNIST`. */
  readonly title: string;
  /**
   * Shape of a sample, such as [28, 28, 1]; of one picture of a stereo pair; of a text [tokens, 2], which is how an
   * encoder takes it: ids and segments.
   */
  readonly shape: readonly number[];
  /** Names of the classes; empty without labels. */
  readonly classes: readonly string[];
  readonly train: Samples<S>;
  /** Held-out samples for evaluation. */
  readonly test: Samples<S>;
  /** For texts. */
  readonly vocabulary?: Vocabulary;
  /** What was left out and why, one line each; logged with the run. */
  readonly notes: readonly string[];
}

/** Where a dataset may read and write. */
export interface DataEnvironment {
  /** Folder of the experiment file: relative paths start here. */
  readonly baseFolder: string;
  /** Where decoded data is cached; may be deleted at any time while nothing runs. */
  readonly cacheFolder: string;
  /** The data that comes with Autodidact. */
  readonly sampleFolder: string;
  /** Progress of long work, for the status line. */
  progress?(message: string): void;
  readonly signal?: AbortSignal;
}

export interface Dataset<S = Image> extends Part<'dataset'> {
  /** Opens the data; rejects with a `DataError` whose message names path, cause and remedy. */
  open(environment: DataEnvironment): Promise<OpenData<S>>;
}

/** The data cannot be used: names path, cause and remedy. */
export class DataError extends Error {
  override name = 'DataError';
}

// ---- Views -----------------------------------------------------------------------------------------------------

/** Parameters drawn for one augmentation of one picture; plain values, shown on hover. */
export type Drawn = Readonly<Record<string, DrawnValue>>;

/**
 * A random change of a picture, in two halves so that a person can be shown what was drawn: `draw` decides,
 * `apply` executes. Both are pure; neither may change its input.
 */
export interface Augmentation<D extends Drawn = Drawn> extends Part<'augmentation'> {
  /** Draws the parameters for a picture of this shape; undefined means: leave it as it is. */
  draw(random: Random, shape: Image['shape']): D | undefined;
  apply(image: Image, drawn: D): Image;
}

/** What `views` may use for one sample. Draws are a function of (seed, epoch, sample) and the counters given. */
export interface ViewContext<S = Image> {
  readonly data: OpenData<S>;
  /** The split that the sample is of, and its place in it. */
  readonly samples: Samples<S>;
  readonly index: number;
  /** A stream for the method's own decisions (which rotation, which permutation). */
  random(...counters: number[]): Random;
  /**
   * Runs a pipeline. Views with different numbers get independent draws; all frames of a film share one draw. What is
   * known of places in a film (its track) does not hold afterwards and is left out.
   */
  augment<P extends Image | Clip>(pictures: P, pipeline: readonly Augmentation[], view: number): P;
}

/** What the network is shown for one sample: arrays and numbers by name. Samples of a batch must agree in shapes. */
export type Example = Readonly<Record<string, NdArray | number>>;

// ---- Networks --------------------------------------------------------------------------------------------------

export interface Mode {
  /** Batch norm uses batch statistics and updates its averages; dropout is active. */
  readonly training: boolean;
  /** Draws of this step, for dropout; without it nothing is dropped. */
  readonly random?: Random;
  /**
   * Batch norm takes the statistics of each of this many equal parts of the batch by itself, as if the parts were on
   * devices of their own; the parts follow each other. Default 1. Split batch norm: He et al., MoCo (CVPR 2020).
   */
  readonly normSplits?: number;
}

export interface NamedVariable {
  /** Path of the variable, unique in its module, such as `conv1/kernel`. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** False for state that is saved but not learned (running averages, queues). */
  readonly trainable: boolean;
  /** Weight decay and LARS adaptation apply: true for kernels, false for biases and norm parameters. */
  readonly decay: boolean;
}

/** What has variables to train and to save. */
export interface Network {
  variables(): readonly NamedVariable[];
}

/** A part of a network: a function with variables. */
export interface Module extends Network {
  apply(input: tf.Tensor, mode: Mode): tf.Tensor;
}

/** Maps `[batch, ...input shape]` to features `[batch, features]`. */
export interface EncoderModule extends Module {
  readonly features: number;
  /** The way to the features of a picture, for methods that look at places. */
  readonly maps?: FeatureMaps;
  /** The way to the features of a text, for methods that look at tokens. */
  readonly tokens?: TokenFeatures;
}

export interface FeatureMaps {
  /** Of each map, finest first: its channels, and how many pixels of the input one of its pixels stands for, a side. */
  readonly stages: readonly { readonly channels: number; readonly stride: number }[];
  /** `[batch, ceil(height / stride), ceil(width / stride), channels]` of each stage. */
  apply(input: tf.Tensor, mode: Mode): tf.Tensor4D[];
}

export interface TokenFeatures {
  /** int32 `[batch, tokens, 2]` (ids and segments) to `[batch, tokens, features]`. */
  apply(input: tf.Tensor, mode: Mode): tf.Tensor3D;
  /** The table of token embeddings, `[vocabulary, width]`, which predictions of tokens share. */
  readonly table: NamedVariable;
  /**
   * How much each token looks at each other one in the last layer, `[batch, heads, tokens, tokens]`, rows sum to 1; for
   * people to see. Only of encoders that attend.
   */
  attention?(input: tf.Tensor): tf.Tensor4D;
}

/** What an encoder may need besides the shape of its inputs. */
export interface EncoderPlace {
  /** Number of tokens, for texts. */
  readonly vocabulary?: number;
  /** Folder of the experiment file: relative paths start here. */
  readonly baseFolder?: string;
}

export interface Encoder extends Part<'encoder'> {
  /** Builds the network for inputs of this shape; `random` decides its initial weights. */
  build(shape: readonly number[], random: Random, place?: EncoderPlace): EncoderModule;
}

// ---- Methods ---------------------------------------------------------------------------------------------------

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

// ---- Optimizers ------------------------------------------------------------------------------------------------

/** An optimizer at work on given variables. */
export interface OptimizerState {
  /** One update. `gradients` in the order of the variables; `learningRate` from the schedule. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Everything that must be saved to continue: slots by name. Counters are one-element variables too. */
  slots(): readonly NamedVariable[];
  dispose(): void;
}

export interface Optimizer extends Part<'optimizer'> {
  /** Learning rate at a step: warm-up, then the schedule. */
  learningRate(step: number, totalSteps: number, stepsPerEpoch: number): number;
  create(variables: readonly NamedVariable[]): OptimizerState;
}

// ---- Evaluations -----------------------------------------------------------------------------------------------

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
