/** A trainer without a network: the same folder, queue, control and messages, and losses out of thin air. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ControlTail } from '../../../src/runs/control.js';
import { startHeartbeat } from '../../../src/runs/heartbeat.js';
import { readRun } from '../../../src/runs/read.js';
import { RunWriter } from '../../../src/runs/writer.js';
import { parseTrainerArguments } from '../../../src/trainer/arguments.js';
import { newRun } from '../runs/new-run.js';

const command = parseTrainerArguments(process.argv.slice(2));
if (command.command === 'start' && command.exportName === 'wrong') {
  const range = { start: { line: 2, character: 4 }, end: { line: 2, character: 9 } };
  const message = 'simclr: unknown option "temprature"; did you mean "temperature"?';
  const diagnostics = [{ file: command.file, range, severity: 'error', message }];
  process.send?.({ kind: 'rejected', message: 'one mistake', diagnostics });
  process.disconnect();
} else {
  await train();
}

async function train(): Promise<void> {
  let writer: RunWriter;
  if (command.command === 'start') {
    const name = path.basename(command.file, '.ssl.ts');
    const run = newRun(name);
    const maxParallelRuns = command.maxParallel;
    const metrics = { 'knn.accuracy': { title: 'kNN accuracy', unit: 'fraction', better: 'higher' } } as const;
    writer = RunWriter.create(command.runs, { ...run, facts: { ...run.facts, maxParallelRuns, metrics } });
  } else {
    writer = RunWriter.resume(command.run, (await readRun(command.run)).facts);
    writer.append({ type: 'rewind', step: 5, epoch: 1, time: Date.now() });
    writer.updateStatus({ step: 5, epoch: 1 });
  }
  const heartbeat = startHeartbeat(writer.folder);
  const stop = new AbortController();
  let paused = false;
  const control = new ControlTail(writer.folder, writer.controlOffset, ({ action }) => {
    const deaf = command.command === 'start' && command.set?.includes('ears=none');
    if (action === 'stop' && !deaf) stop.abort();
    if (action === 'pause' || action === 'resume') paused = action === 'pause';
  });
  process.send?.({ kind: 'created', folder: writer.folder, id: writer.id });
  try {
    await writer.turn.wait(writer.facts.maxParallelRuns, stop.signal, (runs) =>
      writer.setState('queued', `Waits for ${runs} runs.`),
    );
    writer.setState('running');
    const pace = command.command === 'start' && command.set?.includes('pace=slow') ? 50 : 5;
    if (writer.status.step === 0) evaluate(0, 0.5);
    for (let step = writer.status.step + 1; step <= 10; step++) {
      await setTimeout(pace, undefined, { signal: stop.signal });
      if (paused) {
        writer.setState('paused');
        writer.turn.release();
        while (paused) await setTimeout(5, undefined, { signal: stop.signal });
        await writer.turn.wait(1, stop.signal);
        writer.setState('running');
      }
      const time = Date.now();
      const epoch = step / 5;
      writer.append({ type: 'metrics', step, epoch, time, values: { loss: step === 7 ? Number.NaN : 5 / step } });
      writer.updateStatus({ step, epoch, imagesPerSecond: 1234, eta: 10 - step });
      if (step % 5 === 0) evaluate(step, 0.5 + step / 50);
    }
    writer.setState('finished');
  } catch {
    writer.setState('stopped');
  }
  writer.turn.release();
  control.close();
  await heartbeat.stop();

  function evaluate(step: number, accuracy: number): void {
    const at = { step, epoch: step / 5, time: Date.now() };
    writer.append({ type: 'evaluation', ...at, values: { 'knn.accuracy': accuracy } });
    writer.append({ type: 'checkpoint', ...at, file: `checkpoints/${step}.safetensors` });
  }
}
