import { describe, expect, test } from 'vitest';
import { colorJitter } from '../../../src/augment/color-jitter.js';
import { horizontalFlip } from '../../../src/augment/horizontal-flip.js';
import { reusing } from '../../../src/augment/intermediate.js';
import { type Traces, type ViewSettings, viewContext } from '../../../src/augment/pipeline.js';
import { randomResizedCrop } from '../../../src/augment/random-resized-crop.js';
import { solarize } from '../../../src/augment/solarize.js';
import type { Augmentation, Image } from '../../../src/experiment/contracts.js';

const image: Image = {
  data: Float32Array.from({ length: 192 }, (_, i) => ((i * 37) % 101) / 100),
  shape: [8, 8, 3],
};
const pipeline: Augmentation[] = [
  randomResizedCrop(),
  horizontalFlip(),
  colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }),
  solarize({ p: 0.5 }),
];
const settings: ViewSettings = { seed: 3, epoch: 1, sample: 42 };

/** The trace and the picture of one view. */
function traced(changes: Partial<ViewSettings> = {}, view = 0, ops = pipeline) {
  const traces: Traces = new Map();
  const result = viewContext({ ...settings, ...changes, traces }).augment(image, ops, view);
  return { result, trace: traces.get(result.data) ?? [] };
}

describe('draws', () => {
  test('are the same whenever, and in whatever order, they are made', () => {
    const context = viewContext(settings);
    const second = context.augment(image, pipeline, 1);
    const first = context.augment(image, pipeline, 0);
    expect(first.data).toEqual(traced({}, 0).result.data);
    expect(second.data).toEqual(traced({}, 1).result.data);
  });

  test('differ between views, samples, epochs and seeds', () => {
    const results = [traced(), traced({}, 1), traced({ sample: 43 }), traced({ epoch: 2 }), traced({ seed: 4 })].map(
      ({ result }) => result.data.join(),
    );
    expect(new Set(results).size).toBe(results.length);
  });

  test('of the method itself are independent of those of the views', () => {
    const context = viewContext(settings);
    const own = [context.random(), context.random(0), context.random(0, 0), context.random(1)].map((r) => r.bits());
    context.augment(image, pipeline, 0);
    expect(context.random(1).bits()).toBe(own[3]);
    expect(new Set(own).size).toBe(4);
  });
});

test('views made one after the other in memory that is used again do not touch each other', () => {
  const context = viewContext(settings);
  const alone = [0, 1, 2].map((view) => context.augment(image, pipeline, view).data);
  // The first time the memory is too small, so some pictures have their own.
  for (let i = 0; i < 3; i++)
    reusing(() => {
      const together = [0, 1, 2].map((view) => context.augment(image, pipeline, view).data);
      expect(together).toEqual(alone);
    });
  const kept = context.augment(image, pipeline, 0);
  reusing(() => context.augment(image, pipeline, 1));
  expect(kept.data).toEqual(alone[0]);
});

test('all frames of a film share one draw, which is kept as its trace', () => {
  const traces: Traces = new Map();
  const { data: other } = traced({}, 5).result;
  const film = { data: Float32Array.from([...image.data, ...other]), shape: [2, 8, 8, 3] as const };
  const result = viewContext({ ...settings, traces }).augment(film, pipeline, 0);
  expect(result.shape).toEqual([2, 8, 8, 3]);
  const alone = (data: Float32Array) => viewContext(settings).augment({ ...image, data }, pipeline, 0).data;
  expect(result.data.slice(0, 192)).toEqual(alone(image.data));
  expect(result.data.slice(192)).toEqual(alone(other));
  expect(traces.get(result.data)).toEqual(traced().trace);
  // Without augmentations the caller still owns what it gets.
  expect(viewContext(settings).augment(film, [], 0).data).not.toBe(film.data);
});

describe('switched off', () => {
  test('an operation leaves the draws of the others as they were', () => {
    const full = traced().trace;
    pipeline.forEach((_, off) => {
      const { trace } = traced({ disabled: new Set([off]) });
      trace.forEach((op, index) => {
        expect(op).toEqual(index === off ? { ...full[off], applied: false, drawn: {} } : full[index]);
      });
    });
  });

  test('positions are those of the method, also where a view has its own pipeline', () => {
    const [, flip, jitter] = pipeline as [Augmentation, Augmentation, Augmentation];
    const { trace, result } = traced({ pipeline, disabled: new Set([2]) }, 0, [jitter, flip]);
    expect(trace.map(({ op, index, applied }) => [op, index, applied])).toEqual([
      ['colorJitter', 2, false],
      ['horizontalFlip', 1, expect.any(Boolean)],
    ]);
    expect(result.shape).toEqual(image.shape);
  });

  test('everything gives a copy of the sample', () => {
    const { result } = traced({ disabled: new Set([0, 1, 2, 3]) });
    expect(result.data).toEqual(image.data);
    expect(result.data).not.toBe(image.data);
  });
});

test('a picture that is augmented twice is traced from the start', () => {
  const traces: Traces = new Map();
  const context = viewContext({ ...settings, traces });
  const once = context.augment(image, pipeline.slice(0, 1), 0);
  const twice = context.augment(once, pipeline.slice(1, 2), 1);
  expect(traces.get(twice.data)?.map(({ op }) => op)).toEqual(['randomResizedCrop', 'horizontalFlip']);
});

describe('custom augmentations', () => {
  const custom = (change: Partial<Augmentation>): Augmentation => ({
    kind: 'augmentation',
    use: 'myNoise',
    options: {},
    draw: (random) => ({ amount: random.uniform() }),
    apply: ({ data, shape }, { amount }) => ({ data: data.map((value) => value * (amount as number)), shape }),
    ...change,
  });

  test('run like built-in ones', () => {
    const { result, trace } = traced({}, 0, [custom({})]);
    const amount = trace[0]?.drawn.amount as number;
    expect(result.data[5]).toBeCloseTo((image.data[5] as number) * amount, 6);
  });

  test.each([
    ['throw in draw', { draw: () => fail('no luck') }, /myNoise \(number 2 of view 1\): its draw failed: no luck/],
    ['throw in apply', { apply: () => fail('too dark') }, /myNoise \(number 2 of view 1\): too dark/],
    ['return nothing', { apply: () => undefined as never }, /myNoise \(number 2 of view 1\): it must return/],
    [
      'return a wrong size',
      { apply: () => ({ data: new Float32Array(3), shape: [8, 8, 3] as const }) },
      /myNoise \(number 2 of view 1\): it must return/,
    ],
  ])('that %s are named', (_, change, message) => {
    expect(() => traced({}, 1, [horizontalFlip(), custom(change as Partial<Augmentation>)])).toThrow(message);
  });

  function fail(message: string): never {
    throw new Error(message);
  }
});
