/**
 * Folders of what was computed from data. One appears under its final name only when it is complete; its name is a hash
 * of all that it depends on, so it never changes afterwards. Siblings in the same slot are earlier versions of it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** A name for what depends on a value that can be written as JSON. */
export const hashed = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/**
 * Makes the folder `target`: `fill` writes a draft beside it, which is then renamed. Earlier versions in the slot are
 * there while it is filled, and go away afterwards.
 * @param isGood Whether the folder exists and is complete: if another process was faster, its result is the same.
 */
export async function buildCache(
  target: string,
  isGood: () => boolean,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    mkdirSync(draft, { recursive: true });
    await fill(draft);
    publish(draft, target, isGood);
    tidy(target);
  } catch (error) {
    remove(draft);
    throw error;
  }
}

function publish(draft: string, target: string, isGood: () => boolean): void {
  if (!isGood()) remove(target);
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!isGood()) throw error;
    remove(draft);
  }
}

const day = 24 * 60 * 60 * 1000;

/** Removes earlier caches of the slot, and drafts that nobody can be writing any more. */
function tidy(target: string): void {
  const slot = path.dirname(target);
  for (const name of readdirSync(slot)) {
    const cache = path.join(slot, name);
    const draftInUse = name.endsWith('.tmp') && Date.now() - (changedAt(cache) ?? 0) < day;
    if (cache !== target && !draftInUse) remove(cache);
  }
}

function changedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** Removes a folder if that is possible: it may be open in another process, or in a place that cannot be written to. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // What is left takes space and does no harm; the next one tries again.
  }
}
