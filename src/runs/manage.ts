/** What people do to runs from outside of their trainers. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { requestControl } from './control.js';
import { writeAtomic } from './files.js';
import { hostIdentity, isLive, processExists } from './liveness.js';
import { runFiles, runFolder } from './paths.js';
import { readRun } from './read.js';

/** What was asked for cannot be done to this run; the message says why and what to do first. */
export class RunBusyError extends Error {
  override name = 'RunBusyError';
}

/** Removes a run and everything in its folder. A live run must be stopped first; links in it are not followed. */
export async function deleteRun(root: string, id: string): Promise<void> {
  const folder = runFolder(root, id);
  if (!(await fs.lstat(folder)).isDirectory()) throw new Error(`${id} is not a folder of this place`);
  const run = await readRun(folder).catch(() => undefined); // one that cannot be read may be deleted
  if (run !== undefined && isLive(run.state)) throw new RunBusyError(`${id} is ${run.state}: stop it first.`);
  // Readers see it go at once, and a deletion that fails half-way does not leave half a run in the list.
  const going = path.join(root, `.deleted-${id}`.slice(0, 240));
  const renamed = await fs.rename(folder, going).then(
    () => true,
    () => false, // Windows, when something in it is open
  );
  await fs.rm(renamed ? going : folder, { recursive: true, maxRetries: 5 });
}

/** Gives a run a name of its own; an empty one returns it to its experiment's. */
export async function renameRun(root: string, id: string, name: string): Promise<void> {
  const file = path.join(runFolder(root, id), runFiles.label);
  const trimmed = name.replace(/\s+/gu, ' ').trim().slice(0, 200);
  if (trimmed === '') await fs.rm(file, { force: true });
  else writeAtomic(file, `${JSON.stringify({ name: trimmed })}\n`);
}

/**
 * Asks a run to stop with a checkpoint, and waits for that. When `grace` milliseconds pass, kills its processes, if
 * they are on this machine; the run is then interrupted. Resolves with how it ended.
 */
export async function stopRun(folder: string, grace: number): Promise<'stopped' | 'killed'> {
  requestControl(folder, 'stop');
  const end = performance.now() + grace;
  while (performance.now() < end) {
    if (!isLive((await readRun(folder)).state)) return 'stopped';
    await setTimeout(Math.min(100, grace));
  }
  const { state, status, id } = await readRun(folder);
  if (!isLive(state)) return 'stopped';
  if (status.host !== hostIdentity)
    throw new RunBusyError(`${id} runs on ${status.host} and did not stop when it was asked to; end it there.`);
  killGroup(status.pid);
  return 'killed';
}

/** Kills a detached process and its children. */
export function killGroup(pid: number): void {
  if (pid <= 1 || pid === process.pid || !processExists(pid)) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Not the leader of a group, or gone already.
    }
  }
}
