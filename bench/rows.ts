/** What is measured: rows, each the median of several runs of one system at one work. */

export type PartName = 'step' | 'end-to-end' | 'augment' | 'memory';

export interface Row {
  readonly part: PartName;
  readonly work: string;
  readonly system: string;
  readonly median: number;
  readonly unit: string;
  /** How many runs the median is of. */
  readonly runs: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** What a part of the benchmark is given. */
export interface Bench {
  readonly root: string;
  readonly threads: number;
  /** Whether the peers' virtual environment is there. */
  readonly peers: boolean;
  row(row: Row): void;
  note(text: string): void;
}
