import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import '../../../src/engine/gradients.js';
import type { EncoderModule, Image } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { moco } from '../../../src/methods/moco.js';
import { mocoV2 } from '../../../src/methods/moco-v2.js';
import { convnet } from '../../../src/nn/convnet.js';
import type { ImagesBlock, TextBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const random = Random.fromSeed(3);
const images = Array.from(
  { length: 12 },
  (): Image => ({ data: Float32Array.from({ length: 64 }, () => random.uniform()), shape: [8, 8, 1] }),
);
const data = memoryData('image', images, [8, 8, 1]);
const encoder = convnet({ widths: [4, 6] });
const small = { queue: 8, dimension: 5, normSplits: 2 };
const make = (method: unknown = moco(small)) => buildMethod({ method, encoder, data });
type Made = ReturnType<typeof make>;
const variable = (built: Made['built'], name: string) => built.variables.find((own) => own.name === name)!.variable;
const valuesOf = (made: Made, prefix: string) =>
  Object.fromEntries(
    made.built.variables
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, variable }) => [name.slice(prefix.length), [...variable.dataSync()]]),
  );

test('keys are compared with the old queue and then enqueued, oldest out', async () => {
  const made = make();
  const before = await variable(made.built, 'state/queue').array();
  const stepper = made.stepper();
  const seen: Record<string, number>[] = [];
  for (const [step, indices] of [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
  ].entries()) {
    const first = step === 0 ? await made.values(made.batch(indices), stepContext(0)) : undefined;
    seen.push(await stepper.take(step, made.batch(indices)));
    // The loss of a step does not see the keys it enqueues: it is that of the queue before.
    if (first) expect(seen[0]!.loss).toBeCloseTo(first.loss!, 4);
    if (step === 0) {
      expect([...variable(made.built, 'state/queueSamples').dataSync()]).toEqual([0, 1, 2, 3, -1, -1, -1, -1]);
      expect(((await variable(made.built, 'state/queue').array()) as number[][]).slice(4)).toEqual(
        (before as number[][]).slice(0, 4),
      );
    }
  }
  expect([...variable(made.built, 'state/queueSamples').dataSync()]).toEqual([8, 9, 10, 11, 4, 5, 6, 7]);
});

test('the key encoder begins as the encoder, and moves a hundredth of the way to it after a step', async () => {
  const made = make(moco({ ...small, momentum: 0.99 }));
  const begin = valuesOf(made, 'encoder/');
  expect(valuesOf(made, 'keyEncoder/')).toEqual(begin);
  expect(valuesOf(made, 'keyHead/')).toEqual(valuesOf(made, 'head/'));
  const { keyDistance } = await made.stepper().take(0, made.batch([0, 1, 2, 3]));
  expect(keyDistance).toBe(0);
  const [now, moved] = [valuesOf(made, 'encoder/')['conv1/kernel']!, valuesOf(made, 'keyEncoder/')['conv1/kernel']!];
  expect(now).not.toEqual(begin['conv1/kernel']);
  moved.forEach((value, i) => {
    expect(value).toBeCloseTo(0.99 * begin['conv1/kernel']![i]! + 0.01 * now[i]!, 6);
  });
  // Running statistics are its own: each network saw its own views.
  expect(valuesOf(made, 'keyEncoder/')['norm1/mean']).not.toEqual(valuesOf(made, 'encoder/')['norm1/mean']);
});

test('the gradient reaches the encoder and its head, and nothing of the keys', () => {
  const made = make();
  const gradients = made.gradients(made.batch([0, 1, 2, 3]));
  expect(Object.keys(gradients).some((name) => name.startsWith('key') || name.startsWith('state'))).toBe(false);
  for (const [name, gradient] of Object.entries(gradients))
    expect([name, gradient.some((value) => Math.abs(value) > 1e-8)]).toEqual([name, true]);
});

test('keys are computed in shuffled order and come back in theirs', async () => {
  const keys = async (normSplits: number, network: typeof encoder | typeof flat = encoder) => {
    const made = buildMethod({ method: moco({ ...small, normSplits }), encoder: network, data });
    return (await made.model.targets!(made.batch([0, 1, 2, 3]), stepContext()).keys!.array()) as number[][];
  };
  const flat: EncoderModule = {
    features: 64,
    variables: () => [],
    apply: (input) => tf.reshape(input, [-1, 64]),
  };
  // Without batch norm the order makes no difference; with it, other samples share the statistics.
  for (const row of await keys(2, flat)) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
  expect(await keys(2, flat)).toEqual(await keys(1, flat));
  expect(await keys(2)).not.toEqual(await keys(1));
});

