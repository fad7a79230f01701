/** Trainings of the report card, by the command line that users have, and what is recorded of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readHistory } from '../../src/cli/history.js';
import type { MethodEntry } from '../../src/methods/registry.js';
import type { MetricInfo } from '../../src/protocol/run.js';
import { readRun } from '../../src/runs/read.js';

/** What one training measured. */
export interface Measured {
  readonly seed: number;
  readonly seconds: number;
  /** Load average of the machine at the end: above its cores, something else took part of the time. */
  readonly load: number;
  readonly date: string;
  readonly engine: string;
  readonly commit: string;
  /** By full name, such as `pretext.accuracy`. */
  readonly values: Readonly<Record<string, { readonly untrained?: number; readonly final: number }>>;
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  /** Folder of the run, relative to the repository. */
  readonly run: string;
  readonly failure?: string;
}

export type Results = Record<string, { readonly hash: string; readonly runs: readonly Measured[] }>;

export interface Task {
  /** The method's id, or `supervised-<hash>`. */
  readonly id: string;
  readonly file: string;
  /** Of what decides the result. */
  readonly hash: string;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The training of a method's example. */
export function exampleOf(root: string, id: string): Task {
  const file = path.join(root, `examples/${id}.ssl.ts`);
  return { id, file, hash: hash(fs.readFileSync(file, 'utf8')) };
}

/** Labelled pictures that come with Autodidact: what `supervised` can learn from. */
const pictures = ['fashionMnist', 'emoji'];
/** The data below wrappers such as `fewLabels`. */
const baseData = (data: Spec): Spec => (typeof data.data === 'object' ? baseData(data.data as Spec) : data);

type Spec = Record<string, unknown> & { readonly use: string };

/**
 * Supervised training on the labels of a method's example: the same data, encoder, optimizer and epochs. Methods that
 * share these share the training. Undefined where the data is none of labelled pictures.
 */
export function supervisedOf(root: string, { file }: Task, family: MethodEntry['family']): Task | undefined {
  const spec = specOf(root, file);
  const { data, encoder, optimizer, epochs, batchSize, method } = spec as Record<string, Spec>;
  if (!pictures.includes(baseData(data as Spec).use)) return undefined;
  // Methods that learn with labels are compared with the same augmentation.
  const views = family === 'with-labels' && Array.isArray(method?.views) ? { views: method.views } : {};
  const supervised = {
    use: 'experiment',
    name: 'supervised',
    data,
    encoder,
    method: { use: 'supervised', ...views },
    optimizer,
    epochs,
    batchSize,
    evaluate: [{ use: 'pretext' }, { use: 'linearProbe' }],
  };
  const text = JSON.stringify(supervised, undefined, 1);
  const id = `supervised-${hash(text)}`;
  const target = path.join(root, `.cache/report-card/${id}.ssl.json`);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
  return { id, file: target, hash: hash(text) };
}

const cli = (root: string) => path.join(root, 'dist/cli.js');

export function listMethods(root: string): MethodEntry[] {
  return JSON.parse(execFileSync(process.execPath, [cli(root), 'methods', '--json'], { encoding: 'utf8' }));
}

/** The default experiment of a file as data. */
function specOf(root: string, file: string): Spec {
  const text = execFileSync(process.execPath, [cli(root), 'check', file, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const { experiments } = JSON.parse(text) as { experiments: { exportName: string; spec: Spec }[] };
  const found = experiments.find(({ exportName }) => exportName === 'default') ?? experiments[0];
  if (found === undefined) throw new Error(`${file} exports no experiment`);
  return found.spec;
}

/** Trains with a seed and reads what was recorded. */
export async function train(root: string, task: Task, seed: number, engine: string): Promise<Measured> {
  const runs = path.join(root, '.cache/report-card/runs');
  const own = path.join(runs, `${task.id}-${seed}`);
  fs.rmSync(own, { recursive: true, force: true });
  const args = [cli(root), 'train', task.file, '--set', `seed=${seed}`, '--engine', engine, '--run-dir', own, '--json'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e9 });
  const id = fs.existsSync(own) ? fs.readdirSync(own).find((name) => /^\d{8}-/.test(name)) : undefined;
  if (id === undefined) throw new Error(`${task.file} was not trained (exit code ${status}):\n${stderr}`);
  const folder = path.join(own, id);
  const run = await readRun(folder);
  const { facts } = run;
  return {
    seed,
    seconds: ((run.status.ended ?? run.status.updated) - (run.status.started ?? run.status.updated)) / 1000,
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
    date: new Date(facts.created).toISOString().slice(0, 10),
    engine: `${facts.engine?.name} ${facts.engine?.version}, ${facts.engine?.threads} threads`,
    commit: facts.git?.commit.slice(0, 10) ?? '',
    values: Object.fromEntries((await readHistory(folder)).values),
    metrics: facts.metrics ?? {},
    run: path.relative(root, folder).split(path.sep).join('/'),
    ...(run.state === 'finished' ? {} : { failure: `${run.state}: ${run.status.message ?? ''}` }),
  };
}
