import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, test } from 'vitest';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import { randomResizedCrop } from '../../../src/augment/random-resized-crop.js';
import type {
  Augmentation,
  Example,
  Image,
  Method,
  NdArray,
  OpenData,
  ViewContext,
} from '../../../src/experiment/contracts.js';
import type { Experiment } from '../../../src/experiment/experiment.js';
import { exampleOf, makeBatch, toTensors } from '../../../src/trainer/examples.js';

const image = (value: number): Image => ({ data: new Float32Array(48).fill(value), shape: [4, 4, 3] });
const data = {
  train: {
    length: 10,
    get: (i: number) => image(i / 10),
    label: (i: number) => i % 3,
    name: (i: number) => `file ${i}.png`,
  },
} as unknown as OpenData<unknown>;

function experimentOf(
  views: (sample: Image, context: ViewContext) => unknown,
  pipeline: Augmentation[] = [],
): Experiment {
  const method = { kind: 'method', use: 'mine', options: {}, pipeline, views } as unknown as Method<never>;
  return { seed: 5, method } as unknown as Experiment;
}

const ops = [randomResizedCrop(), horizontalFlip({ p: 1 })];
const twoViews = experimentOf(
  (sample, context) => ({ first: context.augment(sample, ops, 0), second: context.augment(sample, ops, 1), turn: 2 }),
  ops,
);

describe('makeBatch', () => {
  test('stacks arrays and numbers of the given samples, with their indices and labels', () => {
    const batch = makeBatch(twoViews, data, 0, [7, 2]);
    expect(batch.arrays.first?.shape).toEqual([2, 4, 4, 3]);
    expect(batch.arrays.turn).toEqual({ data: Float32Array.of(2, 2), shape: [2] });
    expect([...batch.indices, ...batch.labels]).toEqual([7, 2, 1, 2]);
    const { example } = exampleOf(twoViews, data, 0, 2);
    expect(batch.arrays.second?.data.slice(48)).toEqual((example.second as NdArray).data);
  });

  test('what a sample looks like does not depend on the batch it is in', () => {
    const whole = makeBatch(twoViews, data, 3, [0, 1, 2, 3]);
    const alone = makeBatch(twoViews, data, 3, [2]);
    expect(alone.arrays.first?.data).toEqual(whole.arrays.first?.data.slice(96, 144));
    expect(makeBatch(twoViews, data, 4, [2]).arrays.first?.shape).toEqual([1, 4, 4, 3]);
  });

  test('keeps integers as integers on the device', () => {
    const tiles = experimentOf(() => ({ order: { data: Int32Array.of(3, 1, 2), shape: [3] } }));
    const { tensors } = toTensors(makeBatch(tiles, data, 0, [0, 1]));
    expect([tensors.order?.dtype, tensors.order?.shape]).toEqual(['int32', [2, 3]]);
    tensors.order?.dispose();
  });

  const bySample = (make: (value: number) => unknown) =>
    experimentOf((sample) => make(Math.round((sample.data[0] as number) * 10)));
  test.each<[string, Experiment, RegExp]>([
    [
      'throw',
      experimentOf(() => {
        throw new Error('oh no');
      }),
      /^sample 4 \(file 4\.png\), method mine: oh no$/,
    ],
    ['return nothing', experimentOf(() => undefined), /sample 4 .*views\(\) must return arrays or numbers by name/],
    ['return text', experimentOf(() => ({ a: 'x' })), /sample 4 .*views\(\) returned "a", which is no number/],
    [
      'return too little data',
      experimentOf(() => ({ a: { data: new Float32Array(3), shape: [2, 2] } })),
      /sample 4 .*"a", which is no number and no \{ data, shape \}/,
    ],
    [
      'return other shapes',
      bySample((i) => ({ a: { data: new Float32Array(i), shape: [i] } })),
      /sample 5 \(file 5\.png\), method mine: views\(\) returned "a" as Float32Array \[5\], but as Float32Array \[4\] before/,
    ],
    [
      'return other types',
      bySample((i) => ({ a: { data: i === 4 ? new Float32Array(1) : new Uint8Array(1), shape: [1] } })),
      /"a" as Uint8Array \[1\], but as Float32Array \[1\] before/,
    ],
    [
      'return more',
      bySample((i) => (i === 4 ? { a: 1 } : { a: 1, b: 1 })),
      /sample 5 .*returned "b" here, but not before/,
    ],
    ['return less', bySample((i) => (i === 4 ? { a: 1, b: 1 } : { a: 1 })), /sample 5 .*returned no "b" here/],
  ])('views that %s are named with the sample', (_, experiment, message) => {
    expect(() => makeBatch(experiment, data, 0, [4, 5])).toThrow(message);
  });

  test('an augmentation that throws is named with sample and view, and keeps the stack of its code', () => {
    const broken: Augmentation = {
      kind: 'augmentation',
      use: 'broken',
      options: {},
      draw: () => ({}),
      apply: function deepInside() {
        throw new RangeError('bad luck');
      },
    };
    const experiment = experimentOf((sample, context) => ({ a: context.augment(sample, [broken], 1) }));
    let caught: Error | undefined;
    try {
      makeBatch(experiment, data, 0, [3]);
    } catch (error) {
      caught = error as Error;
    }
    expect(caught?.message).toBe(
      'sample 3 (file 3.png), method mine: augmentation broken (number 1 of view 1): bad luck',
    );
    expect(caught?.stack).toMatch(/deepInside/);
  });
});

describe('exampleOf', () => {
  test('tells what was done to each array', () => {
    const { traces } = exampleOf(twoViews, data, 0, 1, { trace: true, disabled: [1] });
    expect(Object.keys(traces)).toEqual(['first', 'second']);
    expect(traces.second?.map(({ op, index, applied }) => [op, index, applied])).toEqual([
      ['randomResizedCrop', 0, true],
      ['horizontalFlip', 1, false],
    ]);
    expect(traces.first?.[0]?.drawn).not.toEqual(traces.second?.[0]?.drawn);
  });

  test('traces nothing unless asked', () => {
    const { example, traces } = exampleOf(twoViews, data, 0, 1);
    expect(traces).toEqual({});
    expect(Object.keys(example satisfies Example)).toEqual(['first', 'second', 'turn']);
  });
});
