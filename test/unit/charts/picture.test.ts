import { describe, expect, it } from 'vitest';
import type { MetricInfo, RunFacts } from '../../../src/protocol/run.js';
import { durationSpacing, logTicks, part, tickSpacing, ticks, within } from '../../../webview/charts/data/axis.js';
import { toCsv } from '../../../webview/charts/data/csv.js';
import { differences } from '../../../webview/charts/data/differences.js';
import {
  formatDuration,
  formatNumber,
  formatTick,
  formatValue,
  setLanguage,
} from '../../../webview/charts/data/format.js';
import { type ChartMetric, chartMetrics } from '../../../webview/charts/data/metrics.js';
import { drawPicture, type ShownRun, wholeSpan } from '../../../webview/charts/data/picture.js';
import { readAt } from '../../../webview/charts/data/reading.js';
import { RunData } from '../../../webview/charts/data/run-data.js';

setLanguage('en');

interface Given {
  readonly metric: string;
  readonly evaluation?: boolean;
  readonly step: readonly number[];
  readonly value: readonly number[];
}
const start = Date.UTC(2026, 0, 1);

function runOf(name: string, given: readonly Given[], metrics: Record<string, MetricInfo> = {}): ShownRun {
  const data = new RunData();
  const series = given.map(({ metric, evaluation = false, step, value }) => ({
    metric,
    evaluation,
    step: Float64Array.from(step),
    epoch: Float64Array.from(step, (s) => s / 10),
    time: Float64Array.from(step, (s) => start + 2000 * s),
    value: Float64Array.from(value),
  }));
  data.apply({ run: name, sequence: 1, from: 0, series, alerts: [] });
  return { id: name, name, look: 0, data, metrics };
}
const settings = { x: 'step', smoothing: 0, logX: false, logY: false } as const;
const metric = (key: string, info: Partial<MetricInfo> = {}): ChartMetric => ({
  key,
  metric: key.slice(2),
  evaluation: key.startsWith('e'),
  info: { title: key, ...info },
});

describe('drawPicture', () => {
  const accuracy = { unit: 'fraction', chance: 0.1 } as const;
  const knn = (name: string, values: readonly number[]) =>
    runOf(name, [{ metric: 'knn.accuracy', evaluation: true, step: values.map((_, i) => 10 * i), value: values }]);
  const draw = (m: ChartMetric, runs: readonly ShownRun[], more: object = {}) => {
    const all = { ...settings, ...more };
    return drawPicture(m, runs, all, wholeSpan(runs, all), undefined, 300);
  };

  it('draws the untrained value and chance as lines of reference', () => {
    const { references, y } = draw(metric('e:knn.accuracy', accuracy), [knn('a', [0.76, 0.81])]);
    expect(references.map(({ label }) => label)).toEqual(['untrained 76%', 'chance 10%']);
    // Chance is far away: it does not squash the curve.
    expect(y.min).toBeGreaterThan(0.7);
    expect(y.max).toBeLessThan(0.85);
  });

  it('keeps untrained values of runs apart unless they agree', () => {
    const m = metric('e:knn.accuracy', accuracy);
    const untrained = (...runs: ShownRun[]) => draw(m, runs).references.filter(({ label }) => label.startsWith('un'));
    expect(untrained(knn('a', [0.7, 0.8]), knn('b', [0.7, 0.9]))).toHaveLength(1);
    expect(untrained(knn('a', [0.7, 0.8]), knn('b', [0.6, 0.9])).map(({ look }) => look)).toEqual([0, 0]);
  });

  it('takes chance into the axis where it is near, and stays between 0 and 100 %', () => {
    const run = runOf('a', [{ metric: 'accuracy', step: [1, 2, 3], value: [0.11, 0.5, 1] }]);
    const { y } = draw(metric('m:accuracy', accuracy), [run]);
    expect(y.min).toBeLessThanOrEqual(0.1);
    expect(y).toEqual({ min: expect.closeTo(0.046, 3), max: 1 });
  });

  it('marks what is not finite and leaves it out of the axis', () => {
    const run = runOf('a', [{ metric: 'loss', step: [1, 2, 3, 4], value: [1, Number.NaN, Infinity, 2] }]);
    const { curves, y } = draw(metric('m:loss'), [run]);
    expect(curves[0]?.gaps).toEqual([
      { x: 2, kind: 'NaN' },
      { x: 3, kind: 'Infinity' },
    ]);
    expect(y.max).toBeLessThan(2.2);
  });

  it('smooths training values, keeps them faint behind, and leaves evaluations alone', () => {
    const run = runOf('a', [
      { metric: 'loss', step: [1, 2], value: [1, 3] },
      { metric: 'knn.accuracy', evaluation: true, step: [0, 2], value: [0.5, 0.9] },
    ]);
    const loss = draw(metric('m:loss'), [run], { smoothing: 0.5 }).curves[0];
    expect(loss?.points[1]?.y).toBeCloseTo((0.25 * 1 + 0.5 * 3) / 0.75, 12);
    expect(loss?.faint?.map(({ y }) => y)).toEqual([1, 3]);
    expect(draw(metric('e:knn.accuracy'), [run], { smoothing: 0.5 }).curves[0]?.faint).toBeUndefined();
  });

  it('has a log y axis only where there is something positive on it', () => {
    const run = runOf('a', [
      { metric: 'loss', step: [1, 2, 3], value: [0.1, 0, 100] },
      { metric: 'negative', step: [1, 2], value: [-1, -2] },
    ]);
    const loss = draw(metric('m:loss'), [run], { logY: true });
    expect(loss.logY).toBe(true);
    expect(loss.y.min).toBeGreaterThan(0);
    expect(loss.curves[0]?.points[1]?.y).toBeNaN();
    expect(draw(metric('m:negative'), [run], { logY: true }).logY).toBe(false);
  });

  it('counts wall time from the first point of each run', () => {
    const run = runOf('a', [{ metric: 'loss', step: [5, 6], value: [1, 2] }]);
    expect(wholeSpan([run], { ...settings, x: 'wall' })).toEqual({ min: 0, max: 2000 });
    expect(wholeSpan([run], { ...settings, x: 'epoch' })).toEqual({ min: 0.5, max: 0.6 });
  });

  it('starts a log x axis at the first positive position', () => {
    expect(wholeSpan([knn('a', [1, 2, 3])], { ...settings, logX: true })).toEqual({ min: 10, max: 20 });
  });

  it('reads the nearest recorded point of each curve that is there', () => {
    const runs = [
      runOf('a', [{ metric: 'loss', step: [0, 10, 20], value: [1, 2, 3] }]),
      runOf('b', [{ metric: 'loss', step: [0, 100], value: [4, 5] }]),
    ];
    const { curves, x } = draw(metric('m:loss'), runs);
    const at = (position: number) =>
      readAt(curves, position, 'step', 0, x, false).map(({ curve, raw }) => `${curve.run.id} ${raw}`);
    expect(at(11)).toEqual(['a 2', 'b 4']);
    expect(at(90)).toEqual(['b 5']);
  });
});

