/** Files that a person takes away: pictures and points. */
import type { ChartElement } from './chart.js';
import { toCsv } from './data/csv.js';
import type { ShownRun } from './data/picture.js';
import { exportPng } from './export-png.js';
import type { Theme } from './theme.js';

export interface SavedFile {
  readonly suggestedName: string;
  readonly content: Uint8Array;
}

/** One chart by its key, or all of them. */
export async function pngFile(
  all: readonly ChartElement[],
  key: string | undefined,
  runs: readonly ShownRun[],
  theme: Theme,
): Promise<SavedFile> {
  const charts = all.filter(({ metric }) => key === undefined || metric.key === key);
  const what = key === undefined ? 'charts' : charts.map(({ metric }) => metric.metric).join();
  return { suggestedName: fileName(runs, what, 'png'), content: await exportPng(charts, runs, theme) };
}

/** Every recorded point of the runs. */
export async function csvFile(runs: readonly ShownRun[]): Promise<SavedFile> {
  const content = new Uint8Array(await new Blob([...toCsv(runs)]).arrayBuffer());
  return { suggestedName: fileName(runs, 'points', 'csv'), content };
}

/** Named after the run when there is only one, so that files of several runs do not meet. */
function fileName([first, second]: readonly ShownRun[], what: string, extension: string): string {
  const name = first && !second ? `${first.name}-${what}` : what;
  return `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.${extension}`;
}