test('pictures that are all alike are found no better than by chance', async () => {
  const alike = memoryData(
    'image',
    images.map(() => ({ data: new Float32Array(64).fill(0.5), shape: [8, 8, 1] as const })),
    [8, 8, 1],
  );
  const made = buildMethod({ method: moco({ ...small, views: [] }), encoder, data: alike, learningRate: 1e-9 });
  const stepper = made.stepper();
  let last: Record<string, number> = {};
  for (let step = 0; step < 4; step++) last = await stepper.take(step, made.batch([0, 1, 2, 3]));
  // The queue now holds the same key everywhere.
  expect(last.loss).toBeCloseTo(Math.log(9), 4);
  expect(last.accuracy).toBe(0);
  expect(made.model.metrics.loss?.chance).toBeCloseTo(Math.log(9), 10);
});

test('the symmetric variant is the mean of both directions, and enqueues the keys of both', async () => {
  const made = make(mocoV2({ ...small, symmetric: true, normSplits: 1 }));
  const plain = make(mocoV2({ ...small, normSplits: 1 }));
  const batch = made.batch([0, 1, 2, 3]);
  const swapped = { ...batch, tensors: { query: batch.tensors.key!, key: batch.tensors.query! } };
  const [a, b] = [await plain.values(batch), await plain.values(swapped)];
  expect(a.loss).not.toBeCloseTo(b.loss!, 4);
  expect((await made.values(batch)).loss).toBeCloseTo((a.loss! + b.loss!) / 2, 4);
  await made.stepper().take(0, made.batch([0, 1, 2, 3]));
  expect([...variable(made.built, 'state/queueSamples').dataSync()]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
});

test('v2 differs by temperature and head', () => {
  expect(moco().options).toMatchObject({ temperature: 0.07, queue: 4096, momentum: 0.99, normSplits: 8 });
  expect(mocoV2().options).toMatchObject({ temperature: 0.2 });
  const heads = (method: unknown) => Object.keys(valuesOf(make(method), 'head/'));
  expect(heads(moco(small))).toEqual(['kernel', 'bias']);
  expect(heads(mocoV2(small))).toEqual(['linear1/kernel', 'linear1/bias', 'linear2/kernel', 'linear2/bias']);
});

test('a queue that batches do not fill evenly, and splits that do not divide them, are named', () => {
  const problems = (options: object, batchSize: number) => moco(options).problems({ data: data as never, batchSize });
  expect(problems({ queue: 4096 }, 256)).toEqual([]);
  expect(problems({ queue: 1000 }, 256)).toEqual([expect.stringMatching(/1000.*256.*1024/)]);
  expect(problems({ queue: 256, symmetric: true }, 256)).toEqual([expect.stringMatching(/512/)]);
  expect(problems({ queue: 4096, normSplits: 6 }, 128)).toEqual([expect.stringMatching(/take 8|take 4/)]);
  expect(() => buildMethod({ method: moco({ queue: 1000 }), encoder, data, batchSize: 8 })).not.toThrow();
  expect(() => buildMethod({ method: moco({ queue: 1001 }), encoder, data, batchSize: 8 })).toThrow('multiple');
});

test('the figure shows the hardest keys of the queue with their ages', async () => {
  const made = make();
  const [untrained] = (await made.compare([0, 1])) as [ImagesBlock];
  expect(untrained.columns).toEqual(['query', 'its key', 'negative 1', 'negative 2', 'negative 3', 'negative 4']);
  expect(untrained.tiles.length).toBe(12);
  expect(untrained.tiles[2]!.caption).toContain('random start');
  const stepper = made.stepper();
  await stepper.take(0, made.batch([0, 1, 2, 3]));
  await stepper.take(1, made.batch([4, 5, 6, 7]));
  const { numTensors } = tf.memory();
  const [figure, text] = (await made.compare([0, 1])) as [ImagesBlock, TextBlock];
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(text.text).toContain('8 keys of the last 2 steps');
  const negatives = figure.tiles.slice(2, 6);
  const similarities = negatives.map(({ caption }) => Number(/: (-?[\d.]+),/.exec(caption)![1]));
  expect([...similarities].sort((a, b) => b - a)).toEqual(similarities);
  for (const { caption } of negatives) {
    const [, index, age] = /sample (\d+): .* (\d) steps? old/.exec(caption)!;
    expect(Number(age)).toBe(Number(index) < 4 ? 2 : 1);
  }
});