describe('chartMetrics', () => {
  it('asks the first questions first, and shows whatever else was recorded', () => {
    const names = ['zeta', 'imagesPerSecond', 'learningRate', 'alignment.loss', 'contrastive.accuracy', 'loss'];
    const evaluations = ['linearProbe.accuracy', 'effectiveRank.rank', 'embeddingStd.std', 'knn.accuracy'];
    const one = { step: [1], value: [1] };
    const run = runOf(
      'a',
      [
        ...names.map((name) => ({ metric: name, ...one })),
        ...evaluations.map((name) => ({ metric: name, evaluation: true, ...one })),
      ],
      { zeta: { title: 'Zeta function' } },
    );
    expect(chartMetrics([run]).map(({ info }) => info.title)).toEqual([
      'Loss',
      'kNN accuracy',
      'Contrastive accuracy',
      'Embedding std',
      'Effective rank',
      'Learning rate',
      'Images per second',
      'Alignment loss',
      'Linear probe accuracy',
      'Zeta function',
    ]);
  });
});

describe('axes', () => {
  it('have round ticks', () => {
    expect(
      ticks({ min: 0.13, max: 0.52 }, tickSpacing({ min: 0.13, max: 0.52 }, 4)).map((tick) => tick.toFixed(1)),
    ).toEqual(['0.2', '0.3', '0.4', '0.5']);
    expect(durationSpacing({ min: 0, max: 600_000 }, 4)).toBe(300_000);
    expect(durationSpacing({ min: 0, max: 40 * 86_400_000 }, 4)).toBe(10 * 86_400_000);
    expect(logTicks({ min: 0.5, max: 200 }, 9)).toEqual([0.5, 1, 2, 5, 10, 20, 50, 100, 200]);
    expect(logTicks({ min: 1e-12, max: 1e12 }, 6).length).toBeLessThanOrEqual(7);
  });

  it('zoom and pan within the whole, in either scale', () => {
    const whole = { min: 1, max: 1000 };
    expect(part(whole, 0, 1 / 3, true).max).toBeCloseTo(10, 9);
    expect(within({ min: -50, max: 50 }, { min: 0, max: 1000 }, false, undefined)).toEqual({ min: 0, max: 100 });
    expect(within({ min: 950, max: 1050 }, { min: 0, max: 1000 }, false, undefined)).toEqual({
      min: expect.closeTo(900, 9),
      max: 1000,
    });
    expect(within({ min: -5, max: 2000 }, whole, false, { min: 2, max: 3 })).toBeUndefined();
    const before = { min: 5, max: 6 };
    expect(within({ min: 5, max: 5 }, whole, false, before)).toBe(before);
  });
});

