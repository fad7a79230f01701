/** What a command is: data for its help and its arguments, and what it does. */

import { parseArgs, stripVTControlCharacters } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** What stands for its value in the help, such as `NAME`. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** What it is for, in one line. */
  readonly summary: string;
  /** Names of its positional arguments, all required. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** More to say under the options. */
  readonly remarks?: string;
  /** Resolves with the exit code. */
  run(args: Arguments): Promise<number>;
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Exit codes. */
export const done = 0;
export const failed = 1;
export const wrong = 2;

/** Checked arguments of a command. */
export class Arguments {
  constructor(
    readonly positionals: readonly string[],
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }
  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }
  texts(name: string): readonly string[] {
    return (this.values[name] as string[] | undefined) ?? [];
  }
  /** A whole number of at least `least`. */
  integer(name: string, least: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new UsageError(`--${name} must be a whole number, ${least} or more (found "${text}")`);
    return value;
  }
  /** One of a few words. */
  choice(name: string, allowed: readonly string[]): string | undefined {
    const text = this.text(name);
    if (text !== undefined && !allowed.includes(text))
      throw new UsageError(`--${name} must be one of ${allowed.join(', ')} (found "${text}")`);
    return text;
  }
}

export const helpOption: Option = { type: 'boolean', help: 'Show this help.' };
export const jsonOption: Option = { type: 'boolean', help: 'Print JSON instead of text.' };
export const runDirOption: Option = {
  type: 'string',
  value: 'FOLDER',
  help: 'Folder of the runs. Default: .autodidact/runs of the nearest folder above that has it, else of this one.',
};

/** Reads a command's arguments. Throws a UsageError. */
export function readArguments(command: Command, argv: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: helpOption }).map(([name, { type, multiple }]) => [
      name,
      { type, multiple: multiple ?? false },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(parseFault(error as NodeJS.ErrnoException, Object.keys(options)));
  }
  const { positionals, values } = parsed;
  if (values.help !== true) {
    const missing = command.positionals[positionals.length];
    if (missing !== undefined) throw new UsageError(`${missing} is missing`);
    if (positionals.length > command.positionals.length)
      throw new UsageError(`unexpected argument "${positionals[command.positionals.length]}"`);
  }
  return new Arguments(positionals, values);
}

/** What `parseArgs` found wrong, shorter, with the option that was probably meant. */
function parseFault({ code, message }: NodeJS.ErrnoException, known: readonly string[]): string {
  const option = /'--([^']+)'/.exec(message)?.[1];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || option === undefined) return message;
  const near = closest(option, known);
  return `unknown option --${option}${distance(option, near) <= 2 ? `; did you mean --${near}?` : ''}`;
}

/** The help of one command. */
export function commandHelp(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, help: helpOption });
  const rows = options.map(([option, { value, help, multiple }]) => [
    `--${option}${value === undefined ? '' : ` ${value}`}`,
    multiple ? `${help} Can be given several times.` : help,
  ]);
  const usage = ['autodidact', name, ...command.positionals, '[options]'].join(' ');
  return `${[command.summary, '', `Usage: ${usage}`, '', 'Options:', ...twoColumns(rows)].join('\n')}${
    command.remarks === undefined ? '' : `\n\n${command.remarks}`
  }`;
}

/** Rows of a name and an explanation, which is wrapped beside it. */
export function twoColumns(rows: readonly (readonly string[])[], width = 100): string[] {
  const left = Math.max(...rows.map(([name]) => stripVTControlCharacters(name ?? '').length)) + 4;
  return rows.flatMap(([name = '', text = '']) => {
    const lines = [''];
    for (const word of text.split(' ')) {
      const line = lines.at(-1) as string;
      if (line !== '' && line.length + word.length + 1 > width - left) lines.push(word);
      else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
    return lines.map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(left)}${line}`.trimEnd());
  });
}
