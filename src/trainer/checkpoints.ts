/**
 * Checkpoints of a run: all variables of the network, the method's state and the optimizer's slots, with the counters
 * that place them in the run. Random draws are functions of seed and counters, so these are the random state too.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariable } from '../experiment/contracts.js';
import { guarded, writeAtomic } from '../runs/files.js';
import { runFiles } from '../runs/paths.js';
import type { Alert } from './alerts.js';
import { decodeTensors, encodeTensors, type StoredDtype, type StoredTensor, type TensorFile } from './safetensors.js';

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
  readonly alerts: readonly Alert['code'][];
}

/** A weight is NaN or infinite: there is nothing to keep. */
export class NotFiniteError extends Error {
  override name = 'NotFiniteError';
}

const FORMAT = 'autodidact-checkpoint-1';
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

/**
 * Writes a checkpoint to a temporary name, flushes and renames it; earlier ones are not touched. Throws NotFiniteError
 * before anything is written if a value is NaN or infinite, RunFolderError if the folder cannot be written.
 */
export async function writeCheckpoint(
  folder: string,
  variables: readonly NamedVariable[],
  progress: Progress,
): Promise<string> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, variable } of variables) {
    const data = (await variable.data()) as StoredTensor['data'];
    if (variable.dtype === 'float32' && !(data as Float32Array).every(Number.isFinite))
      throw new NotFiniteError(`${name} has values that are not finite`);
    tensors.set(name, { dtype: storedDtype(variable), shape: variable.shape, data });
  }
  const file = checkpointFile(progress.step);
  const metadata = { format: FORMAT, progress: JSON.stringify(progress) };
  const full = path.join(folder, file);
  guarded(full, () => writeAtomic(full, encodeTensors({ metadata, tensors })));
  return file;
}

/** Reads a checkpoint; throws a TensorFileError or an Error that names the file. */
export function readCheckpoint(file: string): { progress: Progress; tensors: TensorFile['tensors'] } {
  const { metadata, tensors } = decodeTensors(fs.readFileSync(file));
  if (metadata.format !== FORMAT || metadata.progress === undefined)
    throw new Error(`${file} is not a checkpoint of Autodidact`);
  return { progress: JSON.parse(metadata.progress) as Progress, tensors };
}

/**
 * Assigns stored tensors to variables of the same names. Throws if one is missing or has another shape or type; tensors
 * without a variable are left aside, so weights alone can be taken from a checkpoint.
 */
export function assignTensors(tensors: TensorFile['tensors'], variables: readonly NamedVariable[]): void {
  for (const { name, variable } of variables) {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`the checkpoint has no ${name}: it was made by another network`);
    if (stored.shape.join() !== variable.shape.join() || stored.dtype !== storedDtype(variable))
      throw new Error(`${name} is [${stored.shape}] in the checkpoint and [${variable.shape}] in the network`);
    tf.tidy(() => variable.assign(tf.tensor(stored.data, variable.shape, variable.dtype)));
  }
}

/**
 * Removes checkpoints until `keep` are left, always keeping the first, the last and the best. Of the others the one
 * whose neighbors are nearest to each other goes, so that those that stay are spread over the run.
 */
export function pruneCheckpoints(folder: string, keep: number, best: number | undefined): void {
  for (const step of stepsToRemove(listCheckpoints(folder), keep, best)) {
    fs.rmSync(path.join(folder, checkpointFile(step)), { force: true });
  }
}

/** See pruneCheckpoints; `steps` in ascending order. */
export function stepsToRemove(steps: readonly number[], keep: number, best: number | undefined): number[] {
  const kept = [...steps];
  const removed: number[] = [];
  while (kept.length > keep) {
    const gap = (i: number) => (kept[i + 1] as number) - (kept[i - 1] as number);
    const candidates = kept.map((_, i) => i).filter((i) => i > 0 && i < kept.length - 1 && kept[i] !== best);
    if (candidates.length === 0) break;
    const least = candidates.reduce((a, b) => (gap(b) < gap(a) ? b : a));
    removed.push(...kept.splice(least, 1));
  }
  return removed;
}

function storedDtype(variable: tf.Variable): StoredDtype {
  const dtype = ({ float32: 'F32', int32: 'I32', bool: 'BOOL' } as const)[variable.dtype as 'float32'];
  if (dtype === undefined) throw new Error(`variables of type ${variable.dtype} cannot be saved`);
  return dtype;
}
