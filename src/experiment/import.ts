/** Runs a bundled experiment file and takes the experiments it exports. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Experiment, isExperiment } from './experiment.js';
import { sha256 } from './hash.js';
import { withOverrides } from './overrides.js';
import { collectIssues, type Issue, nearest, OptionsError } from './part.js';
import { experimentFromSpec } from './spec.js';

export interface ExportedExperiment {
  readonly exportName: string;
  readonly experiment: Experiment;
}

export interface Imported {
  readonly exports: readonly ExportedExperiment[];
  /** Every mistake in the options of every part. With issues, parts may lack options and must not be used. */
  readonly issues: readonly Issue[];
  /** What the file's own code threw, if it did. */
  readonly failure?: unknown;
}

/** How long a file may take to load, in milliseconds, before it is taken to wait for something that never comes. */
const PATIENCE = 10_000;

const imported = new Map<string, Promise<Imported>>();
let turn: Promise<unknown> = Promise.resolve();

/**
 * All experiments that a bundle exports. A path is run once per process, so other code needs another path.
 * Files are run one after the other, because the mistakes of whichever runs are collected.
 */
export function importExperiments(bundlePath: string): Promise<Imported> {
  const url = pathToFileURL(path.resolve(bundlePath)).href;
  const known = imported.get(url);
  if (known !== undefined) return known;
  const result = turn.then(() => run(url));
  turn = result;
  imported.set(url, result);
  return result;
}

/**
 * One experiment of a bundle, with options changed as by `--set`. Without a name it is the only one, or the default
 * export. Throws an OptionsError with every mistake, an OverrideError, or what the file's code threw.
 */
export async function importExperiment(
  bundlePath: string,
  exportName?: string,
  overrides: readonly string[] = [],
): Promise<Experiment> {
  const { exports, issues, failure } = await importExperiments(bundlePath);
  if (issues.length > 0) throw new OptionsError(issues);
  if (failure !== undefined) throw failure;
  return withOverrides(chooseExperiment(exports, exportName).experiment, overrides);
}

/** The same for the text of a bundle, by way of a temporary file in `folder`. */
export async function importExperimentCode(
  code: string,
  folder: string,
  ...rest: [exportName?: string, overrides?: readonly string[]]
): Promise<Experiment> {
  const file = path.join(folder, `${sha256(code).slice(0, 16)}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, code);
  try {
    return await importExperiment(file, ...rest);
  } finally {
    rmSync(file, { force: true });
  }
}

/** The export of that name; without a name the only one, or the default export. Throws an Error that lists the names. */
export function chooseExperiment(exports: readonly ExportedExperiment[], exportName?: string): ExportedExperiment {
  const names = exports.map((e) => e.exportName);
  if (names.length === 0) throw new Error(noExperiment);
  const wanted = exportName ?? (names.length === 1 ? names[0] : 'default');
  const found = exports.find((e) => e.exportName === wanted);
  if (found !== undefined) return found;
  if (exportName === undefined) throw new Error(`the file exports several experiments; name one: ${names.join(', ')}`);
  const hint = nearest(exportName, names);
  throw new Error(
    `the file exports no experiment "${exportName}"${hint ? `; did you mean "${hint}"?` : '.'} It exports ${names.join(', ')}.`,
  );
}

export const noExperiment =
  'the file exports no experiment: write `export default experiment({ … })`, or `export const name = experiment({ … })`';

async function run(url: string): Promise<Imported> {
  const exports: ExportedExperiment[] = [];
  const { result: failure, issues } = await collectIssues(async () => {
    try {
      const module = (await inTime(import(url))) as Record<string, unknown>;
      const { serializedExperiment } = module;
      if (serializedExperiment !== undefined)
        exports.push({ exportName: 'default', experiment: experimentFromSpec(serializedExperiment) });
      for (const [exportName, value] of Object.entries(module)) {
        if (isExperiment(value)) exports.push({ exportName, experiment: value });
      }
      return undefined;
    } catch (error) {
      return error;
    }
  });
  // An OptionsError without issues only ends the file early: its reasons were collected.
  const known = failure instanceof OptionsError && issues.length > 0;
  return { exports, issues, failure: known ? undefined : failure };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `the file still loads after ${PATIENCE / 1000} s: it awaits something that does not happen`;
    timer = setTimeout(() => reject(new Error(message)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
