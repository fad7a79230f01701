/** The runs of a root as they come, change and go, including those whose process died without a word. */
import path from 'node:path';
import type { RunSummary, UnreadableRun } from '../protocol/run.js';
import { statOf } from './files.js';
import { isLive } from './liveness.js';
import { isRunId, runFiles } from './paths.js';
import { currentState, forEachRun, newestFirst, type RunList, readEntry } from './read.js';
import { type FolderWatch, watchFolder } from './watch.js';

export interface RunChange {
  readonly added: readonly RunSummary[];
  readonly changed: readonly RunSummary[];
  readonly removed: readonly RunSummary[];
  /** All that cannot be read now. */
  readonly unreadable: readonly UnreadableRun[];
}

interface Changes {
  readonly added: RunSummary[];
  readonly changed: RunSummary[];
  readonly removed: RunSummary[];
  /** An unreadable run came, changed or went. */
  unreadable: boolean;
}

/** Milliseconds: notices are gathered; live runs are looked at; and everything is, for disks that send no notices. */
const gather = 50;
const lookAtLive = 2000;
const lookAtAll = 10_000;

const records: ReadonlySet<string> = new Set([runFiles.facts, runFiles.status, runFiles.label]);

interface Entry {
  /** Times and sizes of the records when they were read. */
  readonly signature: string;
  readonly found: RunSummary | UnreadableRun;
}

export class RunWatcher {
  private readonly entries = new Map<string, Entry>();
  private readonly live = new Map<string, FolderWatch>();
  private readonly rootWatch: FolderWatch;
  private readonly liveTimer: NodeJS.Timeout;
  private rootTime = -1;
  private lastScan = 0;
  private readonly dirty = new Set<string>();
  private scanAll = false;
  private timer: NodeJS.Timeout | undefined;
  /** Looks follow each other, so that an old state never overwrites a newer one. */
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  /** `changed` hears of runs that are there at the start as `added`; call `refresh` to wait for them. */
  constructor(
    readonly root: string,
    private readonly changed: (change: RunChange) => void,
  ) {
    this.rootWatch = watchFolder(root, lookAtLive, (name) => {
      // Beside run folders, tickets of the queue lie in the root: they come and go when runs start, pause and end.
      if (name !== undefined) this.schedule(undefined);
      else void this.scanIfDue();
    });
    this.liveTimer = setInterval(() => {
      for (const id of this.live.keys()) this.schedule(id);
    }, lookAtLive);
    this.schedule(undefined);
  }

  /** What is known now, newest first. */
  get list(): RunList {
    const found = [...this.entries.values()].map((entry) => entry.found);
    return {
      runs: found.filter(isSummary).sort(newestFirst),
      unreadable: found.filter((entry) => !isSummary(entry)) as UnreadableRun[],
    };
  }

  get(id: string): RunSummary | undefined {
    const found = this.entries.get(id)?.found;
    return found !== undefined && isSummary(found) ? found : undefined;
  }

  /** Looks at everything now; resolves when `changed` has heard of it. */
  refresh(): Promise<void> {
    this.scanAll = true;
    return this.look();
  }

  dispose(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.liveTimer);
    this.rootWatch.close();
    for (const watch of this.live.values()) watch.close();
  }

  private schedule(id: string | undefined): void {
    if (id === undefined) this.scanAll = true;
    else this.dirty.add(id);
    this.timer ??= setTimeout(() => void this.look(), gather);
  }

  private async scanIfDue(): Promise<void> {
    const time = (await statOf(this.root))?.mtimeMs ?? 0;
    if (time !== this.rootTime || performance.now() - this.lastScan > lookAtAll) this.schedule(undefined);
    this.rootTime = time;
  }

  private look(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work = this.work
      .then(() => this.lookNow())
      // A root that cannot be read now (unmounted, no permission) is tried again at the next look.
      .catch(() => {});
    return this.work;
  }

  private async lookNow(): Promise<void> {
    const change: Changes = { added: [], changed: [], removed: [], unreadable: false };
    if (this.scanAll) {
      this.scanAll = false;
      this.lastScan = performance.now();
      this.dirty.clear();
      const seen = new Set<string>();
      await forEachRun(this.root, async (id) => {
        seen.add(id);
        await this.lookAt(id, change);
      });
      for (const id of this.entries.keys()) if (!seen.has(id)) this.drop(id, change);
    } else {
      const ids = [...this.dirty];
      this.dirty.clear();
      await Promise.all(ids.map((id) => this.lookAt(id, change)));
    }
    if (this.closed) return;
    this.watchLive();
    const { added, changed, removed, unreadable } = change;
    if (unreadable || added.length + changed.length + removed.length > 0)
      this.changed({ added, changed, removed, unreadable: this.list.unreadable });
  }

  private async lookAt(id: string, change: Changes): Promise<void> {
    const before = this.entries.get(id);
    const signature = await signatureOf(path.join(this.root, id));
    if (before?.signature === signature && isSummary(before.found)) {
      // The records are the same; the process behind them may have died, or its heartbeat come back.
      const state = await currentState(before.found);
      if (state === before.found.state) return;
      const found = { ...before.found, state };
      this.entries.set(id, { signature, found });
      change.changed.push(found);
      return;
    }
    const found = await readEntry(this.root, id);
    if (found === undefined) return this.drop(id, change);
    this.entries.set(id, { signature, found });
    const known = before === undefined ? undefined : before.found;
    if (isSummary(found)) {
      if (known === undefined || !isSummary(known)) change.added.push(found);
      else change.changed.push(found);
      change.unreadable ||= known !== undefined && !isSummary(known);
      return;
    }
    if (known !== undefined && isSummary(known)) change.removed.push(known);
    change.unreadable ||= known === undefined || isSummary(known) || known.reason !== found.reason;
  }

  private drop(id: string, change: Changes): void {
    const found = this.entries.get(id)?.found;
    this.entries.delete(id);
    if (found === undefined) return;
    if (isSummary(found)) change.removed.push(found);
    else change.unreadable = true;
  }

  /** Live runs are watched each; the others change so seldom that the look at everything is enough. */
  private watchLive(): void {
    for (const [id, { found }] of this.entries) {
      if (!isSummary(found) || !isLive(found.state) || this.live.has(id) || !isRunId(id)) continue;
      const watch = watchFolder(found.folder, lookAtAll, (name) => {
        if (name === undefined || records.has(name)) this.schedule(id);
      });
      this.live.set(id, watch);
    }
    for (const [id, watch] of this.live) {
      const found = this.entries.get(id)?.found;
      if (found !== undefined && isSummary(found) && isLive(found.state)) continue;
      watch.close();
      this.live.delete(id);
    }
  }
}

function isSummary(found: RunSummary | UnreadableRun): found is RunSummary {
  return !('reason' in found);
}

async function signatureOf(folder: string): Promise<string> {
  const stats = await Promise.all([...records].map((name) => statOf(path.join(folder, name))));
  return stats.map((s) => (s === undefined ? '-' : `${s.mtimeMs}/${s.size}/${s.ino}`)).join(' ');
}
