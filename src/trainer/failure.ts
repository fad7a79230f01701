/** Why a run ended, in words for people, with the place in their own source where there is one. */
import { fileURLToPath } from 'node:url';
import { DataError } from '../experiment/contracts.js';
import { RunFolderError } from '../runs/files.js';
import { Diverged } from './loop.js';

/** The message of status.json. `files` are the absolute paths of the experiment's own sources. */
export function describeFailure(error: unknown, files: readonly string[]): string {
  if (!(error instanceof Error)) return `The run failed: ${String(error)}`;
  if (error instanceof DataError || error instanceof RunFolderError || error instanceof Diverged) return error.message;
  const place = sourcePlace(error.stack ?? '', files);
  return place === undefined ? error.message : `${error.message} (${place})`;
}

/** The topmost frame of a stack that lies in one of the files, as `path:line`. Stacks are mapped by Node's source maps. */
export function sourcePlace(stack: string, files: readonly string[]): string | undefined {
  for (const frame of stack.split('\n')) {
    const [, where, line] = /\(?((?:file:\/\/|[A-Za-z]:[\\/]|\/).*?):(\d+)(?::\d+)?\)?$/.exec(frame.trim()) ?? [];
    if (where === undefined) continue;
    const file = where.startsWith('file://') ? fileURLToPath(where) : where;
    if (files.includes(file)) return `${file}:${line}`;
  }
  return undefined;
}
