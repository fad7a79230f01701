/**
 * Starting a trainer: the arguments of `trainer.js`, and what the trainer answers over its IPC channel before the
 * starter disconnects and the trainer goes on alone.
 */
import type { Diagnostic } from './previewer.js';

/** Trains an experiment from its beginning, as a new run. */
export interface StartCommand {
  readonly command: 'start';
  /** Absolute path of the experiment file. */
  readonly file: string;
  /** Which export is the experiment. Default: the only one of the file, else `default`. */
  readonly exportName?: string;
  /** Options that differ from the file, as `path=value`, such as `epochs=2` or `method.temperature=0.1`. */
  readonly set?: readonly string[];
  /** Engine instead of the experiment's own. */
  readonly engine?: string;
  /** Absolute path of the folder that holds the runs. */
  readonly runs: string;
  /** How many runs of that folder may train at the same time, this one included. */
  readonly maxParallel: number;
  /** Before the experiment is loaded, opens Node's inspector on 127.0.0.1, says at which port, and waits for a debugger. */
  readonly debug?: boolean;
}

/** Continues a run from its last checkpoint, with the sources it was started with. */
export interface ResumeCommand {
  readonly command: 'resume';
  /** Absolute path of the run's folder. */
  readonly run: string;
}

export type TrainerCommand = StartCommand | ResumeCommand;

/** What became of a command; a trainer tells its starter exactly once. */
export type TrainerOutcome =
  /** The run has a folder (its state is `queued` or `running`); whoever wants to know more reads it there. */
  | { readonly kind: 'created'; readonly folder: string; readonly id: string }
  /** There is nothing to train: the experiment has mistakes, or the run cannot be resumed. No folder was left behind. */
  | { readonly kind: 'rejected'; readonly message: string; readonly diagnostics: readonly Diagnostic[] };

/** With `debug`, two messages come before the outcome: where a debugger can attach, and that one has attached. */
export type TrainerMessage =
  | { readonly kind: 'debuggable'; readonly port: number }
  | { readonly kind: 'debugged' }
  | TrainerOutcome;

/** The command as arguments of `trainer.js`; src/trainer/arguments.ts is the way back. */
export function trainerArguments(command: TrainerCommand): string[] {
  if (command.command === 'resume') return ['resume', `--run=${command.run}`];
  // `--name=value` in one piece, so that a value may begin with a dash.
  return [
    'start',
    `--file=${command.file}`,
    ...(command.exportName === undefined ? [] : [`--export=${command.exportName}`]),
    ...(command.set ?? []).map((change) => `--set=${change}`),
    ...(command.engine === undefined ? [] : [`--engine=${command.engine}`]),
    `--runs=${command.runs}`,
    `--max-parallel=${command.maxParallel}`,
    ...(command.debug === true ? ['--debug'] : []),
  ];
}
