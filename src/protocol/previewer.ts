/** Extension host <-> previewer process: what an experiment in (unsaved) text looks like. */
import type { AppliedOp, Block, Figure } from './figure.js';
import type { Contract } from './rpc.js';

/** A remark on the source, in editor coordinates (zero-based). */
export interface Diagnostic {
  /** Absolute path. */
  readonly file: string;
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  readonly severity: 'error' | 'warning';
  /** What is wrong, what was found, what is allowed, and the remedy. */
  readonly message: string;
  /** The option it is about, such as `method.temperature`. */
  readonly option?: string;
}

/** Source text to look at. `overlays` are unsaved editor texts by absolute path; they win over the disk. */
export interface SourceText {
  readonly file: string;
  readonly overlays: Readonly<Record<string, string>>;
  /** Where decoded data is cached. Default: that of the project around the file, or a temporary folder without one. */
  readonly cacheFolder?: string;
}

export interface ExperimentInfo {
  readonly exportName: string;
  readonly name: string;
  readonly method: string;
  readonly methodTitle: string;
  readonly spec: unknown;
}

export interface Inspection {
  readonly experiments: readonly ExperimentInfo[];
  readonly diagnostics: readonly Diagnostic[];
  /** Local files the experiment is made of, absolute: worth watching. */
  readonly sources: readonly string[];
}

/** One augmentation of the method's pipelines, for the switches of the Preview panel. */
export interface PipelineOp {
  readonly index: number;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface PreviewRequest extends SourceText {
  readonly exportName: string;
  /** Which picture of the training split; clamped to its length. */
  readonly sample: number;
  /** Added to the experiment's seed, so that 0 shows what training will see first. */
  readonly reroll: number;
  /** How many draws of the method's views to show. */
  readonly draws: number;
  /** Pipeline positions that are switched off. */
  readonly disabled: readonly number[];
}

export interface Preview {
  readonly name: string;
  readonly methodTitle: string;
  readonly dataTitle: string;
  /** Shape of a sample, such as [28, 28, 1]. */
  readonly shape: readonly number[];
  readonly sample: number;
  readonly samples: number;
  readonly seed: number;
  /** The sample as it is in the data: a picture, frames, a text. */
  readonly original: readonly Block[];
  readonly ops: readonly PipelineOp[];
  /** One figure per draw of the method's views. */
  readonly draws: readonly Figure[];
  /** Milliseconds it took. */
  readonly elapsed: number;
}

export interface PairsRequest extends SourceText {
  readonly exportName: string;
  /** How many samples of the batch to show. */
  readonly samples: number;
  /** Which batch of the first epoch. */
  readonly batch: number;
  /** A run's folder and one of its checkpoints (relative); without it the network is the untrained one. */
  readonly checkpoint?: { readonly run: string; readonly file: string };
}

export interface Pairs {
  readonly name: string;
  readonly methodTitle: string;
  readonly samples: number;
  readonly batchSize: number;
  readonly checkpoint: { readonly label: string; readonly epoch: number } | undefined;
  readonly blocks: readonly Block[];
  readonly elapsed: number;
}

/** What the previewer offers. A request that fails because of the experiment rejects with `data: Diagnostic[]`. */
export interface PreviewerContract extends Contract {
  requests: {
    /** Answered at once, unless the process is stuck: the watchdog of the extension asks while it waits. */
    ping: { params: null; result: null };
    inspect: { params: SourceText; result: Inspection };
    preview: { params: PreviewRequest; result: Preview };
    pairs: { params: PairsRequest; result: Pairs };
  };
  events: Record<string, never>;
}

/** What the extension host offers the previewer: nothing to ask, one thing to tell. */
export interface PreviewerHostContract extends Contract {
  requests: Record<string, never>;
  events: { ready: { readonly pid: number }; log: { readonly message: string } };
}

export type { AppliedOp };
