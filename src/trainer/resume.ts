/** Takes up a run where its last checkpoint left it. */
import fs from 'node:fs';
import path from 'node:path';
import { importExperiment } from '../experiment/import.js';
import type { ResumeCommand, TrainerMessage } from '../protocol/launch.js';
import { checkpointFile, listCheckpoints, readCheckpoint } from '../runs/checkpoint-file.js';
import { RunFolderError } from '../runs/files.js';
import { isLive } from '../runs/liveness.js';
import { readRun } from '../runs/read.js';
import { RunWriter } from '../runs/writer.js';
import { runSession, type Session } from './session.js';
import { Rejection } from './start.js';

/** Resumes and trains; resolves with the exit code. Rejects with a Rejection when there is nothing to resume. */
export async function resume({ run: folder }: ResumeCommand, tell: (message: TrainerMessage) => void): Promise<number> {
  const { facts, state } = await readRun(folder);
  if (isLive(state)) throw new Rejection(`${facts.id} is ${state} already.`);
  if (state === 'finished') throw new Rejection(`${facts.id} has finished: there is nothing to resume.`);
  const bundle = path.join(folder, facts.bundle);
  const experiment = await importExperiment(bundle, facts.exportName, facts.set);
  // Weights go on bit by bit only on the engine that made them.
  const engine = facts.engine?.name as typeof experiment.engine | undefined;
  const from = lastCheckpoint(folder, facts.specHash);
  let writer: RunWriter;
  try {
    writer = RunWriter.resume(folder, facts);
  } catch (error) {
    if (error instanceof RunFolderError) throw new Rejection(error.message, [], { cause: error });
    throw error;
  }
  tell({ kind: 'created', folder: writer.folder, id: writer.id });
  rewind(writer, from);
  return runSession({ writer, experiment: { ...experiment, engine: engine ?? experiment.engine }, from });
}

/** The newest checkpoint that can be read; a file that a disk has damaged is passed over. */
function lastCheckpoint(folder: string, specHash: string): Session['from'] {
  for (const step of listCheckpoints(folder).reverse()) {
    try {
      const checkpoint = readCheckpoint(path.join(folder, checkpointFile(step)));
      if (checkpoint.progress.specHash === specHash && checkpoint.progress.step === step) return checkpoint;
      console.warn(`${checkpointFile(step)} belongs to another run: passed over`);
    } catch (error) {
      console.warn(`${checkpointFile(step)} is passed over: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** What was recorded after the checkpoint did not happen; without one, nothing did. */
function rewind(writer: RunWriter, from: Session['from']): void {
  const step = from?.progress.step ?? -1;
  const epoch = from === undefined ? 0 : step / from.progress.stepsPerEpoch;
  writer.append({ type: 'rewind', step, epoch, time: Date.now() });
  for (const later of listCheckpoints(writer.folder).filter((s) => s > step))
    fs.rmSync(path.join(writer.folder, checkpointFile(later)), { force: true });
  writer.updateStatus({ step: Math.max(0, step), epoch });
}
