/**
 * Checkpoints of a run: all variables of the network, the method's state and the optimizer's slots, with the counters
 * that place them in the run. Random draws are functions of seed and counters, so these are the random state too.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { NamedVariable } from '../experiment/contracts.js';
import { storedDtype } from '../nn/stored-variables.js';
import { CHECKPOINT_FORMAT, checkpointFile, listCheckpoints, type Progress } from '../runs/checkpoint-file.js';
import { guarded, writeAtomic } from '../runs/files.js';
import { encodeTensors, type StoredTensor } from '../runs/safetensors.js';

/** A weight is NaN or infinite: there is nothing to keep. */
export class NotFiniteError extends Error {
  override name = 'NotFiniteError';
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
  const metadata = { format: CHECKPOINT_FORMAT, progress: JSON.stringify(progress) };
  const full = path.join(folder, file);
  guarded(full, () => writeAtomic(full, encodeTensors({ metadata, tensors })));
  return file;
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
