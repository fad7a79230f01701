/** Real trainer processes on a small experiment, for the tests of dist/. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { distFolder } from '../../src/experiment/package-files.js';
import { type TrainerCommand, type TrainerOutcome, trainerArguments } from '../../src/protocol/launch.js';
import type { RunEvent, RunStatus } from '../../src/protocol/run.js';
import { checkpointFile, readCheckpoint } from '../../src/runs/checkpoint-file.js';
import { runFiles } from '../../src/runs/paths.js';
import { watchFolder } from '../../src/runs/watch.js';

/** A project in a folder of its own, with an experiment file. */
export class Project {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-training-'));
  readonly runs = path.join(this.folder, '.autodidact', 'runs');
  private readonly processes: ChildProcess[] = [];

  /** Writes an experiment file and returns its path. */
  write(text: string, name = 'tiny.ssl.ts'): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, text);
    return file;
  }

  start(file: string, options: { set?: string[]; maxParallel?: number; engine?: string } = {}): Promise<Training> {
    return this.launch({
      command: 'start',
      file,
      runs: this.runs,
      set: options.set,
      engine: options.engine ?? 'wasm',
      maxParallel: options.maxParallel ?? 1,
    });
  }

  resume(run: string): Promise<Training> {
    return this.launch({ command: 'resume', run });
  }

  private async launch(command: TrainerCommand): Promise<Training> {
    const child = fork(path.join(distFolder, 'trainer.js'), trainerArguments(command), {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.processes.push(child);
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      output += text;
    });
    const ended = once(child, 'close');
    const message = await Promise.race([
      once(child, 'message').then(([first]) => first as TrainerOutcome),
      ended.then(() => {
        throw new Error(`the trainer ended before it answered:\n${output}`);
      }),
    ]);
    return new Training(
      child,
      message,
      ended.then(([code]) => code as number | null),
      () => output,
    );
  }

  /** Kills what still runs and removes the folder. */
  async remove(): Promise<void> {
    for (const child of this.processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Training {
  constructor(
    readonly child: ChildProcess,
    readonly message: TrainerOutcome,
    /** Resolves with the exit code when the process is gone. */
    readonly ended: Promise<number | null>,
    readonly output: () => string,
  ) {}

  get folder(): string {
    if (this.message.kind !== 'created') throw new Error(`rejected: ${this.message.message}`);
    return this.message.folder;
  }

  get status(): RunStatus {
    return JSON.parse(fs.readFileSync(path.join(this.folder, runFiles.status), 'utf8'));
  }

  events(): RunEvent[] {
    return readEvents(this.folder);
  }

  /** Resolves as soon as the events fulfil the condition; rejects if the process ends first. */
  async until(condition: (events: readonly RunEvent[]) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        if (condition(this.events())) finish(resolve);
      };
      const watch = watchFolder(this.folder, 200, check);
      const finish = (settle: () => void) => {
        watch.close();
        settle();
      };
      this.ended.then(() => finish(() => reject(new Error(`the trainer ended too early:\n${this.output()}`))));
      check();
    });
  }
}

export function readEvents(folder: string): RunEvent[] {
  return fs
    .readFileSync(path.join(folder, runFiles.events), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line));
}

/** Points of a metric by step, with what a rewind took back left out. */
export function points(events: readonly RunEvent[], metric: string): Map<number, unknown> {
  const values = new Map<number, unknown>();
  for (const event of events) {
    if (event.type === 'rewind') for (const step of values.keys()) if (step > event.step) values.delete(step);
    if ((event.type === 'metrics' || event.type === 'evaluation') && metric in event.values)
      values.set(event.step, event.values[metric]);
  }
  return values;
}

/** Name, shape and every bit of each tensor of a run's checkpoint. */
export function weights(folder: string, step: number): Record<string, string> {
  const { tensors } = readCheckpoint(path.join(folder, checkpointFile(step)));
  return Object.fromEntries(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      `${shape} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    ]),
  );
}
