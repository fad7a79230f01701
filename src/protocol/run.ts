/**
 * The records of a run as they lie in its folder. One writer per file, so nothing needs a lock:
 *   run.json     the trainer: what the run is (written when the run is made, completed when its engine is loaded)
 *   status.json  the trainer: where it stands, replaced atomically about once a second
 *   label.json   the user interface: the name a person gave it
 *   events.jsonl the trainer, append-only: one RunEvent a line
 *   control.jsonl anyone, append-only: one ControlRequest a line
 */

/** What the trainer writes into status.json. */
export type RecordedState = 'queued' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed';
/** What readers show: `interrupted` is not written but seen, when a live state has no live process behind it. */
export type RunState = RecordedState | 'interrupted';

export interface SourceFile {
  /** Path inside the run's `source/` folder, with forward slashes. */
  readonly path: string;
  /** Where it came from, absolute. */
  readonly origin: string;
  readonly sha256: string;
}

/** run.json */
export interface RunFacts {
  readonly format: 1;
  /** The name of the run's folder: `<time>-<name>-<hash>`. */
  readonly id: string;
  /** Name of the experiment: its `name`, else the file's stem (and the export's name unless it is `default`). */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Absolute path of the experiment file, and the name of its export. */
  readonly file: string;
  readonly exportName: string;
  readonly method: string;
  /** The experiment as data: see `toSpec` in src/experiment. */
  readonly spec: unknown;
  readonly specHash: string;
  /** Options that were set from outside, as `path=value`; a resumed run sets them again. */
  readonly set?: readonly string[];
  readonly sources: readonly SourceFile[];
  /** The bundle that is executed, relative to the run's folder. */
  readonly bundle: string;
  readonly git?: { readonly commit: string; readonly dirty: boolean };
  readonly versions: Readonly<Record<string, string>>;
  readonly engine?: { readonly name: string; readonly version: string; readonly threads: number };
  readonly seed: number;
  readonly host: string;
  readonly maxParallelRuns: number;
  readonly epochs: number;
  /** Known once the data is open. */
  readonly stepsPerEpoch?: number;
  readonly metrics?: Readonly<Record<string, MetricInfo>>;
}

/** How a metric is to be read. Metrics without an entry are shown under their own name. */
export interface MetricInfo {
  readonly title: string;
  /** `fraction` is shown as percent. */
  readonly unit?: 'fraction' | 'images/s' | 'seconds';
  /** Value that guessing reaches. */
  readonly chance?: number;
  /** Best possible value, such as the number of dimensions for an effective rank. */
  readonly best?: number;
  readonly better?: 'higher' | 'lower';
}

/** status.json */
export interface RunStatus {
  readonly state: RecordedState;
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970 of this record; with `pid` it tells a live run from a dead one. */
  readonly updated: number;
  readonly started?: number;
  readonly ended?: number;
  /** Steps taken, and the number of them in all. */
  readonly step: number;
  readonly totalSteps: number;
  /** Epochs as a real number: 2.5 is half-way through the third. */
  readonly epoch: number;
  readonly loss?: number | string;
  readonly imagesPerSecond?: number;
  /** Seconds until the end at the present speed. */
  readonly eta?: number;
  /** The figure the sidebar shows: the main evaluation, beside its untrained value. */
  readonly headline?: { readonly metric: string; readonly value: number; readonly untrained?: number };
  /** Why it failed, waits or was stopped, for people. */
  readonly message?: string;
  readonly alerts?: number;
}

/** label.json */
export interface RunLabel {
  readonly name?: string;
}

interface At {
  readonly step: number;
  /** Real-valued epochs. */
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** JSON has no NaN: metric values that are not finite are the strings `NaN`, `Infinity`, `-Infinity`. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

/** Values of a training step. */
export interface MetricsEvent extends At {
  readonly type: 'metrics';
  readonly values: Readonly<Record<string, MetricValue>>;
}
/** Values measured on frozen weights; names are `<evaluation>.<value>`, such as `knn.accuracy`. */
export interface EvaluationEvent extends At {
  readonly type: 'evaluation';
  readonly values: Readonly<Record<string, MetricValue>>;
}
export interface AlertEvent extends At {
  readonly type: 'alert';
  readonly code: 'nan' | 'collapse' | 'stuck' | 'disk' | 'data';
  readonly message: string;
}
export interface StatusEvent extends At {
  readonly type: 'status';
  readonly state: RecordedState;
  readonly message?: string;
}
export interface LogEvent extends At {
  readonly type: 'log';
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}
/** A checkpoint was written; `file` is relative to the run's folder. */
export interface CheckpointEvent extends At {
  readonly type: 'checkpoint';
  readonly file: string;
}
/** The run was resumed from a checkpoint: whatever was recorded after `step` did not happen. */
export interface RewindEvent extends At {
  readonly type: 'rewind';
}
export type RunEvent =
  | MetricsEvent
  | EvaluationEvent
  | AlertEvent
  | StatusEvent
  | LogEvent
  | CheckpointEvent
  | RewindEvent;

/** control.jsonl: what people ask of a trainer. */
export interface ControlRequest {
  readonly action: 'pause' | 'resume' | 'stop' | 'checkpoint' | 'evaluate';
  readonly time: number;
}

/** A run as readers list it. */
export interface RunSummary {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly id: string;
  readonly state: RunState;
  /** The person's name for it, else the experiment's. */
  readonly name: string;
  readonly facts: RunFacts;
  readonly status: RunStatus;
}

/** A folder that should be a run but cannot be read: listed with its reason, hiding no other. */
export interface UnreadableRun {
  readonly folder: string;
  readonly id: string;
  readonly reason: string;
}
