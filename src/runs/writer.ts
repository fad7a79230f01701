/** A run's folder, from the side of its trainer: the only writer of run.json, status.json and events.jsonl. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RecordedState, RunEvent, RunFacts, RunStatus } from '../protocol/run.js';
import { folderError, guarded, RunFolderError, toJson, writeAtomic, writeFlushed } from './files.js';
import { hostIdentity, isLive, observedState } from './liveness.js';
import { createRoot, isInnerPath, runFiles, runId } from './paths.js';
import { Turn } from './turn.js';

/** What a new run is made of. */
export interface NewRun {
  readonly facts: Omit<RunFacts, 'format' | 'id' | 'created' | 'host'>;
  readonly totalSteps: number;
  /** Sources and bundle: contents by path within the run's folder, with forward slashes. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** What a trainer says of itself; process, host and time are filled in. */
export type StatusChange = Partial<Omit<RunStatus, 'state' | 'pid' | 'host' | 'updated' | 'message'>>;

/** Milliseconds between replacements of status.json while only its numbers change. */
const statusInterval = 1000;

/**
 * Every method throws a RunFolderError when the folder is full, gone, read-only, or taken over by another trainer. A
 * folder that was removed is never made again.
 */
export class RunWriter {
  private lastStatus = 0;
  /** The last write to events.jsonl may have left half a line. */
  private torn = false;

  private constructor(
    readonly folder: string,
    private currentFacts: RunFacts,
    private currentStatus: RunStatus,
    /** The run's place in the queue: `await writer.turn.wait(…)` before training, `release()` at pause and end. */
    readonly turn: Turn,
    /** Where requests to this process begin in control.jsonl. */
    readonly controlOffset: number,
  ) {}

