/** Whether the process behind a run is alive: by its id on this machine, else by its heartbeat. */
import fs from 'node:fs';
import os from 'node:os';
import type { RecordedState, RunState, RunStatus } from '../protocol/run.js';

/** How long a heartbeat (renewed every 2 s) may be silent, with room for clocks that differ: milliseconds. */
export const silence = 60_000;

/**
 * Which processes can see each other's ids: the host's name and, on Linux, the process namespace, because a container
 * may share the name of its host and its disks but not its processes.
 */
export const hostIdentity: string = (() => {
  try {
    return `${os.hostname()} ${fs.readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return os.hostname();
  }
})();

/** Whether a process of this host exists. */
export function processExists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ended, but its parent has not asked how: in containers whose first process never asks, that lasts for ever. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}

export function isLive(state: RunState): boolean {
  return state === 'queued' || state === 'running' || state === 'paused';
}

/**
 * The state to show. `heartbeat` is the time of the last one, milliseconds since 1970. A process id alone proves
 * nothing: after a restart of the machine it may be someone else's.
 */
export function observedState(
  status: Pick<RunStatus, 'state' | 'pid' | 'host' | 'updated'>,
  heartbeat: number | undefined,
  now = Date.now(),
): RunState {
  const recorded: RecordedState = status.state;
  if (!isLive(recorded)) return recorded;
  if (status.host === hostIdentity && !processExists(status.pid)) return 'interrupted';
  return now - Math.max(status.updated, heartbeat ?? 0) > silence ? 'interrupted' : recorded;
}
