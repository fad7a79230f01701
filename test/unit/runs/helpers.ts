import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { MetricsEvent } from '../../../src/protocol/run.js';
import { RunWriter } from '../../../src/runs/writer.js';
import { newRun } from './new-run.js';

export { newRun };

/** A folder for runs that is gone after the test. */
export function temporaryRoot(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-runs-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function createRun(root: string, name?: string): RunWriter {
  return RunWriter.create(root, newRun(name));
}

export function metrics(step: number, values: MetricsEvent['values'] = { loss: 1 / (step + 1) }): MetricsEvent {
  return { type: 'metrics', step, epoch: step / 5, time: 1_700_000_000_000 + step, values };
}

export function lines(folder: string): unknown[] {
  return fs
    .readFileSync(path.join(folder, 'events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
