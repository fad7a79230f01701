/** Every example trains as it is shipped, and a training that was taken up in the middle of an epoch goes on as if nothing had been. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/protocol/run.js';
import { checkpointFile, listCheckpoints } from '../../src/runs/checkpoint-file.js';
import { requestControl } from '../../src/runs/control.js';
import { Project, type Training } from '../support/training.js';

const folder = path.resolve(import.meta.dirname, '../../examples');
const examples = fs.readdirSync(folder).filter((name) => name.endsWith('.ssl.ts'));
/** Small batches, and nothing is measured between them. */
const small = ['epochs=1', 'batchSize=8', 'evaluate=[]'];
/** Steps that are compared. */
const compared = 3;

interface Steps {
  readonly checkpoint: number;
  readonly stepsPerEpoch: number;
  /** What was recorded of the steps after the checkpoint, by the first process and by the one that took the run up. */
  readonly first: readonly unknown[];
  readonly second: readonly unknown[];
}

const project = new Project();
afterAll(() => project.remove());

/** Two trainings at a time, in the order of the tests. */
const results = new Map<string, Promise<Steps>>();
const lanes = [Promise.resolve(), Promise.resolve()];
examples.forEach((name, i) => {
  const result = (lanes[i % 2] as Promise<void>).then(() => trainTwice(path.join(folder, name)));
  lanes[i % 2] = result.then(
    () => undefined,
    () => undefined,
  );
  results.set(name, result);
});

async function trainTwice(file: string): Promise<Steps> {
  const first = await project.start(file, { set: small, engine: 'auto', maxParallel: 2 });
  await first.until((events) => lastStep(events) >= 1);
  requestControl(first.folder, 'checkpoint');
  await first.until((events) => checkpointOf(events) > 0 && lastStep(events) >= checkpointOf(events) + compared);
  await end(first);
  const events = first.events();
  const checkpoint = checkpointOf(events);
  // A short epoch may have ended since.
  for (const step of listCheckpoints(first.folder))
    if (step > checkpoint) fs.rmSync(path.join(first.folder, checkpointFile(step)));
  const resumed = await project.resume(first.folder);
  const recorded = events.length;
  const later = (all: readonly RunEvent[]) => all.slice(recorded);
  await resumed.until((all) => lastStep(later(all)) >= checkpoint + compared);
  await end(resumed);
  const { stepsPerEpoch } = JSON.parse(fs.readFileSync(path.join(first.folder, 'run.json'), 'utf8'));
  return {
    checkpoint,
    stepsPerEpoch,
    first: valuesAfter(checkpoint, events),
    second: valuesAfter(checkpoint, later(resumed.events())),
  };
}

async function end(training: Training): Promise<void> {
  training.child.kill('SIGKILL');
  await training.ended;
}

const lastStep = (events: readonly RunEvent[]) =>
  Math.max(0, ...events.flatMap((event) => (event.type === 'metrics' ? [event.step] : [])));
/** Step of the first checkpoint after the one of the untrained network. */
const checkpointOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'checkpoint' && event.step > 0 ? [event.step] : []))[0] ?? 0;
/** All that was recorded of the steps after this one, but how long they took. */
const valuesAfter = (step: number, events: readonly RunEvent[]) =>
  events.flatMap((event) => {
    if (event.type !== 'metrics' || event.step <= step || event.step > step + compared) return [];
    return [{ step: event.step, ...event.values, imagesPerSecond: undefined }];
  });

test.each(examples)('%s trains, and resumes exactly', { timeout: 300_000 }, async (name) => {
  const { checkpoint, stepsPerEpoch, first, second } = await (results.get(name) as Promise<Steps>);
  expect(checkpoint % stepsPerEpoch).toBeGreaterThan(0);
  expect(first).toHaveLength(compared);
  for (const values of first as { loss: unknown }[]) expect(Number.isFinite(values.loss)).toBe(true);
  // Equal to the last bit: the gradients of each step depend on every weight, queue and bank, and on all that is drawn.
  expect(second).toEqual(first);
});
