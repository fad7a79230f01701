import type { Column } from './column.js';

/** Values per bucket of the lowest level, and buckets per bucket of the next: small enough to scan, few levels. */
const base = 32;
const fan = 8;

interface Level {
  /** Values under one bucket. */
  readonly span: number;
  /** Index of the lowest and highest finite value of each bucket, -1 where there is none. */
  low: Int32Array;
  high: Int32Array;
}

/**
 * Finds the lowest and the highest value of any range of a growing column in O(log n). It holds indices, so the
 * extremes are points that were really recorded. Values that are not finite are passed over.
 */
export class Pyramid {
  private readonly levels: Level[] = [];
  /** Results of the last `find`: indices, or -1 where the range holds no finite value. */
  low = -1;
  high = -1;

  constructor(private readonly column: Column) {}

  /** Brings the pyramid up to date after the column changed from index `from` on (values appended or cut off). */
  update(from: number): void {
    const { length } = this.column;
    // A level is kept from the moment the column outgrows one bucket of the level below, so the first change that
    // reaches a level always starts in its first bucket.
    for (let k = 0, span = base; k === 0 || span < length * fan; k++, span *= fan) {
      let level = this.levels[k];
      const buckets = Math.ceil(length / span);
      if (level === undefined || level.low.length < buckets) {
        level = { span, low: grown(level?.low, buckets), high: grown(level?.high, buckets) };
        this.levels[k] = level;
      }
      for (let bucket = Math.floor(from / span); bucket < buckets; bucket++) {
        this.low = -1;
        this.high = -1;
        this.scan(k - 1, bucket * span, Math.min((bucket + 1) * span, length));
        level.low[bucket] = this.low;
        level.high[bucket] = this.high;
      }
    }
  }

  /** Looks into [from, to) and leaves the answer in `low` and `high`. */
  find(from: number, to: number): void {
    this.low = -1;
    this.high = -1;
    // The highest level whose buckets can fit into the range.
    let level = -1;
    while (level + 1 < this.levels.length && (this.levels[level + 1] as Level).span <= to - from) level++;
    this.scan(level, from, to);
  }

  /** Takes whole buckets of `level` where the range covers them, and the rest from the level below. */
  private scan(level: number, from: number, to: number): void {
    if (from >= to) return;
    if (level < 0) {
      for (let i = from; i < to; i++) if (Number.isFinite(this.column.at(i))) this.take(i, i);
      return;
    }
    const { span, low, high } = this.levels[level] as Level;
    const first = Math.ceil(from / span);
    const last = Math.floor(to / span);
    if (first >= last) {
      this.scan(level - 1, from, to);
      return;
    }
    this.scan(level - 1, from, first * span);
    for (let bucket = first; bucket < last; bucket++) {
      if ((low[bucket] as number) >= 0) this.take(low[bucket] as number, high[bucket] as number);
    }
    this.scan(level - 1, last * span, to);
  }

  private take(low: number, high: number): void {
    if (this.low < 0 || this.column.at(low) < this.column.at(this.low)) this.low = low;
    if (this.high < 0 || this.column.at(high) > this.column.at(this.high)) this.high = high;
  }
}

function grown(old: Int32Array | undefined, length: number): Int32Array {
  const result = new Int32Array(Math.max(length, 2 * (old?.length ?? 8)));
  if (old) result.set(old);
  return result;
}
