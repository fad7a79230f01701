/** Where runs lie and what their files are called. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Names within a run's folder. */
export const runFiles = {
  facts: 'run.json',
  status: 'status.json',
  label: 'label.json',
  events: 'events.jsonl',
  control: 'control.jsonl',
  /** Its modification time is renewed while the trainer's process lives. */
  heartbeat: 'heartbeat',
  /** What the trainer's process printed; native crashes leave their words here. */
  log: 'trainer.log',
  bundle: 'bundle.mjs',
  source: 'source',
  checkpoints: 'checkpoints',
} as const;

const projectData = '.autodidact';

/** The nearest folder at or above `from` that has runs, else `from` itself. */
export function projectFolder(from: string): string {
  return existingProject(from) ?? path.resolve(from);
}

/** The nearest folder at or above `from` that has runs, if there is one. */
export function existingProject(from: string): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, projectData))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** The folder with the runs of a project. */
export function runsRoot(project: string): string {
  return path.join(project, projectData, 'runs');
}

/** Where decoded data is cached for the runs of this root. */
export function cacheFolder(root: string): string {
  const parent = path.dirname(path.resolve(root));
  return path.basename(parent) === projectData ? path.join(parent, 'cache') : path.join(root, '.cache');
}

/** Makes the folder for runs; a project's data folder keeps itself out of git. */
export function createRoot(root: string): void {
  mkdirSync(root, { recursive: true });
  const parent = path.dirname(path.resolve(root));
  if (path.basename(parent) !== projectData) return;
  const ignore = path.join(parent, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

/** Undoes `createRoot` if nothing came of it. */
export function removeEmptyRoot(root: string): void {
  const parent = path.dirname(path.resolve(root));
  try {
    rmdirSync(root); // fails when there is anything in it
    if (path.basename(parent) === projectData && readdirSync(parent).join() === '.gitignore')
      rmSync(parent, { recursive: true });
  } catch {
    // It has runs, or someone was quicker.
  }
}

/** The folder of a run; throws unless the id names a direct child of the root. */
export function runFolder(root: string, id: string): string {
  if (!isRunId(id)) throw new Error(`"${id}" is not the id of a run`);
  return path.join(path.resolve(root), id);
}

/** True for a plain file name that is not hidden; hidden entries of the root are not runs. */
export function isRunId(id: string): boolean {
  return id.length > 0 && id.length <= 255 && !id.startsWith('.') && !/[/\\:\0]/.test(id);
}

/** True for a relative path with forward slashes that stays inside the folder it is relative to. */
export function isInnerPath(file: string): boolean {
  return (
    file.length > 0 && !/[\\:\0]/.test(file) && file.split('/').every((step) => step !== '' && !/^\.\.?$/.test(step))
  );
}

/** `<yyyymmdd-hhmmss>-<slug>-<hash>`: sorts by time, can be read, and tells equal experiments from different ones. */
export function runId(created: Date, name: string, hash: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${created.getFullYear()}${two(created.getMonth() + 1)}${two(created.getDate())}`;
  const time = `${two(created.getHours())}${two(created.getMinutes())}${two(created.getSeconds())}`;
  return `${day}-${time}-${slug(name)}-${hash.slice(0, 6)}`;
}

/** A name as part of a file name: letters and digits of any script, at most 40 of them. */
export function slug(name: string): string {
  const words =
    name
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...words.join('-')].slice(0, 40).join('').replace(/-$/, '') || 'run';
}
