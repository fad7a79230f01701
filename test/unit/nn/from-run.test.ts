import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toSpec } from '../../../src/experiment/experiment.js';
import { Random } from '../../../src/experiment/random.js';
import { simclr } from '../../../src/methods/simclr.js';
import { convnet } from '../../../src/nn/convnet.js';
import { fromRun } from '../../../src/nn/from-run.js';
import { runsRoot } from '../../../src/runs/paths.js';
import { writeCheckpoint } from '../../../src/trainer/checkpoints.js';

let project: string;
beforeEach(() => {
  project = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-from-run-'));
});
afterEach(() => {
  fs.rmSync(project, { recursive: true, force: true });
  tf.disposeVariables();
});

const encoder = () => convnet({ widths: [4, 6] });
const shape = [8, 8, 3];
const build = (part: ReturnType<typeof fromRun>, own = shape) =>
  part.build(own, Random.fromSeed(99), { baseFolder: project });
const weightsOf = (module: ReturnType<typeof build>) =>
  module.variables().map(({ variable }) => [...variable.dataSync()]);

/** A run whose checkpoint at each step has the weights of another seed. */
async function makeRun(id: string, name: string, steps: number[], best?: number, use?: string) {
  const folder = path.join(runsRoot(project), id);
  fs.mkdirSync(path.join(folder, 'checkpoints'), { recursive: true });
  const spec = { encoder: use === undefined ? toSpec(encoder()) : { use }, method: toSpec(simclr()) };
  const facts = { format: 1, id, name, created: 0, file: '/x.ssl.ts', exportName: 'default', method: 'simclr', spec };
  const rest = {
    specHash: 'h',
    sources: [],
    bundle: 'bundle.mjs',
    versions: {},
    seed: 0,
    host: '',
    maxParallelRuns: 1,
    epochs: 1,
  };
  fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...facts, ...rest }));
  for (const step of steps) {
    const variables = encoder().build(shape, Random.fromSeed(step)).variables();
    const named = variables.map((own) => ({ ...own, name: `encoder/${own.name}` }));
    const headline = best === undefined ? undefined : { metric: 'knn.accuracy', value: 0, best: 1, bestStep: best };
    const progress = { step, stepsPerEpoch: 10, seed: 0, specHash: 'h', evaluated: true, alerts: [], headline };
    await writeCheckpoint(folder, named, progress);
  }
}
const seeded = (seed: number) => weightsOf(encoder().build(shape, Random.fromSeed(seed)));

describe('the encoder of a run', () => {
  it('has the weights of the chosen checkpoint', async () => {
    await makeRun('20260101-000000-pre-aaaaaa', 'pre', [0, 10, 20], 10);
    expect(weightsOf(build(fromRun('pre')))).toEqual(seeded(20));
    expect(weightsOf(build(fromRun('pre', { checkpoint: 'best' })))).toEqual(seeded(10));
    expect(weightsOf(build(fromRun('pre', { checkpoint: 'first' })))).toEqual(seeded(0));
    expect(weightsOf(build(fromRun('pre', { checkpoint: 10 })))).toEqual(seeded(10));
    expect(() => build(fromRun('pre', { checkpoint: 15 }))).toThrow('no checkpoint at step 15; there are 0, 10, 20');
  });

  it('is found by id, by the beginning of it, by path, and by name: then the newest', async () => {
    await makeRun('20260101-000000-pre-aaaaaa', 'pre', [1]);
    await makeRun('20260102-000000-pre-bbbbbb', 'pre', [2]);
    expect(weightsOf(build(fromRun('pre')))).toEqual(seeded(2));
    expect(weightsOf(build(fromRun('20260101-000000-pre-aaaaaa')))).toEqual(seeded(1));
    expect(weightsOf(build(fromRun('20260101')))).toEqual(seeded(1));
    expect(weightsOf(build(fromRun('.autodidact/runs/20260101-000000-pre-aaaaaa')))).toEqual(seeded(1));
    expect(() => build(fromRun('2026'))).toThrow(/could be any of .*bbbbbb.*aaaaaa/);
  });

  it('takes pictures of another size, and trains unless it is frozen', async () => {
    await makeRun('20260101-000000-pre-aaaaaa', 'pre', [1]);
    const wide = build(fromRun('pre'), [16, 12, 3]);
    expect(wide.apply(tf.zeros([2, 16, 12, 3]), { training: false }).shape).toEqual([2, 6]);
    expect(wide.variables().some(({ trainable }) => trainable)).toBe(true);
    const frozen = build(fromRun('pre', { frozen: true }));
    expect(frozen.variables().every(({ trainable }) => !trainable)).toBe(true);
    const before = weightsOf(frozen);
    const input = tf.randomNormal([4, ...shape], 0, 1, 'float32', 3);
    const trained = frozen.apply(input, { training: true }).dataSync();
    expect([...trained]).toEqual([...frozen.apply(input, { training: false }).dataSync()]);
    expect(weightsOf(frozen)).toEqual(before);
  });

  it('says what is wrong and what there is instead', async () => {
    expect(() => build(fromRun('pre'))).toThrow(/no run "pre"; there are no runs/);
    await makeRun('20260101-000000-pre-aaaaaa', 'pre', [1]);
    expect(() => build(fromRun('other'))).toThrow(/no run "other"; the runs in .* are called pre[.] Train/);
    expect(() => build(fromRun('pre'), [8, 8, 1])).toThrow(
      /do not fit here: encoder.conv1.kernel is \[3,3,3,4\] in the checkpoint and \[3,3,1,4\]/,
    );
    await makeRun('20260102-000000-own-cccccc', 'own', [1], undefined, 'myEncoder');
    expect(() => build(fromRun('own'))).toThrow(/is custom code \(myEncoder\)/);
    await makeRun('20260103-000000-new-dddddd', 'new', []);
    expect(() => build(fromRun('new'))).toThrow(/has no checkpoint yet/);
  });
});
