/** Arguments of `trainer.js`, back to the command they were made from. */
import { parseArgs } from 'node:util';
import type { TrainerCommand } from '../protocol/launch.js';

/** Throws an Error for arguments that no starter writes. */
export function parseTrainerArguments(argv: readonly string[]): TrainerCommand {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      export: { type: 'string' },
      set: { type: 'string', multiple: true },
      engine: { type: 'string' },
      runs: { type: 'string' },
      'max-parallel': { type: 'string' },
      debug: { type: 'boolean', default: false },
      run: { type: 'string' },
    },
  });
  const [command, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`trainer: unexpected argument ${rest[0]}`);
  if (command === 'resume') {
    if (values.run === undefined) throw new Error('trainer: resume needs --run');
    return { command, run: values.run };
  }
  if (command !== 'start') throw new Error(`trainer: expected start or resume, found ${command ?? 'nothing'}`);
  if (values.file === undefined || values.runs === undefined) throw new Error('trainer: start needs --file and --runs');
  const maxParallel = Number(values['max-parallel'] ?? 1);
  if (!Number.isInteger(maxParallel) || maxParallel < 1) throw new Error('trainer: --max-parallel must be 1 or more');
  return {
    command,
    file: values.file,
    exportName: values.export,
    set: values.set ?? [],
    engine: values.engine,
    runs: values.runs,
    maxParallel,
    debug: values.debug,
  };
}
