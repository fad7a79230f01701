/**
 * Who may train: tickets `.turn-<number>` in the folder of the runs, in the order in which trainers asked. A trainer may
 * go when fewer than `maxParallel` tickets of living trainers are before its own. There is no coordinator, so runs
 * take their turn whether or not a window is open; a ticket whose trainer died is removed by those who wait behind it.
 *
 * Why no two trainers see themselves in front: a number is made by exclusive creation and holds only if no greater one
 * existed after that, else it is given back. So a ticket never appears before one that has already been looked past.
 *
 * A paused run gives its ticket back: pausing is how a person lets another run go first. Going on means to ask again.
 */
import fs from 'node:fs';
import path from 'node:path';
import { guarded, RunFolderError, toJson } from './files.js';
import { hostIdentity, observedState, processExists } from './liveness.js';
import { runFiles } from './paths.js';
import { watchFolder } from './watch.js';

const ticketName = /^\.turn-(\d{1,9})$/;
/** Numbers begin at 1 whenever nobody waits. */
const lastTicket = 999_999_999;
/** How often waiting trainers look, and how many looks without a heartbeat mean death: half a minute, without clocks. */
const look = 2000;
const deadAfter = 15;

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
}

export class Turn {
  private ticket: number | undefined;
  /** For each ticket before ours, the last heartbeat and how many looks it has been the same. */
  private readonly seen = new Map<number, { beat: number; looks: number }>();

  /** A place in the queue of `root` for the run `id`; nothing is taken yet. */
  constructor(
    private readonly root: string,
    private readonly id: string,
  ) {}

  /** Takes a ticket behind all others. Throws a RunFolderError `taken` if a living trainer has one for the same run. */
  join(): void {
    if (this.ticket !== undefined) return;
    const holder: Holder = { id: this.id, pid: process.pid, host: hostIdentity };
    for (;;) {
      const number = (this.numbers().at(-1) ?? 0) + 1;
      if (number > lastTicket) throw new RunFolderError('failing', `Remove the file ${this.file(lastTicket)}.`);
      try {
        guarded(this.root, () => fs.writeFileSync(this.file(number), toJson(holder), { flag: 'wx' }));
      } catch (error) {
        if (((error as Error).cause as NodeJS.ErrnoException)?.code === 'EEXIST') continue;
        throw error;
      }
      this.ticket = number;
      if (this.numbers().at(-1) === number) break;
      this.release();
    }
    for (const number of this.before()) {
      const other = this.holder(number);
      if (other?.id !== this.id) continue;
      // A trainer that has just asked may not have renewed the heartbeat yet.
      const asked = fs.statSync(this.file(number), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      const state = observedState({ ...other, state: 'running', updated: asked }, this.heartbeat(this.id));
      if (state === 'interrupted') continue;
      this.release();
      throw new RunFolderError('taken', `Another process (${other.pid}) is already training ${this.id}.`);
    }
  }

  /**
   * Resolves when this run may train; rejects with the signal's reason. `waits` hears how many runs must end first,
   * each time that number changes.
   */
  async wait(maxParallel: number, signal: AbortSignal, waits?: (runs: number) => void): Promise<void> {
    let told = 0;
    let wake = () => {};
    const watch = watchFolder(this.root, look, (name) => {
      // Most changes in this folder are not about tickets.
      if (name === undefined || ticketName.test(name)) wake();
    });
    const abort = () => wake();
    signal.addEventListener('abort', abort);
    let looked = 0;
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        // A ticket can only be missing if others thought us dead, after a long sleep of the machine: ask again.
        if (this.ticket !== undefined && !fs.existsSync(this.file(this.ticket))) this.ticket = undefined;
        this.join();
        // Notices may come in bursts; only looks that are apart in time count against a silent trainer.
        const counts = performance.now() - looked >= look / 2;
        if (counts) looked = performance.now();
        const runs = this.before().filter((number) => this.lives(number, counts)).length - maxParallel + 1;
        if (runs <= 0) return;
        if (runs !== told) waits?.(runs);
        told = runs;
        await changed;
      }
    } finally {
      watch.close();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Gives the ticket back; the next run may go. */
  release(): void {
    if (this.ticket === undefined) return;
    fs.rmSync(this.file(this.ticket), { force: true });
    this.ticket = undefined;
  }

  private file(number: number): string {
    return path.join(this.root, `.turn-${number}`);
  }

  /** All tickets in order. */
  private numbers(): number[] {
    return guarded(this.root, () => fs.readdirSync(this.root))
      .flatMap((name) => ticketName.exec(name)?.slice(1).map(Number) ?? [])
      .sort((a, b) => a - b);
  }

  private before(): number[] {
    return this.numbers().filter((number) => number < (this.ticket ?? 0));
  }

  private holder(number: number): Holder | undefined {
    try {
      const { id, pid, host } = JSON.parse(fs.readFileSync(this.file(number), 'utf8'));
      return typeof id === 'string' && path.basename(id) === id ? { id, pid, host } : undefined;
    } catch {
      return undefined; // given back in this moment, or just being written
    }
  }

  private heartbeat(id: string): number {
    return fs.statSync(path.join(this.root, id, runFiles.heartbeat), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** Whether a ticket's trainer lives; removes the ticket if not. */
  private lives(number: number, counts: boolean): boolean {
    const holder = this.holder(number);
    const beat = holder === undefined ? 0 : this.heartbeat(holder.id);
    const last = this.seen.get(number);
    const looks = last?.beat !== beat ? 0 : last.looks + (counts ? 1 : 0);
    this.seen.set(number, { beat, looks });
    const dead = looks >= deadAfter || (holder?.host === hostIdentity && !processExists(holder.pid));
    if (dead) fs.rmSync(this.file(number), { force: true });
    return !dead;
  }
}
