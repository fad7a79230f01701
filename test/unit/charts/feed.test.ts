import { describe, expect, it, vi } from 'vitest';
import type { Series, SeriesUpdate } from '../../../src/protocol/panels.js';
import { RunFeed } from '../../../webview/charts/data/feed.js';

const series = (...steps: number[]): Series => ({
  metric: 'loss',
  evaluation: false,
  step: Float64Array.from(steps),
  epoch: Float64Array.from(steps, (step) => step / 10),
  time: Float64Array.from(steps, (step) => 1000 * step),
  value: Float64Array.from(steps, (step) => -step),
});
const update = (from: number, sequence: number, steps: number[], rewindTo?: number): SeriesUpdate => ({
  run: 'a',
  from,
  sequence,
  rewindTo,
  series: steps.length > 0 ? [series(...steps)] : [],
  alerts: [],
});
const steps = (feed: RunFeed): number[] => [...(feed.data.series.get('m:loss')?.step.values ?? [])];

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

/** A feed whose snapshots are answered one by one. */
function open() {
  const answers: ((update: SeriesUpdate) => void)[] = [];
  const ask = vi.fn(() => new Promise<SeriesUpdate>((resolve) => answers.push(resolve)));
  const changed = vi.fn();
  const feed = new RunFeed(ask, changed);
  const answer = async (snapshot: SeriesUpdate) => {
    answers.shift()?.(snapshot);
    await vi.waitFor(() => expect(feed.sequence).toBeGreaterThanOrEqual(snapshot.sequence), soon);
  };
  return { feed, ask, changed, answer };
}

describe('RunFeed', () => {
  it('takes a snapshot and then deltas in order', async () => {
    const { feed, ask, answer, changed } = open();
    await answer(update(0, 4, [1, 2]));
    feed.receive(update(4, 5, [3]));
    feed.receive(update(5, 6, [4]));
    expect(steps(feed)).toEqual([1, 2, 3, 4]);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(changed).toHaveBeenCalled();
  });

  it('applies deltas that came before their snapshot, without doubling what the snapshot holds', async () => {
    const { feed, answer } = open();
    feed.receive(update(3, 4, [2]));
    feed.receive(update(4, 5, [3]));
    await answer(update(0, 4, [1, 2]));
    await vi.waitFor(() => expect(steps(feed)).toEqual([1, 2, 3]), soon);
  });

  it('asks again when something was missed', async () => {
    const { feed, ask, answer } = open();
    await answer(update(0, 1, [1]));
    feed.receive(update(3, 4, [4]));
    expect(ask).toHaveBeenCalledTimes(2);
    feed.receive(update(4, 5, [5]));
    await answer(update(0, 4, [1, 2, 3, 4]));
    await vi.waitFor(() => expect(steps(feed)).toEqual([1, 2, 3, 4, 5]), soon);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('drops an update it has seen', async () => {
    const { feed, ask, answer } = open();
    await answer(update(0, 2, [1, 2]));
    feed.receive(update(1, 2, [2]));
    expect(steps(feed)).toEqual([1, 2]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('forgets the points after a rewind, also the alerts', async () => {
    const { feed, answer } = open();
    const alert = (step: number) => ({ step, epoch: 0, time: 0, code: 'nan', message: '' });
    await answer({ ...update(0, 1, [1, 2, 3]), alerts: [alert(2), alert(3)] });
    feed.receive(update(1, 2, [3, 4], 2));
    expect(steps(feed)).toEqual([1, 2, 3, 4]);
    expect(feed.data.alerts.map(({ step }) => step)).toEqual([2]);
    feed.receive(update(2, 3, [1], -1));
    expect(steps(feed)).toEqual([1]);
  });

  it('says why there is no snapshot, and takes the next', async () => {
    let fail = true;
    const feed = new RunFeed(
      async () => {
        if (fail) throw new Error('events.jsonl is gone');
        return update(0, 1, [1]);
      },
      () => {},
    );
    await vi.waitFor(() => expect(feed.fault).toBe('events.jsonl is gone'), soon);
    fail = false;
    await feed.ask();
    expect(feed.fault).toBeUndefined();
    expect(steps(feed)).toEqual([1]);
  });
});
