/** Activation: makes the features and connects them. Loading this file does no work beyond that. */
import './measurements.js';
import type * as vscode from 'vscode';
import { isLive } from '../runs/liveness.js';
import { ActiveExperiment } from './active-experiment.js';
import type { App } from './app.js';
import { CodeLenses } from './code-lenses.js';
import { registerCommands } from './commands.js';
import { Context } from './context.js';
import { Diagnostics } from './diagnostics.js';
import { announceTensorflow } from './engines.js';
import { Measurements } from './measurements.js';
import { Panels } from './panels/panels.js';
import { Previewer } from './previewer.js';
import { registerSourceProvider } from './run-actions.js';
import { RunLibrary } from './run-library.js';
import { canPause, canResume, RunsView } from './runs-view.js';
import { StatusBar } from './status-bar.js';
import { announceEnds } from './training.js';

export function activate(extension: vscode.ExtensionContext): void {
  const start = performance.now();
  const context = new Context(extension);
  // One disposable, so that features go in the reverse order of their making.
  extension.subscriptions.push(context);
  announceTensorflow(context);
  const closing = new AbortController();
  context.own({ dispose: () => closing.abort() });
  const library = context.own(new RunLibrary(context));
  const active = context.own(new ActiveExperiment(extension.workspaceState));
  const previewer = context.own(new Previewer(context));
  const diagnostics = context.own(new Diagnostics(context, previewer));
  const panels = context.own(new Panels({ context, active, previewer, diagnostics }, library));
  const view = context.own(new RunsView(context, library));
  const app: App = { context, library, active, diagnostics, panels, view, closing: closing.signal };
  context.own(new CodeLenses(context, library));
  context.own(new StatusBar(context, library));
  context.own(registerSourceProvider());
  context.own(registerCommands(app));
  context.own(announceEnds(app));
  context.own(library.onDidChange(() => setContexts(context, library)));
  context.setContext('active', true);
  context.log.debug(`activated in ${context.measurements.activated(start).toFixed(1)} ms`);
}

/** What the `when` clauses of package.json ask for. */
function setContexts(context: Context, { runs, unreadable }: RunLibrary): void {
  const states = runs.map(({ state }) => state);
  context.setContext('hasRuns', runs.length > 0);
  context.setContext('hasSeveralRuns', runs.length > 1);
  context.setContext('hasUnreadableRuns', unreadable.length > 0);
  context.setContext('canPause', states.some(canPause));
  context.setContext('canResume', states.some(canResume));
  context.setContext('canStop', states.some(isLive));
}

Measurements.loaded();
