/** docs/methods.md, made from recorded runs. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { formatValue } from '../../src/cli/format.js';
import type { MethodEntry } from '../../src/methods/registry.js';
import type { MetricInfo } from '../../src/protocol/run.js';
import { judged } from './judged.js';
import type { Measured, Results, Task } from './train.js';

export type Tasks = ReadonlyMap<string, { readonly method: Task; readonly supervised?: Task }>;

export interface Statistic {
  readonly mean: number;
  /** Of the sample; undefined for one value, which tells nothing of it. */
  readonly deviation: number | undefined;
  readonly count: number;
}

export function statistic(values: readonly number[]): Statistic | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  const deviation =
    count < 2 ? undefined : Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1));
  return { mean, deviation, count };
}

const shown = (value: number | undefined, info?: MetricInfo) => (value === undefined ? '–' : formatValue(value, info));
const spread = (own: Statistic | undefined, info?: MetricInfo) =>
  own === undefined
    ? '–'
    : `${shown(own.mean, info)}${own.deviation === undefined ? '' : ` ± ${shown(own.deviation, info)}`}`;

const collect = (runs: readonly Measured[], metric: string, when: 'untrained' | 'final') =>
  runs.flatMap(({ values }) => values[metric]?.[when] ?? []);

/** What the card says of a method. */
function row(method: MethodEntry, { method: task, supervised }: { method: Task; supervised?: Task }, results: Results) {
  const runs = (results[task.id]?.runs ?? []).filter(({ failure }) => failure === undefined);
  const labelled = supervised === undefined ? [] : (results[supervised.id]?.runs ?? []);
  const { task: taskMetric, against, downstream } = judged(method.id);
  const info = runs[0]?.metrics[taskMetric];
  const own = statistic(collect(runs, taskMetric, 'final'));
  const rival = against === 'untrained' ? statistic(collect(runs, taskMetric, 'untrained'))?.mean : undefined;
  const other =
    against === undefined || against === 'untrained' ? undefined : statistic(collect(runs, against, 'final'))?.mean;
  const guess = rival ?? other ?? info?.chance;
  const sign = info?.better === 'lower' ? -1 : 1;
  const beats =
    own?.deviation === undefined || guess === undefined ? undefined : sign * (own.mean - guess) > 3 * own.deviation;
  const downInfo = runs[0]?.metrics[downstream];
  const trained = statistic(collect(runs, downstream, 'final'));
  const untrained = statistic(collect(runs, downstream, 'untrained'));
  const same = downstream in (labelled[0]?.values ?? {}) ? downstream : 'pretext.accuracy';
  const taught = runs.length === 0 ? undefined : statistic(collect(labelled, same, 'final'));
  const quiet = runs.filter(({ load }) => load <= 4);
  const seconds = statistic(quiet.map((run) => run.seconds));
  return { method, runs, info, own, guess, beats, downInfo, trained, untrained, taught, seconds, taskMetric };
}

type Row = ReturnType<typeof row>;

