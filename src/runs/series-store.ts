/** The points of one run as typed arrays, handed out as a snapshot and then as what has changed since. */
import type { ChartAlert, Series, SeriesUpdate } from '../protocol/panels.js';
import type { RunEvent } from '../protocol/run.js';
import type { EventSink } from './event-tail.js';

const columns = ['step', 'epoch', 'time', 'value'] as const;

type Block = Readonly<Record<(typeof columns)[number], Float64Array>>;
/** Points in a block; a power of two. */
const blockSize = 1 << 10;

/** Points of one metric, in blocks: an array that grows by doubling would stop everything else now and then. */
class GrowingSeries {
  length = 0;
  /** How many of the points have been handed out. */
  sent = 0;
  private readonly blocks: Block[] = [];

  constructor(
    private readonly metric: string,
    private readonly evaluation: boolean,
  ) {}

  push(step: number, epoch: number, time: number, value: number): void {
    const index = this.length++ % blockSize;
    const block = this.block((this.length - 1 - index) / blockSize);
    block.step[index] = step;
    block.epoch[index] = epoch;
    block.time[index] = time;
    block.value[index] = value;
  }

  rewind(step: number): void {
    while (this.length > 0 && this.stepAt(this.length - 1) > step) this.length--;
    this.sent = Math.min(this.sent, this.length);
  }

  /** A copy of the points from an index on. */
  from(start: number): Series {
    const { metric, evaluation } = this;
    const count = this.length - start;
    const copy = (column: (typeof columns)[number]) => {
      const points = new Float64Array(count);
      for (let at = start; at < this.length; ) {
        const offset = at % blockSize;
        const end = Math.min(blockSize, offset + this.length - at);
        points.set(this.block((at - offset) / blockSize)[column].subarray(offset, end), at - start);
        at += end - offset;
      }
      return points;
    };
    return { metric, evaluation, step: copy('step'), epoch: copy('epoch'), time: copy('time'), value: copy('value') };
  }

  private stepAt(index: number): number {
    return this.block(Math.floor(index / blockSize)).step[index % blockSize] as number;
  }

  /** A block; the one behind the last is made. */
  private block(index: number): Block {
    let block = this.blocks[index];
    if (block === undefined) {
      const column = () => new Float64Array(blockSize);
      block = { step: column(), epoch: column(), time: column(), value: column() };
      this.blocks[index] = block;
    }
    return block;
  }
}

/**
 * Feed it the events of a run (it is a sink of `EventTail`); `updated` hears each delta when `flush` is called.
 * A snapshot stands at the number of the last delta, so that the next delta continues it.
 */
export class SeriesStore implements EventSink {
  private readonly training = new Map<string, GrowingSeries>();
  private readonly evaluations = new Map<string, GrowingSeries>();
  private alerts: ChartAlert[] = [];
  private sentAlerts = 0;
  /** Starts above 0, because an update `from` 0 is a snapshot. */
  private sequence = 1;
  private rewindTo: number | undefined;
  private changed = false;

  constructor(
    private readonly run: string,
    private readonly updated: (update: SeriesUpdate) => void = () => {},
  ) {}

  events(batch: readonly RunEvent[]): void {
    for (const event of batch) {
      switch (event.type) {
        case 'metrics':
        case 'evaluation': {
          const evaluation = event.type === 'evaluation';
          const known = evaluation ? this.evaluations : this.training;
          for (const metric in event.values) {
            let series = known.get(metric);
            if (series === undefined) {
              series = new GrowingSeries(metric, evaluation);
              known.set(metric, series);
            }
            // Number() reads the strings that stand for NaN and the infinities.
            series.push(event.step, event.epoch, event.time, Number(event.values[metric]));
          }
          this.changed = true;
          break;
        }
        case 'alert': {
          const { step, epoch, time, code, message } = event;
          this.alerts.push({ step, epoch, time, code, message });
          this.changed = true;
          break;
        }
        case 'rewind':
          this.rewind(event.step);
          break;
      }
    }
  }

  restart(): void {
    this.rewind(-1); // before the first step; an infinity would not survive a message to a webview
    this.training.clear();
    this.evaluations.clear();
  }

  /** Hands out what is new, if anything is. */
  flush(): void {
    if (!this.changed) return;
    const from = this.sequence++;
    const series = this.all.filter((s) => s.length > s.sent).map((s) => s.from(s.sent));
    const alerts = this.alerts.slice(this.sentAlerts);
    const { rewindTo } = this;
    for (const s of this.all) s.sent = s.length;
    this.sentAlerts = this.alerts.length;
    this.rewindTo = undefined;
    this.changed = false;
    this.updated({ run: this.run, sequence: this.sequence, from, rewindTo, series, alerts });
  }

  /** Everything so far; what was new goes to those who listen first. */
  snapshot(): SeriesUpdate {
    this.flush();
    const series = this.all.filter((s) => s.length > 0).map((s) => s.from(0));
    return { run: this.run, sequence: this.sequence, from: 0, series, alerts: [...this.alerts] };
  }

  private get all(): GrowingSeries[] {
    return [...this.training.values(), ...this.evaluations.values()];
  }

  private rewind(step: number): void {
    for (const series of this.all) series.rewind(step);
    this.alerts = this.alerts.filter((alert) => alert.step <= step);
    this.sentAlerts = Math.min(this.sentAlerts, this.alerts.length);
    this.rewindTo = Math.min(this.rewindTo ?? Number.POSITIVE_INFINITY, step);
    this.changed = true;
  }
}