  /** Makes the folder of a new run, in state `queued`, with its place in the queue. A failure leaves no folder behind. */
  static create(runs: string, run: NewRun): RunWriter {
    const root = path.resolve(runs);
    guarded(root, () => createRoot(root));
    const created = new Date();
    const { id, folder } = guarded(root, () => reserve(root, runId(created, run.facts.name, run.facts.specHash)));
    const turn = new Turn(root, id);
    try {
      const facts: RunFacts = { format: 1, id, created: created.getTime(), host: os.hostname(), ...run.facts };
      const status = ownStatus({ state: 'queued', step: 0, totalSteps: run.totalSteps, epoch: 0 });
      return guarded(folder, () => {
        for (const [name, content] of Object.entries(run.files)) {
          if (!isInnerPath(name)) throw new Error(`${name} is not a path within the run`);
          const file = path.join(folder, name);
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(file, content);
        }
        fs.mkdirSync(path.join(folder, runFiles.checkpoints));
        for (const name of [runFiles.control, runFiles.heartbeat]) fs.writeFileSync(path.join(folder, name), '');
        const queued: RunEvent = { type: 'status', state: 'queued', step: 0, epoch: 0, time: facts.created };
        fs.writeFileSync(path.join(folder, runFiles.events), `${toJson(queued)}\n`);
        writeAtomic(path.join(folder, runFiles.status), toJson(status));
        turn.join();
        // Last: a folder without it is a run that is still being made.
        writeAtomic(path.join(folder, runFiles.facts), toJson(facts, 1));
        return new RunWriter(folder, facts, status, turn, 0);
      });
    } catch (error) {
      turn.release();
      fs.rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Takes over the folder of a run that is not live, in state `queued`, with a place in the queue. The records must
   * have been read before (`readRun`). Throws a RunFolderError `taken` if another process has the run.
   */
  static resume(folder: string, facts: RunFacts): RunWriter {
    const turn = new Turn(path.dirname(folder), path.basename(folder));
    // The ticket first: of two that resume at the same time, one does not get it.
    turn.join();
    try {
      return guarded(folder, () => {
        const last = readStatus(folder);
        const heartbeat = fs.statSync(path.join(folder, runFiles.heartbeat), { throwIfNoEntry: false })?.mtimeMs;
        if (isLive(observedState(last, heartbeat)))
          throw new RunFolderError('taken', `Another process (${last.pid}) is already training ${facts.id}.`);
        fs.writeFileSync(path.join(folder, runFiles.heartbeat), '');
        const control = path.join(folder, runFiles.control);
        fs.writeFileSync(control, '', { flag: 'a' });
        const { ended: _ended, message: _message, eta: _eta, ...kept } = last;
        const status = ownStatus({ ...kept, state: 'queued' });
        const writer = new RunWriter(folder, facts, status, turn, fs.statSync(control).size);
        writer.torn = true;
        writeAtomic(path.join(folder, runFiles.status), toJson(status));
        writer.append(writer.statusEvent('queued'));
        return writer;
      });
    } catch (error) {
      turn.release();
      throw error;
    }
  }

  get id(): string {
    return this.currentFacts.id;
  }
  get facts(): RunFacts {
    return this.currentFacts;
  }
  get status(): RunStatus {
    return this.currentStatus;
  }

  /** Completes run.json with what was learned since: engine, steps per epoch, metrics. */
  updateFacts(changes: Partial<Omit<RunFacts, 'format' | 'id'>>): void {
    this.currentFacts = { ...this.currentFacts, ...changes };
    this.guard(runFiles.facts, (file) => writeAtomic(file, toJson(this.currentFacts, 1)));
  }

  /** Appends events with one write. Evaluations, alerts and the like are flushed to the disk at once. */
  append(...events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    const lines = events.map((event) => `${toJson(event)}\n`).join('');
    this.guard(runFiles.events, (file) => {
      // Opened each time, and not made: that is how a removed folder is noticed.
      const descriptor = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_APPEND);
      try {
        const text = this.torn ? `\n${lines}` : lines;
        this.torn = true;
        fs.writeFileSync(descriptor, text);
        this.torn = false;
        if (events.some(({ type }) => type !== 'metrics')) fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    });
  }

  /** Notes where the run stands; status.json follows at most once a second. */
  updateStatus(changes: StatusChange): void {
    this.currentStatus = { ...this.currentStatus, ...changes };
    if (performance.now() - this.lastStatus >= statusInterval) this.writeStatus();
  }

  /**
   * Changes the state: a status event, and status.json at once. The message says why, for people. When the disk is
   * full, an ending is still recorded: in place, in the space that status.json already has.
   */
  setState(state: RecordedState, message?: string): void {
    const now = Date.now();
    this.currentStatus = {
      ...this.currentStatus,
      state,
      message,
      ...(state === 'running' && this.currentStatus.started === undefined ? { started: now } : {}),
      ...(isLive(state) ? {} : { ended: now, eta: undefined }),
    };
    try {
      this.append(this.statusEvent(state, message));
      this.writeStatus();
    } catch (error) {
      if (isLive(state) || !(error instanceof RunFolderError) || error.fault !== 'full') throw error;
      this.guard(runFiles.status, (file) => writeInPlace(file, toJson(this.stamped())));
    }
  }

  private statusEvent(state: RecordedState, message?: string): RunEvent {
    const { step, epoch } = this.currentStatus;
    return { type: 'status', state, message, step, epoch, time: Date.now() };
  }

  private stamped(): RunStatus {
    this.currentStatus = ownStatus(this.currentStatus);
    return this.currentStatus;
  }

  private writeStatus(): void {
    this.guard(runFiles.status, (file) => {
      const { pid, host } = readStatus(this.folder);
      // This process was thought dead (asleep, stopped, unreachable) and someone resumed the run.
      if (pid !== process.pid || host !== hostIdentity)
        throw new RunFolderError('taken', `Another process (${pid} on ${host}) has taken over ${this.id}.`);
      writeAtomic(file, toJson(this.stamped()));
    });
    this.lastStatus = performance.now();
  }

  private guard(name: string, work: (file: string) => void): void {
    const file = path.join(this.folder, name);
    try {
      work(file);
    } catch (error) {
      throw folderError(file, error);
    }
  }
}

function ownStatus(status: Omit<RunStatus, 'pid' | 'host' | 'updated'>): RunStatus {
  return { ...status, pid: process.pid, host: hostIdentity, updated: Date.now() };
}

/** A record of our own making: no checks. */
function readStatus(folder: string): RunStatus {
  return JSON.parse(fs.readFileSync(path.join(folder, runFiles.status), 'utf8'));
}

/** Makes a folder that did not exist; runs that start in the same second get a number behind their id. */
function reserve(root: string, wanted: string): { id: string; folder: string } {
  for (let n = 1; ; n++) {
    const id = n === 1 ? wanted : `${wanted}-${n}`;
    const folder = path.join(root, id);
    try {
      fs.mkdirSync(folder);
      return { id, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function writeInPlace(file: string, content: string): void {
  writeFlushed(file, content.padEnd(fs.statSync(file).size), fs.constants.O_WRONLY);
}
