/** Small files, written so that a reader never sees half of one, and read so that none can be too big. */
import fs from 'node:fs';
import path from 'node:path';

/** Why a run's folder cannot be used any more. */
export type RunFolderFault = 'full' | 'removed' | 'forbidden' | 'taken' | 'failing';

/** The run's folder cannot be written or belongs to another process: the run ends, and nothing else is harmed. */
export class RunFolderError extends Error {
  override name = 'RunFolderError';
  constructor(
    readonly fault: RunFolderFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Does file work, and turns the system's errors into a RunFolderError that says what happened to `file`. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw folderError(file, error);
  }
}

export function folderError(file: string, error: unknown): RunFolderError {
  if (error instanceof RunFolderError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RunFolderError('full', `The disk is full: ${file} cannot be written.`, options);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new RunFolderError('removed', `The run's folder was removed: ${file} is gone.`, options);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new RunFolderError('forbidden', `${file} may not be written (${code}).`, options);
  return new RunFolderError('failing', `${file} cannot be written: ${message}`, options);
}

/** JSON has no NaN and no infinity: they are written as strings. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item),
    indent,
  );
}

/** Replaces a file as a whole: temporary name, flush, rename. Never makes a folder. */
export function writeAtomic(file: string, content: string | Uint8Array): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    writeFlushed(temporary, content, 'w');
    renameOver(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes and flushes; `flags` as of `open`. */
export function writeFlushed(file: string, content: string | Uint8Array, flags: string | number): void {
  const descriptor = fs.openSync(file, flags);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** On Windows a reader or a virus scanner that has the file open makes a rename fail for a moment. */
function renameOver(from: string, to: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const passing = process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!passing || attempt === 10) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 * (attempt + 1));
    }
  }
}

/** How to open what should be a file: without O_NONBLOCK, a named pipe would be waited for (Windows has none). */
export const readOnly = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/** The text of a file of at most `limit` bytes; undefined if there is none. Rejects for anything that is not a file. */
export function readSmall(file: string, limit: number): Promise<string | undefined> {
  // Callbacks and one read: lists of a thousand runs take half the time that file handles and promises need.
  return new Promise((resolve, reject) => {
    fs.open(file, readOnly, (openFault, descriptor) => {
      if (openFault) return openFault.code === 'ENOENT' ? resolve(undefined) : reject(openFault);
      const end = (fault: Error | null, text?: string) => {
        fs.close(descriptor, () => (fault ? reject(fault) : resolve(text)));
      };
      fs.fstat(descriptor, (fault, stat) => {
        const name = path.basename(file);
        if (fault) return end(fault);
        if (!stat.isFile()) return end(new Error(`${name} is not a file`));
        if (stat.size > limit) return end(new Error(`${name} is too big: ${stat.size} bytes, at most ${limit}`));
        const buffer = Buffer.allocUnsafe(stat.size);
        fs.read(descriptor, buffer, 0, stat.size, 0, (readFault, count) =>
          end(readFault, readFault ? undefined : buffer.toString('utf8', 0, count)),
        );
      });
    });
  });
}

/** What the system knows of a file; undefined if there is none or it cannot be looked at. */
export function statOf(file: string): Promise<fs.Stats | undefined> {
  return new Promise((resolve) => fs.stat(file, (fault, stat) => resolve(fault ? undefined : stat)));
}
