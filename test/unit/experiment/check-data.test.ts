import { describe, expect, it } from 'vitest';
import { checkAgainstData } from '../../../src/experiment/check-data.js';
import type { OpenData } from '../../../src/experiment/contracts.js';
import { evaluation, method } from '../../../src/experiment/custom.js';
import { experiment } from '../../../src/experiment/experiment.js';
import { sound } from './parts.js';

const samples = (length: number) => ({ length, get: () => ({}), label: () => -1, name: String });
const data = (train: number, { test = 10, classes = ['a'] } = {}): OpenData<unknown> => ({
  kind: 'image',
  title: 'Pictures',
  shape: [8, 8, 1],
  classes,
  train: samples(train),
  test: samples(test),
  notes: [],
});
const count = evaluation({ name: 'count', needsLabels: true, run: async () => ({ n: 1 }) });
const own = (input: 'image' | 'text') =>
  method({
    name: 'own',
    info: { title: 'Own', inputs: [input] },
    views: () => ({}),
    build: () => ({}) as never,
  });
const check = (changes: object, against: OpenData<unknown>) =>
  checkAgainstData(experiment({ ...sound(), method: own('image'), ...changes } as never), against).map(
    ({ severity, path, message }) => `${severity} ${path.join('.')}: ${message}`,
  );

describe('an experiment and its data', () => {
  it('fit when there is a batch of samples and labels for what needs them', () => {
    expect(check({ batchSize: 64, evaluate: [count] }, data(64))).toEqual([]);
  });

  it('do not fit when the method has a problem with the data or the batch size', () => {
    const picky = {
      ...own('image'),
      problems: ({ data, batchSize }: { data: OpenData; batchSize: number }) => [`${data.title} by ${batchSize}`],
    };
    expect(check({ method: picky, batchSize: 8 }, data(64))).toEqual(['error method: Pictures by 8']);
  });

  it('do not fit when there are fewer samples than a batch takes', () => {
    expect(check({ batchSize: 65 }, data(64))).toEqual([
      'error batchSize: 65 is more than the 64 training samples; take 64 or less',
    ]);
    expect(check({}, data(1))).toEqual(['error data: Pictures has 1 training samples; 2 or more are needed']);
  });

  it('do not fit when the method learns from something else', () => {
    expect(check({ batchSize: 2, method: own('text') }, data(64))).toEqual([
      'error method: Own learns from texts, but Pictures has images',
    ]);
  });

  it('come with a warning for what cannot be evaluated', () => {
    expect(check({ batchSize: 2, evaluate: [count] }, data(64, { classes: [] }))).toEqual([
      'warning evaluate.0: count is left out: Pictures has no labels',
    ]);
    const ofViews = evaluation({ name: 'alignment', inputs: ['views'], run: async () => ({ n: 1 }) });
    expect(check({ batchSize: 2, evaluate: [ofViews] }, data(64))).toEqual([
      'warning evaluate.0: alignment is left out: it measures films of several cameras (views), but Pictures has images',
    ]);
    expect(check({ batchSize: 2, evaluate: [count] }, data(64, { test: 0 }))).toEqual([
      'warning evaluate.0: count has nothing to measure: Pictures has no test samples',
    ]);
  });
});
