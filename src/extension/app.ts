/** The features of the extension as one object, for commands that need several of them. */
import type { ActiveExperiment } from './active-experiment.js';
import type { Context } from './context.js';
import type { Diagnostics } from './diagnostics.js';
import type { Panels } from './panels/panels.js';
import type { RunLibrary } from './run-library.js';
import type { RunsView } from './runs-view.js';

export interface App {
  readonly context: Context;
  readonly library: RunLibrary;
  readonly active: ActiveExperiment;
  readonly diagnostics: Diagnostics;
  readonly panels: Panels;
  readonly view: RunsView;
  /** Aborted when the window closes: a trainer that has no run yet is not left behind. */
  readonly closing: AbortSignal;
}
