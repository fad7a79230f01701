/** What people ask of a trainer: lines that anyone appends to the run's `control.jsonl` and its trainer reads. */
import fs from 'node:fs';
import path from 'node:path';
import type { ControlRequest } from '../protocol/run.js';
import { guarded, writeFlushed } from './files.js';
import { runFiles } from './paths.js';
import { type FolderWatch, watchFolder } from './watch.js';

const actions: ReadonlySet<string> = new Set(['pause', 'resume', 'stop', 'checkpoint', 'evaluate']);

/** Asks the trainer of a run. Throws a RunFolderError if the folder is gone; that someone listens is not known. */
export function requestControl(folder: string, action: ControlRequest['action']): void {
  const file = path.join(folder, runFiles.control);
  const request: ControlRequest = { action, time: Date.now() };
  // The first line break ends whatever half a line someone left behind; empty lines mean nothing.
  guarded(file, () =>
    writeFlushed(file, `\n${JSON.stringify(request)}\n`, fs.constants.O_WRONLY | fs.constants.O_APPEND),
  );
}

/** Tells a trainer what is asked of it, in order, from a given place in the file on. */
export class ControlTail {
  private readonly file: string;
  private readonly watch: FolderWatch;

  /** @param offset bytes that are of the past; `RunWriter.controlOffset`. */
  constructor(
    folder: string,
    private offset: number,
    private readonly asked: (request: ControlRequest) => void,
  ) {
    this.file = path.join(folder, runFiles.control);
    this.watch = watchFolder(folder, 1000, (name) => {
      if (name === undefined || name === runFiles.control) this.check();
    });
    this.check();
  }

  /** Looks now, for a trainer that computes for long and hears no notices meanwhile. */
  check(): void {
    let text: string;
    try {
      if (fs.statSync(this.file).size === this.offset) return;
      text = fs.readFileSync(this.file).toString('utf8', this.offset);
    } catch {
      return; // The folder is gone: the trainer learns that when it writes.
    }
    const end = text.lastIndexOf('\n') + 1;
    this.offset += Buffer.byteLength(text.slice(0, end));
    for (const line of text.slice(0, end).split('\n')) {
      const request = parseControl(line);
      if (request !== undefined) this.asked(request);
    }
  }

  close(): void {
    this.watch.close();
  }
}

/** A line of control.jsonl; undefined if it is not a request. */
export function parseControl(line: string): ControlRequest | undefined {
  try {
    const { action, time } = JSON.parse(line);
    return actions.has(action) && Number.isFinite(time) ? { action, time } : undefined;
  } catch {
    return undefined;
  }
}
