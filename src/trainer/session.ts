/** A run from its beginning or its last checkpoint to its end, with that end recorded whatever happens. */
import path from 'node:path';
import { stepsPerEpoch } from '../data/order.js';
import { startEngine } from '../engine/index.js';
import { checkAgainstData } from '../experiment/check-data.js';
import { DataError, type OpenData } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import { sampleFolder } from '../experiment/package-files.js';
import { assignTensors } from '../nn/stored-variables.js';
import type { MetricInfo } from '../protocol/run.js';
import type { Progress } from '../runs/checkpoint-file.js';
import { RunFolderError } from '../runs/files.js';
import { startHeartbeat } from '../runs/heartbeat.js';
import { cacheFolder } from '../runs/paths.js';
import type { TensorFile } from '../runs/safetensors.js';
import type { RunWriter } from '../runs/writer.js';
import { Alerts } from './alerts.js';
import { BatchFeed } from './batches.js';
import { Commands, Stop } from './commands.js';
import { Evaluator } from './evaluator.js';
import { describeFailure } from './failure.js';
import { Diverged, Loop, takeTurn } from './loop.js';
import { buildModel } from './model.js';
import { Recorder } from './recorder.js';
import { Stepper } from './step.js';

export interface Session {
  readonly writer: RunWriter;
  readonly experiment: Experiment;
  /** Where to go on; undefined begins at the beginning. */
  readonly from?: { readonly progress: Progress; readonly tensors: TensorFile['tensors'] };
}

/** Metrics that every run has. */
const COMMON_METRICS: Readonly<Record<string, MetricInfo>> = {
  loss: { title: 'Loss', better: 'lower' },
  learningRate: { title: 'Learning rate' },
  gradientNorm: { title: 'Gradient norm' },
  imagesPerSecond: { title: 'Throughput', unit: 'images/s', better: 'higher' },
};

/** Runs to the end and records it. Resolves with the exit code of the process: 0 finished or stopped, 1 failed. */
export async function runSession(session: Session): Promise<number> {
  const { writer } = session;
  const heartbeat = startHeartbeat(writer.folder);
  const commands = new Commands(writer.folder, writer.controlOffset);
  // What is thrown outside of the loop, as by a timer of user code, would end the process without a word in the run.
  process.on('uncaughtException', (error) => process.exit(recordEnd(session, error)));
  try {
    await takeTurn(writer, commands.signal);
    await train(session, commands);
    writer.setState('finished');
    return 0;
  } catch (error) {
    return recordEnd(session, error);
  } finally {
    commands.close();
    writer.turn.release();
    await heartbeat.stop();
  }
}

async function train({ writer, experiment, from }: Session, commands: Commands): Promise<void> {
  // What the engine says before there is a recorder is recorded as soon as there is one.
  const said: string[] = [];
  let say = (message: string): void => {
    said.push(message);
  };
  const engine = await startEngine(experiment.engine, { log: (message) => say(message) });
  writer.updateFacts({ engine: { name: engine.name, version: engine.version, threads: engine.threads } });
  const data = await openData(experiment, writer, commands.signal);
  const notes = [...data.notes, ...checkFit(experiment, data)];
  const steps = stepsPerEpoch(data.train.length, experiment.batchSize);
  const schedule = { stepsPerEpoch: steps, totalSteps: steps * experiment.epochs };
  if (from !== undefined && from.progress.stepsPerEpoch !== steps)
    throw new DataError(
      `${data.title} has changed since this run began: ${steps} steps an epoch, ${from.progress.stepsPerEpoch} then. Restore the data, or start a new run.`,
    );

  const built = buildModel(experiment, data, path.dirname(writer.facts.file));
  const stepper = new Stepper(experiment, built, schedule);
  if (from !== undefined) assignTensors(from.tensors, stepper.variables);
  const evaluator = new Evaluator(experiment, data, built);
  const metrics = { ...COMMON_METRICS, ...built.model.metrics, ...evaluator.metrics };
  writer.updateFacts({ stepsPerEpoch: steps, metrics });

  const progress = from?.progress ?? {
    step: 0,
    stepsPerEpoch: steps,
    seed: experiment.seed,
    specHash: writer.facts.specHash,
    evaluated: false,
    alerts: [],
  };
  const recorder = new Recorder(writer, schedule, experiment.batchSize);
  recorder.moveTo(progress.step);
  recorder.headline(progress.headline);
  for (const note of notes) recorder.log('info', note);
  say = (message) => recorder.log('warning', message);
  said.forEach(say);
  const alerts = new Alerts(metrics, progress.alerts);
  const feed = new BatchFeed({
    bundle: path.join(writer.folder, writer.facts.bundle),
    exportName: writer.facts.exportName,
    overrides: writer.facts.set,
    environment: dataEnvironment(writer),
    samples: data.train.length,
  });
  try {
    await new Loop({ experiment, writer, recorder, commands, stepper, evaluator, alerts, feed }, progress).run();
  } catch (error) {
    if (error instanceof Diverged) recorder.alert({ code: 'nan', message: error.message });
    throw error;
  } finally {
    await feed.close();
  }
}

async function openData(experiment: Experiment, writer: RunWriter, signal: AbortSignal): Promise<OpenData<unknown>> {
  const progress = (message: string) => console.log(message);
  return (await experiment.data.open({ ...dataEnvironment(writer), progress, signal })) as OpenData<unknown>;
}

function dataEnvironment(writer: RunWriter) {
  return {
    baseFolder: path.dirname(writer.facts.file),
    cacheFolder: cacheFolder(path.dirname(writer.folder)),
    sampleFolder,
  };
}

/** What does not fit together ends the run, or is noted. */
function checkFit(experiment: Experiment, data: OpenData<unknown>): string[] {
  const found = checkAgainstData(experiment, data).map(({ path, message, severity }) => ({
    severity,
    text: `${path.join('.')}: ${message}`,
  }));
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DataError(errors.map(({ text }) => text).join('\n'));
  return found.map(({ text }) => text);
}

/** Records how the run ended. When not even that can be written, the words go to the log of the process. */
function recordEnd({ writer }: Session, error: unknown): number {
  if (error instanceof Stop) return attempt(() => writer.setState('stopped', error.message || undefined), 0);
  console.error(error);
  // The folder is another trainer's now: nothing may be written.
  if (error instanceof RunFolderError && (error.fault === 'taken' || error.fault === 'removed')) return 1;
  const files = writer.facts.sources.map(({ origin }) => origin);
  return attempt(() => writer.setState('failed', describeFailure(error, files)), 1);
}

function attempt(write: () => void, code: number): number {
  try {
    write();
    return code;
  } catch (error) {
    console.error(error);
    return 1;
  }
}
