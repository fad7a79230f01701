/**
 * The report card: trains every method on its example (`examples/<id>.ssl.ts`) with several seeds, and supervised
 * networks on the same labels beside them, and writes docs/methods.md from the recorded runs.
 *
 *   npm run bench:methods [-- --only rotation,jigsaw] [--seeds 3] [--engine auto] [--again] [--page]
 *
 * What is recorded for an example that has not changed since is kept (`--again` trains it anew), so the card can be made
 * in pieces; `--page` only writes the page.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { methodsPage } from './methods/page.js';
import { exampleOf, listMethods, type Results, supervisedOf, type Task, train } from './methods/train.js';

declare const REPOSITORY_ROOT: string;

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    engine: { type: 'string', default: 'auto' },
    again: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
});
const file = path.join(REPOSITORY_ROOT, 'bench/results/methods.json');
const results: Results = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
const only = values.only?.split(',');
const methods = listMethods(REPOSITORY_ROOT);
const unknown = only?.filter((id) => !methods.some((method) => method.id === id)) ?? [];
if (unknown.length > 0) throw new Error(`there is no method ${unknown.join(', ')}`);

/** Several methods may share a task. */
const recorded = new Set<string>();

/** Trains what is not recorded yet; the record is written after every run. */
async function record(task: Task): Promise<void> {
  if (recorded.has(task.id)) return;
  recorded.add(task.id);
  const known = results[task.id];
  let runs = known?.hash === task.hash ? known.runs : [];
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    if (!values.again && runs.some((run) => run.seed === seed)) continue;
    process.stdout.write(`${task.id}, seed ${seed}: `);
    const run = await train(REPOSITORY_ROOT, task, seed, values.engine);
    console.log(`${run.seconds.toFixed(0)} s${run.failure === undefined ? '' : `, FAILED: ${run.failure}`}`);
    runs = [...runs.filter((other) => other.seed !== seed), run].sort((a, b) => a.seed - b.seed);
    results[task.id] = { hash: task.hash, runs };
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  }
}

const tasks = new Map<string, { readonly method: Task; readonly supervised?: Task }>();
for (const { id, family } of methods) {
  const method = exampleOf(REPOSITORY_ROOT, id);
  tasks.set(id, { method, supervised: supervisedOf(REPOSITORY_ROOT, method, family) });
}
if (!values.page) {
  for (const [id, { method, supervised }] of tasks) {
    if (only !== undefined && !only.includes(id)) continue;
    await record(method);
    if (supervised !== undefined) await record(supervised);
  }
}
methodsPage(REPOSITORY_ROOT, methods, tasks, results);
