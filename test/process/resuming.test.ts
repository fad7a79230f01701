/** Methods that keep more than weights: stopped and taken up again, they end with every bit of an undisturbed training. */
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requestControl } from '../../src/runs/control.js';
import { Project, points, type Training, weights } from '../support/training.js';

const stepsPerEpoch = 6;
const epochs = 8;
const last = stepsPerEpoch * epochs;
const small = ['data.train=96', 'batchSize=16', `epochs=${epochs}`, 'evaluate=[]'];

/** What must be among the tensors of a checkpoint, and the options that make it small. */
const keeps = [
  { id: 'moco-v2', what: ['state/queue'], set: ['method.queue=64'] },
  {
    id: 'local-aggregation',
    what: ['state/bank', 'state/clusters'],
    set: ['method.background=24', 'method.clusters=8', 'method.warmStart=1'],
  },
];

const project = new Project();
afterAll(() => project.remove());

async function ended(training: Training): Promise<Training> {
  expect(await training.ended, training.output()).toBe(0);
  return training;
}

test.each(keeps)('$id', { timeout: 120_000 }, async ({ id, what, set }) => {
  const file = path.resolve(import.meta.dirname, `../../examples/${id}.ssl.ts`);
  const start = () => project.start(file, { set: [...small, ...set], engine: 'auto', maxParallel: 2 });
  const [undisturbed, stopped] = await Promise.all([start().then(ended), stop(await start())]);
  expect(stopped.status).toMatchObject({ state: 'stopped' });
  expect(stopped.status.step).toBeLessThan(last);
  const resumed = await ended(await project.resume(stopped.folder));
  const expected = weights(undisturbed.folder, last);
  for (const kept of what)
    expect(
      Object.keys(expected).some((name) => name.startsWith(kept)),
      kept,
    ).toBe(true);
  expect(weights(resumed.folder, last)).toEqual(expected);
  expect(points(resumed.events(), 'loss')).toEqual(points(undisturbed.events(), 'loss'));
});

/** Stops it in its third epoch. */
async function stop(training: Training): Promise<Training> {
  await training.until((events) => Math.max(0, ...points(events, 'loss').keys()) > 2 * stepsPerEpoch);
  requestControl(training.folder, 'stop');
  return ended(training);
}
