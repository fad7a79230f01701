/**
 * Extension host <-> webview panels. `...HostContract` is what the host offers a panel, `...ViewContract` what a panel
 * offers the host. A panel asks when it opens and after a reload; the host then tells it of every change.
 */
import type { Pairs, Preview } from './previewer.js';
import type { Contract } from './rpc.js';
import type { MetricInfo, RunState, RunSummary } from './run.js';

/** Which experiment a panel looks at. */
export interface ExperimentTarget {
  readonly file: string;
  readonly exportName: string;
}

/** Strings of the user interface that a webview shows, translated by the host: English text -> shown text. */
export type Translations = Readonly<Record<string, string>>;

/** Why there is nothing to show; `diagnostic` errors also stand in the editor. */
export interface PanelFault {
  readonly message: string;
  readonly location?: { readonly file: string; readonly line: number };
}

// ---- Preview ---------------------------------------------------------------------------------------------------

/** What a person chose in the Preview panel; kept over reloads. */
export interface PreviewChoice {
  readonly sample: number;
  readonly reroll: number;
  readonly draws: number;
  readonly disabled: readonly number[];
}

export interface PreviewHostContract extends Contract {
  requests: {
    /** The panel is there (first time or reloaded): what it should show. */
    start: {
      params: { readonly choice: PreviewChoice | undefined };
      result: { readonly target: ExperimentTarget | undefined; readonly translations: Translations };
    };
    choose: { params: PreviewChoice; result: null };
    reveal: { params: { readonly file: string; readonly line: number }; result: null };
  };
  events: {
    /** The picture of `sequence` is on the screen: ends the measurement of edit-to-preview. */
    painted: { readonly sequence: number };
  };
}
export interface PreviewViewContract extends Contract {
  requests: Record<string, never>;
  events: {
    target: ExperimentTarget | undefined;
    busy: { readonly busy: boolean };
    preview: { readonly sequence: number; readonly preview: Preview };
    /** The last good picture stays, marked as out of date, with the reason beside it. */
    fault: PanelFault;
  };
}

// ---- Pairs -----------------------------------------------------------------------------------------------------

/** A set of weights the Pairs panel can show. `run` and `file` are absent for the untrained network. */
export interface CheckpointChoice {
  readonly label: string;
  readonly epoch: number;
  readonly run?: string;
  readonly file?: string;
}

export interface PairsChoice {
  readonly samples: number;
  readonly batch: number;
  /** Folder of the run whose checkpoints are offered, if any. */
  readonly run?: string;
  /** Index into the offered checkpoints; the last one is followed while the run trains when absent. */
  readonly checkpoint?: number;
}

export interface PairsHostContract extends Contract {
  requests: {
    start: {
      params: { readonly choice: PairsChoice | undefined };
      result: { readonly target: ExperimentTarget | undefined; readonly translations: Translations };
    };
    choose: { params: PairsChoice; result: null };
    reveal: { params: { readonly file: string; readonly line: number }; result: null };
  };
  events: { painted: { readonly sequence: number } };
}
export interface PairsViewContract extends Contract {
  requests: Record<string, never>;
  events: {
    target: ExperimentTarget | undefined;
    busy: { readonly busy: boolean };
    pairs: {
      readonly sequence: number;
      readonly pairs: Pairs;
      readonly choice: PairsChoice;
      /** First the untrained network, then the run's checkpoints in order. */
      readonly checkpoints: readonly CheckpointChoice[];
      readonly runs: readonly { readonly folder: string; readonly name: string; readonly state: RunState }[];
    };
    fault: PanelFault;
  };
}

// ---- Charts ----------------------------------------------------------------------------------------------------

/** Points of one metric of one run, parallel arrays in the order they were recorded. */
export interface Series {
  readonly metric: string;
  /** True for values measured on frozen weights: few points, drawn with markers. */
  readonly evaluation: boolean;
  readonly step: Float64Array;
  readonly epoch: Float64Array;
  /** Milliseconds since 1970. */
  readonly time: Float64Array;
  readonly value: Float64Array;
}

export interface ChartAlert {
  readonly step: number;
  readonly epoch: number;
  readonly time: number;
  readonly code: string;
  readonly message: string;
}

/** All points so far, or (with `from` > 0) those since the snapshot or delta numbered `from`. */
export interface SeriesUpdate {
  readonly run: string;
  /** Grows by one with each update of this run; an update whose `from` is not the last number seen: ask again. */
  readonly sequence: number;
  readonly from: number;
  /** Drop every point after this step before appending: the run went back to a checkpoint. */
  readonly rewindTo?: number;
  readonly series: readonly Series[];
  readonly alerts: readonly ChartAlert[];
}

export interface ChartRun {
  readonly summary: RunSummary;
  readonly metrics: Readonly<Record<string, MetricInfo>>;
}

export interface ChartsChoice {
  /** Ids of the runs that are drawn; undefined follows the newest run. */
  readonly runs?: readonly string[];
  readonly x: 'step' | 'epoch' | 'wall';
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Which color and dash each run has, by id: kept so that a run never changes its look. */
  readonly looks?: Readonly<Record<string, number>>;
}

export interface ChartsHostContract extends Contract {
  requests: {
    start: {
      params: { readonly choice: ChartsChoice | undefined };
      result: {
        readonly choice: ChartsChoice;
        readonly runs: readonly ChartRun[];
        readonly translations: Translations;
      };
    };
    choose: { params: ChartsChoice; result: null };
    /** Everything recorded of a run; from then on its deltas arrive as `update` events. */
    snapshot: { params: { readonly run: string }; result: SeriesUpdate };
    /** Asks where to save, and saves. */
    save: {
      params: { readonly suggestedName: string; readonly content: Uint8Array };
      result: { readonly saved: boolean };
    };
    /** Shows the pairs of a run, for the link of an alert. */
    showPairs: { params: { readonly run: string }; result: null };
  };
  events: { drawn: { readonly run: string; readonly sequence: number; readonly time: number } };
}
export interface ChartsViewContract extends Contract {
  requests: Record<string, never>;
  events: {
    /** The list of runs, or the state of one of them, changed. */
    runs: { readonly runs: readonly ChartRun[] };
    update: SeriesUpdate;
    /** The host asks for these runs to be drawn (a person clicked `Charts` on a run). */
    show: { readonly runs: readonly string[] };
  };
}
