import { Column } from './column.js';
import { Pyramid } from './pyramid.js';

/**
 * Exponential moving average with bias correction (Kingma & Ba 2015, section 3), over all recorded points, one step of
 * decay per point whatever its distance on the axis, before any reduction for drawing: zooming or a longer run never
 * changes a smoothed value.
 *
 * Written as `mean += rate * (value - mean)` with `rate = (1 - smoothing) / (1 - smoothing ** n)` for the n-th finite
 * value, which is the corrected average and leaves a constant exactly constant. Values that are not finite stay as they
 * are and do not enter the average.
 */
export class Smoothed {
  readonly column = new Column();
  readonly pyramid = new Pyramid(this.column);
  private mean = 0;
  private count = 0;

  constructor(
    private readonly source: Column,
    /** 0 to 0.99; 0 is the source itself. */
    readonly smoothing: number,
  ) {
    this.update(0);
  }

  /** Follows the source, which changed from index `from` on. */
  update(from: number): void {
    if (from < this.column.length) this.rewind(from);
    const start = this.column.length;
    const result = this.source.values.slice(start);
    for (let i = 0; i < result.length; i++) {
      const value = result[i] as number;
      if (!Number.isFinite(value)) continue;
      this.count++;
      this.mean += ((1 - this.smoothing) / (1 - this.smoothing ** this.count)) * (value - this.mean);
      result[i] = this.mean;
    }
    this.column.append(result);
    this.pyramid.update(start);
  }

  private rewind(length: number): void {
    this.column.truncate(length);
    this.pyramid.update(length);
    this.mean = 0;
    this.count = 0;
    for (const value of this.column.values) {
      if (!Number.isFinite(value)) continue;
      this.count++;
      this.mean = value;
    }
  }
}
