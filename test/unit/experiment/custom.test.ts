import { describe, expect, it } from 'vitest';
import { augmentation, dataset, encoder, evaluation, method, optimizer } from '../../../src/experiment/custom.js';
import { toSpec } from '../../../src/experiment/experiment.js';
import { OptionsError } from '../../../src/experiment/part.js';
import './parts.js';

const mistakes = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    if (error instanceof OptionsError) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw error;
  }
  return [];
};
const nothing = () => undefined as never;

describe('custom parts', () => {
  it('are parts like the built-in ones', () => {
    const invert = augmentation({
      name: 'invert',
      options: { strength: 1 },
      draw: () => ({}),
      apply: ({ data, shape }) => ({ data: data.map((v) => 1 - v), shape }),
    });
    expect(toSpec(invert)).toEqual({ use: 'invert', strength: 1 });
    expect(invert.kind).toBe('augmentation');
    expect(invert.apply({ data: Float32Array.of(0.25), shape: [1, 1, 1] }, {}).data[0]).toBe(0.75);
  });

  it('fill in what need not be said', () => {
    const own = method({ name: 'own', info: { title: 'Own' }, views: nothing, build: nothing });
    expect(own.info).toMatchObject({ title: 'Own', inputs: ['image'] });
    expect(own.pipeline).toEqual([]);
    expect(evaluation({ name: 'count', run: async () => ({ n: 1 }) })).toMatchObject({
      when: 'epoch',
      needsLabels: false,
    });
  });

  it('keep functions that use `this`', () => {
    const own = {
      name: 'own',
      factor: 3,
      draw: () => ({}),
      apply: nothing,
      double() {
        return this.factor * 2;
      },
    };
    expect((augmentation(own) as unknown as typeof own).double()).toBe(6);
  });

  it('say which function is missing and what it is for', () => {
    const make = { augmentation, dataset, encoder, method, optimizer, evaluation } as Record<
      string,
      (d: object) => unknown
    >;
    const needed = {
      augmentation: ['draw', 'apply'],
      dataset: ['open'],
      encoder: ['build'],
      method: ['views', 'build'],
      optimizer: ['learningRate', 'create'],
      evaluation: ['run'],
    };
    for (const [kind, functions] of Object.entries(needed)) {
      const found = mistakes(() => make[kind]?.({ name: 'own' }));
      expect(found.map((text) => text.split(':')[0])).toEqual(functions);
      for (const text of found) expect(text).toContain('missing: the function `');
    }
  });

  it('recognize a misspelt function, a value in its place, and a bad name', () => {
    expect(mistakes(() => encoder({ name: 'own', biuld: nothing } as never))[0]).toContain(
      'is "biuld" meant to be "build"?',
    );
    expect(mistakes(() => encoder({ name: 'own', build: 3 } as never))[0]).toContain('found 3');
    expect(mistakes(() => encoder({ build: nothing } as never))).toEqual([
      expect.stringMatching(/^name: expected a name/),
    ]);
    expect(mistakes(() => encoder({ name: 'testNet', build: nothing }))).toEqual([
      expect.stringContaining('"testNet" is a built-in part'),
    ]);
    expect(mistakes(() => encoder(undefined as never))).toHaveLength(2);
  });
});
