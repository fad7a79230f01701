/** A column of numbers that grows and shrinks at its end: appending costs amortized O(1), cutting nothing. */
export class Column {
  private buffer = new Float64Array(64);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** The numbers so far. Valid until the next append. */
  get values(): Float64Array {
    return this.buffer.subarray(0, this.used);
  }

  at(index: number): number {
    return this.buffer[index] as number;
  }

  append(values: ArrayLike<number>): void {
    const length = this.used + values.length;
    if (length > this.buffer.length) {
      const grown = new Float64Array(Math.max(length, 2 * this.buffer.length));
      grown.set(this.values);
      this.buffer = grown;
    }
    this.buffer.set(values, this.used);
    this.used = length;
  }

  truncate(length: number): void {
    this.used = Math.min(this.used, length);
  }
}

/** Index of the first number of an ascending column that is at least `bound`, within [low, high). */
export function lowerBound(column: Column, bound: number, low = 0, high = column.length): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (column.at(middle) < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Index of the first number of an ascending column that is greater than `bound`, within [low, high). */
export function upperBound(column: Column, bound: number, low = 0, high = column.length): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (column.at(middle) <= bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Index of the number of an ascending column that is closest to `target`; -1 in an empty column. */
export function nearestIndex(column: Column, target: number): number {
  const after = lowerBound(column, target);
  if (after === 0) return column.length > 0 ? 0 : -1;
  if (after === column.length) return after - 1;
  return column.at(after) - target < target - column.at(after - 1) ? after : after - 1;
}
