/** Makes the run of a `start` command, tells the starter, and trains it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chooseExperiment } from '../experiment/import.js';
import { loadExperiments } from '../experiment/load.js';
import { withOverrides } from '../experiment/overrides.js';
import type { StartCommand, TrainerMessage } from '../protocol/launch.js';
import type { Diagnostic } from '../protocol/previewer.js';
import { RunWriter } from '../runs/writer.js';
import { newRun, type RunContent } from './run-facts.js';
import { runSession } from './session.js';

/** There is nothing to train. */
export class Rejection extends Error {
  override name = 'Rejection';
  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Starts and trains a new run; resolves with the exit code. Rejects with a Rejection before a run was made. */
export async function start(command: StartCommand, tell: (message: TrainerMessage) => void): Promise<number> {
  const content = await load(command);
  const writer = RunWriter.create(command.runs, await newRun(content));
  tell({ kind: 'created', folder: writer.folder, id: writer.id });
  return runSession({ writer, experiment: content.experiment });
}

async function load(command: StartCommand): Promise<RunContent> {
  // The run has no folder before the experiment is known to be sound.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'autodidact-'));
  try {
    const { bundle, exports, diagnostics } = await loadExperiments({ file: command.file }, folder);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new Rejection(errors.map(({ message }) => message).join('\n'), errors);
    const { exportName, experiment } = chooseExperiment(exports, command.exportName);
    const set = [...(command.set ?? []), ...(command.engine === undefined ? [] : [`engine=${command.engine}`])];
    return { command, exportName, set, experiment: withOverrides(experiment, set), bundle };
  } catch (error) {
    if (error instanceof Rejection) throw error;
    throw new Rejection((error as Error).message, [], { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