describe('formats', () => {
  it('write values with their units', () => {
    expect(formatNumber(0.8094, 'fraction')).toBe('80.9%');
    expect(formatNumber(Number.NaN)).toBe('NaN');
    expect(formatNumber(-Infinity)).toBe('−∞');
    expect(formatNumber(0.0000934)).toBe('9.34e-5');
    expect(formatValue(48.21, { title: '', best: 64 })).toBe('48.2 of 64');
    expect(formatValue(0.64, { title: '', best: 1 })).toBe('0.64');
    expect(formatValue(2410.4, { title: '', unit: 'images/s' })).toBe('2,410 images/s');
    expect(formatDuration(7_505_000)).toBe('2h 5m');
    expect(formatDuration(1500)).toBe('1.5s');
    expect(formatTick(0.8, 'fraction', 0.02)).toBe('80%');
    expect(formatTick(0.805, 'fraction', 0.005)).toBe('80.5%');
    expect(formatTick(5e-4, undefined, 5e-4)).toBe('5e-4');
  });
});

describe('differences', () => {
  const facts = (spec: unknown, more: Partial<RunFacts> = {}) =>
    ({ spec, specHash: '', ...more }) as unknown as RunFacts;
  const simclr = (temperature: number, views: unknown[] = []) => ({ use: 'simclr', temperature, views });

  it('names the options that differ, shortly, with the value of each run', () => {
    const found = differences([
      facts({ name: 'a', method: simclr(0.1), optimizer: { use: 'adamW', learningRate: 1 }, seed: 0 }),
      facts({ name: 'b', method: simclr(0.5), optimizer: { use: 'sgd', momentum: 0.9 }, seed: 0 }),
    ]);
    expect(found).toEqual([
      { name: 'temperature', path: 'method.temperature', values: ['0.1', '0.5'] },
      { name: 'optimizer', path: 'optimizer', values: ['adamW', 'sgd'] },
    ]);
  });

  it('compares lists of parts by part, and says what is missing', () => {
    const crop = (scale: number) => ({ use: 'crop', scale });
    const found = differences([
      facts({ method: simclr(1, [crop(0.2), { use: 'blur', p: 1 }]) }),
      facts({ method: simclr(1, [crop(0.3)]) }),
    ]);
    expect(found).toEqual([
      { name: 'scale', path: 'method.views.crop.scale', values: ['0.2', '0.3'] },
      { name: 'blur', path: 'method.views.blur', values: ['blur', '–'] },
    ]);
  });

  it('sees the order of parts', () => {
    const [a, b] = [{ use: 'a' }, { use: 'b' }];
    const found = differences([facts({ views: [a, b] }), facts({ views: [b, a] })]);
    expect(found).toEqual([{ name: 'views', path: 'views', values: ['a, b', 'b, a'] }]);
  });

  it('tells options of the same name apart, and looks at the code when options are equal', () => {
    const heads = (a: number, b: number) => facts({ left: { width: a }, right: { width: b } });
    expect(differences([heads(1, 2), heads(3, 4)]).map(({ name }) => name)).toEqual(['left.width', 'right.width']);
    const code = (specHash: string) => facts({}, { specHash });
    expect(differences([code('x'), code('y'), code('x')])[0]?.values).toEqual(['version 1', 'version 2', 'version 1']);
    expect(differences([code('x'), code('x')])).toEqual([]);
  });
});

describe('toCsv', () => {
  it('writes every point of every run, one row a moment, quoted where needed', () => {
    const runs = [
      runOf('a', [
        { metric: 'loss', step: [1, 2], value: [0.1, Number.NaN] },
        { metric: 'rate', step: [2], value: [1e-3] },
      ]),
      { ...runOf('b', [{ metric: 'knn', evaluation: true, step: [0], value: [1 / 3] }]), name: 'b "x", 2' },
    ];
    expect([...toCsv(runs)].join('')).toBe(
      [
        'run,name,step,epoch,time,loss,rate,knn',
        'a,a,1,0.1,2026-01-01T00:00:02.000Z,0.1,,',
        'a,a,2,0.2,2026-01-01T00:00:04.000Z,NaN,0.001,',
        'b,"b ""x"", 2",0,0,2026-01-01T00:00:00.000Z,,,0.3333333333333333',
        '',
      ].join('\r\n'),
    );
  });
});
