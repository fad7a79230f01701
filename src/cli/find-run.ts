/** Which run a person means. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { RunSummary } from '../protocol/run.js';
import { isRunId, projectFolder, runFiles, runsRoot } from '../runs/paths.js';
import { readRun } from '../runs/read.js';
import { type Arguments, UsageError } from './command.js';

/** The folder of the runs that this command is about. */
export function rootOf(args: Arguments): string {
  const given = args.text('run-dir');
  return given === undefined ? runsRoot(projectFolder(process.cwd())) : path.resolve(given);
}

/** RUN as an id, the beginning of only one id, or the path of a run's folder. Throws a UsageError. */
export async function findRun(args: Arguments, wanted = args.positionals[0] as string): Promise<RunSummary> {
  const folder = await findFolder(rootOf(args), wanted);
  try {
    return await readRun(folder);
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}`);
  }
}

async function findFolder(root: string, wanted: string): Promise<string> {
  if (existsSync(path.join(wanted, runFiles.facts))) return path.resolve(wanted);
  if (wanted !== path.basename(wanted)) throw new UsageError(`there is no run in ${path.resolve(wanted)}`);
  const ids = (await readdir(root).catch(() => [])).filter(isRunId);
  if (ids.length === 0) throw new UsageError(`there are no runs in ${root}`);
  const found = ids.includes(wanted) ? [wanted] : ids.filter((id) => id.startsWith(wanted));
  if (found.length > 1) throw new UsageError(`"${wanted}" could be any of these:\n  ${found.sort().join('\n  ')}`);
  if (found[0] === undefined)
    throw new UsageError(`no run begins with "${wanted}"; the nearest is ${closest(wanted, ids)}`);
  return path.join(root, found[0]);
}