function tableLine({ method, info, own, guess, beats, downInfo, trained, untrained, taught, seconds }: Row): string {
  const verdict = beats === undefined ? '' : beats ? ' ✓' : ' ✗';
  // Whoever learns from labels has to be better than who learns from them alone.
  const below = method.family === 'with-labels' ? taught : untrained;
  const gain =
    trained?.deviation === undefined || below?.deviation === undefined
      ? ''
      : trained.mean > below.mean + below.deviation
        ? ' ✓'
        : ' ✗';
  const cells = [
    `[${method.title}](#${method.id})`,
    info === undefined ? '–' : info.title.replace(', held out', ''),
    `${spread(own, info)}${verdict}`,
    shown(guess, info),
    `${spread(trained, downInfo)}${gain}`,
    spread(untrained, downInfo),
    spread(taught, downInfo),
    seconds === undefined ? '–' : `${seconds.mean.toFixed(0)} s`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Draws what the method compares at its last checkpoint; without a run, or where that fails, there is no picture. */
function picture(root: string, { method, runs }: Row, file: string): string {
  const name = `methods/${method.id}.png`;
  const target = path.join(root, 'docs', name);
  // Results are kept longer than the folders of their runs.
  const run = runs.map((own) => path.join(root, own.run)).find((folder) => fs.existsSync(folder));
  if (run !== undefined) {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const args = ['views', file, '--pairs', '--samples', '6', '--checkpoint', run, '--out', target];
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) console.error(`${method.id}: no picture: ${stderr.trim()}`);
  }
  return fs.existsSync(target) ? `![What ${method.title} sees](${name})\n\n` : '';
}

function section(root: string, own: Row, task: Task): string {
  const { method, runs } = own;
  const { paper } = method;
  const arxiv = paper.arxiv === undefined ? '' : `, arXiv:${paper.arxiv}`;
  const [first] = runs;
  const lines = Object.entries(first?.metrics ?? {}).flatMap(([metric, info]) => {
    const final = statistic(collect(runs, metric, 'final'));
    if (final === undefined || !metric.includes('.')) return [];
    const before = statistic(collect(runs, metric, 'untrained'));
    return [`| ${info.title} | ${spread(final, info)} | ${spread(before, info)} | ${shown(info.chance, info)} |`];
  });
  const table =
    lines.length === 0
      ? 'No run is recorded.\n'
      : ['| measure | trained | untrained | guessing |', '|---|---|---|---|', ...lines, ''].join('\n');
  return [
    `### ${method.title}`,
    `<a id="${method.id}"></a>`,
    '',
    `${method.summary} ${paper.authors}, "${paper.title}" (${paper.year}${arxiv}). Snippet \`${method.snippet}\`, [examples/${method.id}.ssl.ts](../examples/${method.id}.ssl.ts).`,
    '',
    `${picture(root, own, task.file)}${judged(method.id).remark ?? ''}`.trim(),
    '',
    table,
  ].join('\n');
}

const families = { context: 'Context', temporal: 'Temporal', contrastive: 'Contrastive', 'with-labels': 'With labels' };

export function methodsPage(root: string, methods: readonly MethodEntry[], tasks: Tasks, results: Results): void {
  const rows = methods.map((method) => row(method, tasks.get(method.id)!, results));
  const every = rows.flatMap(({ runs }) => runs);
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().join(', ');
  const seeds = Math.max(0, ...rows.map(({ runs }) => runs.length));
  const head = [
    '# The methods, and what they learn',
    '',
    'Made by `npm run bench:methods` from recorded runs of the examples; nothing here is typed by hand.',
    `Runs of ${distinct(every.map(({ date }) => date))} on ${distinct(every.map(({ engine }) => engine))}, commit ${distinct(every.map(({ commit }) => commit))}; ${seeds === 1 ? 'one seed' : `up to ${seeds} seeds, mean ± standard deviation`}; methods without figures have not been recorded yet.`,
    '',
    '- **Task**: the method’s own task on held-out samples, beside guessing (or the baseline named below). ✓: better by more than three standard deviations; nothing is said from one seed.',
    '- **Downstream**: a linear classifier on the frozen encoder (methods with labels: their own classifier), beside the same untrained, and beside a network of the same kind trained with the labels from the start (same data, optimizer and epochs). ✓: better than untrained by more than its spread; for methods that learn from labels, better than learning from the same labels alone.',
    '- **Time**: of the whole run with its evaluations, on two cores; left out where the machine was busy with something else.',
    '',
  ];
  const table = [
    '| method | task | held out | guessing | downstream | untrained | supervised | time |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(tableLine),
    '',
  ];
  const sections = Object.entries(families).flatMap(([family, title]) => [
    `## ${title}`,
    '',
    ...rows
      .filter(({ method }) => method.family === family)
      .map((own) => section(root, own, tasks.get(own.method.id)!.method)),
  ]);
  fs.writeFileSync(path.join(root, 'docs/methods.md'), `${[...head, ...table, ...sections].join('\n').trimEnd()}\n`);
}
