import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesUpdate } from '../../../src/protocol/panels.js';
import type { RunEvent } from '../../../src/protocol/run.js';
import { SeriesStore } from '../../../src/runs/series-store.js';
import { metrics } from './helpers.js';

const at = { epoch: 0, time: 0 };
const rewind = (step: number): RunEvent => ({ type: 'rewind', step, ...at });

function store() {
  const updates: SeriesUpdate[] = [];
  return { updates, store: new SeriesStore('run', (update) => updates.push(update)) };
}

/** Points per metric as a receiver has them after a snapshot and deltas. */
class Receiver {
  points = new Map<string, [number, number][]>();
  alerts: number[] = [];
  sequence = 0;
  take(update: SeriesUpdate) {
    if (update.from === 0) {
      this.points.clear();
      this.alerts = [];
    } else if (update.from !== this.sequence) throw new Error('a gap: ask again');
    const { rewindTo } = update;
    if (rewindTo !== undefined) {
      for (const [metric, points] of this.points)
        this.points.set(
          metric,
          points.filter(([step]) => step <= rewindTo),
        );
      this.alerts = this.alerts.filter((step) => step <= rewindTo);
    }
    this.sequence = update.sequence;
    for (const { metric, step, value } of update.series) {
      const points = this.points.get(metric) ?? [];
      for (const [i, s] of step.entries()) points.push([s, value[i] as number]);
      this.points.set(metric, points);
    }
    this.alerts.push(...update.alerts.map(({ step }) => step));
  }
  get known() {
    return Object.fromEntries([...this.points].filter(([, points]) => points.length > 0).sort());
  }
}

describe('the series of a run', () => {
  it('are one column per metric, with what is not a number as such', () => {
    const { store: s } = store();
    s.events([metrics(1, { loss: 2, lr: 0.1 }), metrics(2, { loss: 'NaN', lr: 'Infinity' })]);
    s.events([{ type: 'evaluation', step: 2, ...at, values: { 'knn.accuracy': 0.5 } }]);
    const { series, from } = s.snapshot();
    expect(from).toBe(0);
    expect(series.map(({ metric, evaluation }) => [metric, evaluation])).toEqual([
      ['loss', false],
      ['lr', false],
      ['knn.accuracy', true],
    ]);
    expect(series[0]).toMatchObject({
      step: Float64Array.of(1, 2),
      epoch: Float64Array.of(0.2, 0.4),
      value: Float64Array.of(2, Number.NaN),
    });
    expect(series[1]?.value[1]).toBe(Number.POSITIVE_INFINITY);
  });

  it('come as deltas that continue the snapshot, each point once', () => {
    const { store: s, updates } = store();
    s.events([metrics(1)]);
    const snapshot = s.snapshot();
    s.flush();
    expect(updates).toHaveLength(1); // the snapshot told those who were listening before
    s.events([metrics(2)]);
    s.flush();
    expect(updates[1]).toMatchObject({ from: snapshot.sequence, sequence: snapshot.sequence + 1 });
    expect(updates[1]?.series[0]?.step).toEqual(Float64Array.of(2));
  });

  it('forget what a rewind takes back, also what was handed out', () => {
    const { store: s, updates } = store();
    for (let step = 1; step <= 100; step++) s.events([metrics(step)]);
    s.events([{ type: 'alert', step: 90, ...at, code: 'nan', message: 'no number' }]);
    s.flush();
    s.events([rewind(50), metrics(51, { loss: 7 })]);
    s.flush();
    expect(updates[1]).toMatchObject({ rewindTo: 50, alerts: [] });
    expect(updates[1]?.series[0]?.step).toEqual(Float64Array.of(51));
    expect(s.snapshot().series[0]?.value.slice(49)).toEqual(Float64Array.of(1 / 51, 7));
    expect(s.snapshot().alerts).toEqual([]);
  });

  it('are empty after a restart', () => {
    const { store: s, updates } = store();
    s.events([metrics(0)]);
    s.flush();
    s.restart();
    s.flush();
    expect(updates[1]?.rewindTo).toBe(-1);
    expect(s.snapshot().series).toEqual([]);
  });

  it('are the same by deltas as by snapshot, whatever happened in between', () => {
    const step = fc.nat(30);
    const action = fc.oneof(
      fc.record({ do: fc.constant('metrics' as const), metric: fc.constantFrom('loss', 'lr') }),
      fc.record({ do: fc.constant('alert' as const) }),
      fc.record({ do: fc.constant('rewind' as const), step }),
      fc.record({ do: fc.constant('flush' as const) }),
      fc.record({ do: fc.constant('join' as const) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const receivers: Receiver[] = [];
        const s = new SeriesStore('run', (update) => {
          for (const receiver of receivers) receiver.take(update);
        });
        let now = 0;
        for (const [i, item] of actions.entries()) {
          if (item.do === 'metrics') s.events([metrics(++now, { [item.metric]: i })]);
          else if (item.do === 'alert') s.events([{ type: 'alert', step: now, ...at, code: 'stuck', message: '' }]);
          else if (item.do === 'flush') s.flush();
          else if (item.do === 'rewind') {
            now = Math.min(now, item.step);
            s.events([rewind(item.step)]);
          } else {
            const receiver = new Receiver();
            receiver.take(s.snapshot());
            receivers.push(receiver);
          }
        }
        const truth = new Receiver();
        truth.take(s.snapshot());
        for (const receiver of receivers) {
          expect(receiver.known).toEqual(truth.known);
          expect(receiver.alerts).toEqual(truth.alerts);
        }
      }),
    );
  });
});
