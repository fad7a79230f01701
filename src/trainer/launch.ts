/** Starting trainers from the extension or the CLI. The trainer goes on whatever becomes of its starter. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {
  type ResumeCommand,
  type StartCommand,
  type TrainerCommand,
  type TrainerMessage,
  type TrainerOutcome,
  trainerArguments,
} from '../protocol/launch.js';
import type { Diagnostic } from '../protocol/previewer.js';
import { killGroup } from '../runs/manage.js';
import { createRoot, removeEmptyRoot, runFiles } from '../runs/paths.js';

export interface Launcher {
  /** Path of dist/trainer.js. */
  readonly trainer: string;
  /** The Node that runs it. Default: the one of this process; within VS Code that is VS Code's own. */
  readonly node?: string;
  /** Ends the attempt, and the trainer's process, while no run was made yet. */
  readonly signal?: AbortSignal;
  /** With `debug`: debugs at this port of 127.0.0.1. If that fails while the trainer still waits, so does the attempt. */
  attach?(port: number): Promise<void>;
}

export interface LaunchedRun {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly id: string;
}

/** Nothing was started, because the experiment has mistakes or the run cannot be resumed. */
export class TrainerRejection extends Error {
  override name = 'TrainerRejection';
  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message);
  }
}

let attempts = 0;

/**
 * Starts a new run; resolves as soon as it has a folder, which is before it trains. Rejects with a TrainerRejection
 * for a faulty experiment, and with an Error that has the end of the trainer's output if the trainer itself fails.
 */
export async function launchTraining(options: Launcher & Omit<StartCommand, 'command'>): Promise<LaunchedRun> {
  const { runs } = options;
  createRoot(runs);
  // The run's folder has no name yet: the log lies beside it and is moved there, which the open file follows.
  const log = path.join(runs, `.starting-${process.pid}-${++attempts}.log`);
  try {
    const run = await launch(options, { ...options, command: 'start' }, log);
    fs.renameSync(log, path.join(run.folder, runFiles.log));
    return run;
  } finally {
    fs.rmSync(log, { force: true });
    removeEmptyRoot(runs);
  }
}

/** Continues a run from its last checkpoint. Rejects as `launchTraining` does. */
export async function resumeTraining(options: Launcher & Omit<ResumeCommand, 'command'>): Promise<LaunchedRun> {
  return launch(options, { ...options, command: 'resume' }, path.join(options.run, runFiles.log));
}

async function launch(launcher: Launcher, command: TrainerCommand, log: string): Promise<LaunchedRun> {
  const { trainer, node, signal } = launcher;
  signal?.throwIfAborted();
  const output = fs.openSync(log, 'a');
  const begin = fs.fstatSync(output).size;
  let child: ChildProcess;
  try {
    child = spawn(node ?? process.execPath, [trainer, ...trainerArguments(command)], {
      // VS Code's executable is Node only with this; Node itself does not mind.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      detached: true,
      windowsHide: true,
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    fs.closeSync(output);
  }
  const abort = () => killGroup(child.pid ?? 0);
  signal?.addEventListener('abort', abort);
  try {
    const message = await answer(child, launcher, () => tail(log, begin));
    if (message.kind === 'rejected') throw new TrainerRejection(message.message, message.diagnostics);
    return { folder: message.folder, id: message.id };
  } finally {
    signal?.removeEventListener('abort', abort);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** What the trainer has come to, or why it says nothing. */
function answer(child: ChildProcess, { signal, attach }: Launcher, output: () => string): Promise<TrainerOutcome> {
  return new Promise((resolve, reject) => {
    let waits = true;
    const unattached = (error: unknown) => {
      if (!waits) return;
      killGroup(child.pid ?? 0);
      reject(error);
    };
    child.on('message', (message: TrainerMessage) => {
      if (message.kind === 'debugged') waits = false;
      else if (message.kind !== 'debuggable') resolve(message);
      else attach?.(message.port).catch(unattached);
    });
    child.once('error', (error) => reject(new Error(`The trainer cannot be started: ${error.message}`)));
    // `exit` may come before the last message, `close` does not.
    child.once('close', (code, killed) => {
      const how = killed === null ? `with code ${code}` : `by ${killed}`;
      reject(
        signal?.aborted ? signal.reason : new Error(`The trainer ended ${how} before the run began.\n${output()}`),
      );
    });
  });
}

/** The last lines of the trainer's output since this attempt began. */
function tail(log: string, begin: number): string {
  const text = fs.readFileSync(log).subarray(begin).toString('utf8').trimEnd();
  return text.slice(-4000).split('\n').slice(-40).join('\n');
}
