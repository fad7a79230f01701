/** Runs as they are listed: from their small records, without touching their events. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary, UnreadableRun } from '../protocol/run.js';
import { readSmall, statOf } from './files.js';
import { isLive, observedState } from './liveness.js';
import { parseFacts, parseLabel, parseStatus } from './parse.js';
import { isRunId, runFiles } from './paths.js';

/** Bytes. A record that is bigger is not ours. */
const limits = { facts: 8 << 20, status: 1 << 20, label: 64 << 10 };
/** A folder without run.json is being made, for so many milliseconds. */
const making = 10_000;

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly unreadable: readonly UnreadableRun[];
}

/** The record of one run. Rejects with an Error that says what is wrong with the folder. */
export async function readRun(folder: string): Promise<RunSummary> {
  const id = path.basename(folder);
  const [facts, status, label] = await Promise.all([
    readSmall(path.join(folder, runFiles.facts), limits.facts),
    readSmall(path.join(folder, runFiles.status), limits.status),
    // Whatever is wrong with a label is no reason to hide the run.
    readSmall(path.join(folder, runFiles.label), limits.label).catch(() => undefined),
  ]);
  if (facts === undefined) throw new Error(`${runFiles.facts} is missing`);
  if (status === undefined) throw new Error(`${runFiles.status} is missing`);
  const summary = { folder, id, facts: parseFacts(facts, id), status: parseStatus(status) };
  const name = label === undefined ? undefined : parseLabel(label).name;
  return { ...summary, state: await currentState(summary), name: name ?? summary.facts.name };
}

/** The state to show now: a live state needs a live process. */
export async function currentState({ folder, status }: Pick<RunSummary, 'folder' | 'status'>) {
  if (!isLive(status.state)) return status.state;
  const beat = await statOf(path.join(folder, runFiles.heartbeat));
  return observedState(status, beat?.mtimeMs);
}

/** All runs of a root; none if there is no such folder. */
export async function listRuns(root: string): Promise<RunList> {
  const runs: RunSummary[] = [];
  const unreadable: UnreadableRun[] = [];
  await forEachRun(root, async (id) => {
    const found = await readEntry(root, id);
    if (found !== undefined) 'reason' in found ? unreadable.push(found) : runs.push(found);
  });
  return { runs: runs.sort(newestFirst), unreadable: unreadable.sort((a, b) => (a.id < b.id ? 1 : -1)) };
}

export function newestFirst(a: RunSummary, b: RunSummary): number {
  return b.facts.created - a.facts.created || (a.id < b.id ? 1 : -1);
}

/** A run, or why it cannot be read; undefined for a folder that is just being made or was just removed. */
export async function readEntry(root: string, id: string): Promise<RunSummary | UnreadableRun | undefined> {
  const folder = path.join(root, id);
  try {
    return await readRun(folder);
  } catch (error) {
    const made = await statOf(folder);
    const missing = (await statOf(path.join(folder, runFiles.facts))) === undefined;
    if (made === undefined || (missing && Date.now() - made.mtimeMs < making)) return undefined;
    return { folder, id, reason: (error as Error).message };
  }
}

/** Folders of the root that should be runs. Links are not followed: a run lies where it is listed. */
export async function forEachRun(root: string, work: (id: string) => Promise<void>): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const ids = entries.filter((entry) => entry.isDirectory() && isRunId(entry.name)).map(({ name }) => name);
  // A few at a time: as many as keep the threads of the file system busy, without opening thousands of files at once.
  const workers = Array.from({ length: 16 }, async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) await work(id);
  });
  await Promise.all(workers);
}
