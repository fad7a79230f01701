import '@tensorflow/tfjs-backend-cpu';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NamedVariable } from '../../../src/experiment/contracts.js';
import { assignTensors } from '../../../src/nn/stored-variables.js';
import { checkpointFile, listCheckpoints, type Progress, readCheckpoint } from '../../../src/runs/checkpoint-file.js';
import { NotFiniteError, pruneCheckpoints, stepsToRemove, writeCheckpoint } from '../../../src/trainer/checkpoints.js';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-checkpoints-'));
  fs.mkdirSync(path.join(folder, 'checkpoints'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const named = (name: string, values: tf.Tensor): NamedVariable => ({
  name,
  variable: tf.variable(values),
  trainable: true,
  decay: true,
});
const progress: Progress = { step: 7, stepsPerEpoch: 5, seed: 3, specHash: 'abc', evaluated: true, alerts: ['stuck'] };
const bits = (variable: NamedVariable) => [...new Uint8Array(variable.variable.dataSync().slice().buffer)];

test('a checkpoint gives back every bit of float and integer variables, and the progress', async () => {
  const written = [
    named('encoder/kernel', tf.tensor2d([0.1, -1e-40, 3.4e38, -0], [2, 2])),
    named('state/pointer', tf.tensor1d([5, -6], 'int32')),
  ];
  const file = await writeCheckpoint(folder, written, progress);
  const read = readCheckpoint(path.join(folder, file));
  expect(read.progress).toEqual(progress);
  const fresh = [named('encoder/kernel', tf.zeros([2, 2])), named('state/pointer', tf.zeros([2], 'int32'))];
  const before = tf.memory().numTensors;
  assignTensors(read.tensors, fresh);
  expect(tf.memory().numTensors).toBe(before);
  expect(fresh.map(bits)).toEqual(written.map(bits));
});

test('NaN is never written, and what was there before stays', async () => {
  const file = path.join(folder, await writeCheckpoint(folder, [named('w', tf.tensor1d([1]))], progress));
  const good = fs.readFileSync(file);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(writeCheckpoint(folder, [named('w', tf.tensor1d([bad]))], progress)).rejects.toThrow(NotFiniteError);
  }
  expect(fs.readFileSync(file)).toEqual(good);
  expect(fs.readdirSync(path.join(folder, 'checkpoints'))).toEqual([path.basename(file)]);
});

test('a checkpoint of another network is refused by name and shape', async () => {
  const file = path.join(folder, await writeCheckpoint(folder, [named('w', tf.tensor1d([1, 2]))], progress));
  const { tensors } = readCheckpoint(file);
  expect(() => assignTensors(tensors, [named('v', tf.zeros([2]))])).toThrow('no v');
  expect(() => assignTensors(tensors, [named('w', tf.zeros([3]))])).toThrow('[2]');
  expect(() => assignTensors(tensors, [named('w', tf.zeros([2], 'int32'))])).toThrow('w is');
});

test('a removed folder is said to be removed', async () => {
  fs.rmSync(folder, { recursive: true });
  await expect(writeCheckpoint(folder, [named('w', tf.tensor1d([1]))], progress)).rejects.toMatchObject({
    name: 'RunFolderError',
    fault: 'removed',
  });
});

test('pruning removes files and keeps first, last and best', async () => {
  for (let step = 0; step <= 100; step += 10) fs.writeFileSync(path.join(folder, checkpointFile(step)), '');
  fs.writeFileSync(path.join(folder, 'checkpoints', 'notes.txt'), '');
  pruneCheckpoints(folder, 4, 70);
  expect(listCheckpoints(folder)).toEqual([0, 40, 70, 100]);
});

test('any run of prunings keeps first, last and best, and no more than asked unless these are more', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat(),
      (list, keep, pick) => {
        const steps = list.sort((a, b) => a - b);
        const best = steps[pick % steps.length]!;
        const left = steps.filter((s) => !stepsToRemove(steps, keep, best).includes(s));
        expect(left).toEqual(expect.arrayContaining([steps[0], steps.at(-1), best]));
        expect(left.length).toBeLessThanOrEqual(Math.max(keep, new Set([steps[0], steps.at(-1), best]).size));
        expect(left.length).toBe(Math.max(left.length, Math.min(keep, steps.length)));
      },
    ),
  );
});
