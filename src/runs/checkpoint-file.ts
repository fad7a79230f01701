/** The checkpoint files of a run: their names, and what they hold besides tensors. */
import fs from 'node:fs';
import path from 'node:path';
import type { AlertEvent } from '../protocol/run.js';
import { guarded } from './files.js';
import { runFiles } from './paths.js';
import { decodeTensors, type TensorFile } from './safetensors.js';

/** What a run remembers besides its variables. */
export interface Progress {
  /** Steps taken. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly seed: number;
  /** Hash of spec and sources: a checkpoint fits only what it was made by. */
  readonly specHash: string;
  /** The evaluation that judges this run: its untrained and its best value, and where the best one was. */
  readonly headline?: {
    readonly metric: string;
    readonly value: number;
    readonly untrained?: number;
    readonly best: number;
    readonly bestStep: number;
  };
  /** The evaluations that belong to this step are recorded. */
  readonly evaluated: boolean;
  readonly alerts: readonly AlertEvent['code'][];
}

export const CHECKPOINT_FORMAT = 'autodidact-checkpoint-1';
const FILE = /^step-(\d+)[.]safetensors$/;

/** Path of a checkpoint within the run's folder. */
export function checkpointFile(step: number): string {
  return `${runFiles.checkpoints}/step-${String(step).padStart(8, '0')}.safetensors`;
}

/** Steps of the checkpoints in a run's folder, in order. */
export function listCheckpoints(folder: string): number[] {
  return guarded(path.join(folder, runFiles.checkpoints), () => fs.readdirSync(path.join(folder, runFiles.checkpoints)))
    .flatMap((name) => FILE.exec(name)?.slice(1).map(Number) ?? [])
    .sort((a, b) => a - b);
}

/** Reads a checkpoint; throws a TensorFileError or an Error that names the file. */
export function readCheckpoint(file: string): { progress: Progress; tensors: TensorFile['tensors'] } {
  const { metadata, tensors } = decodeTensors(fs.readFileSync(file));
  if (metadata.format !== CHECKPOINT_FORMAT || metadata.progress === undefined)
    throw new Error(`${file} is not a checkpoint of Autodidact`);
  return { progress: JSON.parse(metadata.progress) as Progress, tensors };
}
