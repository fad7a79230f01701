/** What a dataset gives: samples of a kind, in two splits. */
import type { Part } from '../part.js';

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
