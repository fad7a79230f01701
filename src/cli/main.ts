#!/usr/bin/env node
/** `autodidact`: train, follow and inspect experiments from a terminal. */
import { closest, distance } from 'fastest-levenshtein';
import { check } from './check.js';
import { type Command, commandHelp, failed, readArguments, twoColumns, UsageError, wrong } from './command.js';
import { pause, resume, stop } from './control.js';
import { engines } from './engines.js';
import { methods } from './methods.js';
import { runs } from './runs.js';
import { show } from './show.js';
import { train } from './train.js';
import { views } from './views.js';

declare const AUTODIDACT_VERSION: string;

/** A command loads what is heavy when it runs: listing runs needs neither TensorFlow.js nor esbuild. */
const commands: Readonly<Record<string, Command>> = {
  train,
  resume,
  pause,
  stop,
  runs,
  show,
  check,
  views,
  methods,
  engines,
};

function help(): string {
  const rows = Object.entries(commands).map(([name, { positionals, summary }]) => [
    [name, ...positionals].join(' '),
    summary,
  ]);
  return [
    'Autodidact: author, train and inspect self-supervised-learning experiments.',
    '',
    'Usage: autodidact COMMAND [options]',
    '',
    'Commands:',
    ...twoColumns(rows),
    '',
    'autodidact COMMAND --help explains a command. --version prints the version.',
    'Exit codes: 0 done, 1 failed while running, 2 wrong usage or experiment.',
  ].join('\n');
}

/** Runs a command line; resolves with the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version') {
    console.log(AUTODIDACT_VERSION);
    return 0;
  }
  if (name === '--help' || name === 'help') {
    console.log(help());
    return 0;
  }
  try {
    if (name === undefined) throw new UsageError(`a command is missing\n\n${help()}`);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`unknown command "${name}"${suggestion(name)}`);
    const args = readArguments(command, rest);
    if (!args.flag('help')) return await command.run(args);
    console.log(commandHelp(name, command));
    return 0;
  } catch (error) {
    console.error(`autodidact: ${error instanceof Error ? error.message : error}`);
    if (!(error instanceof UsageError)) return failed;
    if (name !== undefined && Object.hasOwn(commands, name)) console.error(`Try: autodidact ${name} --help`);
    return wrong;
  }
}

function suggestion(name: string): string {
  const near = closest(name, Object.keys(commands));
  return distance(name, near) <= 2 ? `; did you mean "${near}"?` : '; autodidact --help lists them';
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
const code = await main(process.argv.slice(2));
// An experiment's own code may have left timers behind: the program ends when its output is written.
process.stdout.write('', () => process.exit(code));
