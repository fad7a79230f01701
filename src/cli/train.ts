import { existsSync } from 'node:fs';
import path from 'node:path';
import { distFolder } from '../experiment/package-files.js';
import { type LaunchedRun, type Launcher, launchTraining, TrainerRejection } from '../trainer/launch.js';
import { type Command, done, runDirOption, UsageError, wrong } from './command.js';
import { printDiagnostics } from './diagnostics.js';
import { rootOf } from './find-run.js';
import { followRun, printJson } from './follow.js';

/** Installed, the program is beside the trainer; the sources start the one that was built last. */
export const launcher: Launcher = { trainer: path.join(distFolder, 'trainer.js') };

export const detachOption = {
  type: 'boolean',
  help: 'Return as soon as the run exists; it goes on in the background.',
} as const;

export const train: Command = {
  summary: 'Train an experiment, and follow it here.',
  positionals: ['FILE'],
  options: {
    experiment: { type: 'string', value: 'NAME', help: 'Which export of FILE. Default: the only one, else `default`.' },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'Change an option, such as epochs=2 or method.temperature=0.1.',
    },
    engine: {
      type: 'string',
      value: 'ENGINE',
      help: 'auto, onnxruntime, tensorflow or wasm. Default: the experiment’s.',
    },
    'run-dir': runDirOption,
    'max-parallel': {
      type: 'string',
      value: 'N',
      help: 'Runs of this folder that may train at the same time; further ones wait. Default: 1.',
    },
    detach: detachOption,
    json: { type: 'boolean', help: 'Print one line of JSON per event instead of text.' },
  },
  remarks:
    'Training happens in a process of its own. Ctrl-C asks it to stop with a checkpoint, from which it can be\n' +
    'resumed; a second Ctrl-C leaves it running.\n\n' +
    'Exit codes: 0 finished, 1 failed or stopped, 2 wrong usage or experiment, 130 left running.',
  async run(args) {
    const file = path.resolve(args.positionals[0] as string);
    if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
    const set = args.texts('set');
    const odd = set.find((change) => !/^[^=]+=/.test(change));
    if (odd !== undefined) throw new UsageError(`--set needs KEY=VALUE (found "${odd}")`);
    return launchAndFollow(args.flag('json'), args.flag('detach'), () =>
      launchTraining({
        ...launcher,
        file,
        exportName: args.text('experiment'),
        set,
        engine: args.choice('engine', ['auto', 'onnxruntime', 'tensorflow', 'wasm']),
        runs: rootOf(args),
        maxParallel: args.integer('max-parallel', 1) ?? 1,
      }),
    );
  },
};

/** Follows a run that is started by `launch`, and says why if it is not. */
export async function launchAndFollow(
  json: boolean,
  detach: boolean,
  launch: () => Promise<LaunchedRun>,
): Promise<number> {
  const since = Date.now();
  let run: LaunchedRun;
  try {
    run = await launch();
  } catch (error) {
    if (!(error instanceof TrainerRejection)) throw error;
    printDiagnostics(error.message, error.diagnostics, json);
    return wrong;
  }
  if (!detach) return followRun(run.folder, { json, since });
  if (json) printJson({ type: 'run', ...run });
  else console.log(`${run.id}\n${run.folder}`);
  return done;
}
