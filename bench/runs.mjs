// What it costs to read runs: 1,000 of them listed and watched, a million events read, and for how long the event loop
// of the reader (the extension host) is blocked meanwhile. `node bench/runs.mjs [runs] [events]`
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const runs = Number(process.argv[2] ?? 1000);
const events = Number(process.argv[3] ?? 1_000_000);
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-bench-'));
try {
  await build({
    stdin: {
      contents: `export * from './src/runs/read.js'; export * from './src/runs/run-watcher.js';
        export * from './src/runs/event-tail.js'; export * from './src/runs/series-store.js';
        export * from './src/runs/writer.js'; export { newRun } from './test/unit/runs/new-run.js';`,
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: path.join(folder, 'runs.mjs'),
  });
  const code = await import(pathToFileURL(path.join(folder, 'runs.mjs')).href);

  const runsFolder = path.join(folder, 'runs');
  for (let i = 0; i < runs; i++) {
    const writer = code.RunWriter.create(runsFolder, code.newRun(`run ${i}`));
    writer.setState('finished');
    writer.turn.release();
  }
  await measure(`list ${runs} runs`, 300, async () => {
    const list = await code.listRuns(runsFolder);
    if (list.runs.length !== runs) throw new Error(`${list.runs.length} runs`);
  });
  const watcher = new code.RunWatcher(runsFolder, () => {});
  await measure(`watch ${runs} runs: first look`, 300, () => watcher.refresh());
  await measure(`watch ${runs} runs: a look when nothing changed`, 300, () => watcher.refresh());
  watcher.dispose();

  const file = path.join(folder, 'events.jsonl');
  const descriptor = fs.openSync(file, 'w');
  for (let start = 0; start < events; start += 10_000) {
    let text = '';
    for (let step = start; step < Math.min(events, start + 10_000); step++) {
      const values = { loss: 5 / (step + 1), learningRate: 0.001, imagesPerSecond: 1234.5 };
      text += `${JSON.stringify({ type: 'metrics', step, epoch: step / 390, time: 1.7e12 + step * 7, values })}\n`;
    }
    fs.writeSync(descriptor, text);
  }
  fs.closeSync(descriptor);
  const store = new code.SeriesStore('run');
  const tail = new code.EventTail(file, store);
  await measure(`read ${events} events (${(fs.statSync(file).size / 2 ** 20).toFixed(0)} MB)`, undefined, () =>
    tail.read(),
  );
  let points = 0;
  await measure('snapshot of their series', undefined, async () => {
    points = store.snapshot().series.reduce((sum, { step }) => sum + step.length, 0);
  });
  console.log(`${points} points`);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

async function measure(what, budget, work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await work();
  const elapsed = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  const limit = budget === undefined ? '' : ` (budget ${budget} ms)`;
  console.log(
    `${what}: ${elapsed.toFixed(0)} ms${limit}; event loop blocked p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, at most ${(delay.max / 1e6).toFixed(1)} ms`,
  );
}
