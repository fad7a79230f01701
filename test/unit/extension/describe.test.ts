import { describe, expect, it } from 'vitest';
import { Describe } from '../../../src/extension/describe.js';
import type { RunStatus, RunSummary } from '../../../src/protocol/run.js';

const t = (message: string, ...values: (string | number)[]) =>
  message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
const words = new Describe(t, 'en');

const now = Date.UTC(2026, 0, 2, 12);
function run(state: RunSummary['state'], status: Partial<RunStatus> = {}): RunSummary {
  return {
    folder: '/runs/a',
    id: 'a',
    name: 'simclr',
    state,
    facts: {
      format: 1,
      id: 'a',
      name: 'simclr',
      created: now - 5 * 60_000,
      file: '/simclr.ssl.ts',
      exportName: 'default',
      method: 'simclr',
      spec: {},
      specHash: '',
      sources: [],
      bundle: 'bundle.mjs',
      versions: {},
      seed: 0,
      host: 'here',
      maxParallelRuns: 1,
      epochs: 10,
      metrics: { 'knn.accuracy': { title: 'kNN accuracy', unit: 'fraction' } },
    },
    status: {
      state: 'running',
      pid: 1,
      host: 'here',
      updated: now,
      step: 117,
      totalSteps: 390,
      epoch: 3.02,
      ...status,
    },
  };
}
const headline = { metric: 'knn.accuracy', value: 0.795, untrained: 0.7671 };

describe('a row of the sidebar', () => {
  it('says state, epoch, headline and age', () => {
    expect(words.row(run('running', { headline }), now)).toBe('running · 3/10 · kNN 79.5 % · 5 min. ago');
  });
  it('has the loss until there is an evaluation', () => {
    expect(words.row(run('running', { loss: 5.4321 }), now)).toBe('running · 3/10 · loss 5.43 · 5 min. ago');
  });
  it('is short for a run that has not begun, and for one that is done', () => {
    expect(words.row(run('queued', { epoch: 0 }), now)).toBe('queued · 5 min. ago');
    expect(words.row(run('finished', { epoch: 10, headline }), now)).toBe('finished · kNN 79.5 % · 5 min. ago');
  });
});

describe('other words', () => {
  it('show progress in the status bar', () => {
    expect(words.progress(run('running', { headline }))).toBe('simclr 3/10 · kNN 79.5 %');
    expect(words.progress(run('paused', { headline }))).toBe('simclr paused · kNN 79.5 %');
  });
  it('set the result beside the untrained network', () => {
    expect(words.headlineAgainstUntrained(run('finished', { headline }))).toBe('kNN 79.5 % (untrained 76.7 %)');
  });
  it('fall back to the name of a metric that nobody described', () => {
    expect(words.headline(run('running', { headline: { metric: 'mine', value: 0.01234 } }))).toBe('mine 0.0123');
  });
  it('give durations and ages their largest units', () => {
    expect([0.4, 59.6, 3599, 3900].map((s) => words.duration(s))).toEqual([
      '0 s',
      '1 min 0 s',
      '59 min 59 s',
      '1 h 5 min',
    ]);
    expect([10e3, 3 * 3600e3, 50 * 3600e3].map((ms) => words.age(now - ms, now))).toEqual([
      'now',
      '3 hr. ago',
      '2 days ago',
    ]);
  });
  it('leave out of the details what is not known', () => {
    const details = Object.fromEntries(
      words.details(run('failed', { message: 'disk full', started: now - 90_000, ended: now }), now),
    );
    expect(details.State).toBe('failed · disk full');
    expect(details.Time).toBe('1 min 30 s');
    expect(details.Step).toBe('117 / 390');
    expect(details).not.toHaveProperty('Loss');
    expect(details).not.toHaveProperty('Remaining');
  });
});
