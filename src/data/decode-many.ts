/** Decodes many files, in worker threads where that is worth their start. */
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundled, distFolder } from '../experiment/package-files.js';
import { PictureError } from './picture.js';
import { readSquare, type SquareOptions } from './square.js';

/** The pixels `[size, width, channels]`, or why there are none. */
export type Decoded = { readonly pixels: Uint8Array } | { readonly reason: string };

/** Decodes one file; never rejects because of what is in it. */
export async function decodeFile(file: string, options: SquareOptions): Promise<Decoded> {
  try {
    return { pixels: await readSquare(file, options) };
  } catch (error) {
    if (error instanceof PictureError) return { reason: error.message };
    throw error;
  }
}

/** Each thread takes up to a gigabyte for the largest pictures. */
const mostThreads = 4;
const filesWorthAThread = 16;

/**
 * Decodes files and hands each result to `done` as soon as it is there, one at a time and in any order, so that only
 * the pictures being decoded are in memory. Rejects when `signal` aborts or `done` throws.
 */
export async function decodeMany(
  files: readonly string[],
  options: SquareOptions,
  done: (index: number, decoded: Decoded) => void,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  const take = async (decode: (file: string) => Promise<Decoded>) => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const index = next++;
      done(index, await decode(files[index] as string));
    }
  };
  const worth = Math.floor(files.length / filesWorthAThread);
  const threads = bundled ? Math.min(mostThreads, os.availableParallelism(), worth) : 0;
  if (threads === 0) return take((file) => decodeFile(file, options));

  const workers = Array.from({ length: threads }, () => {
    return new Worker(path.join(distFolder, 'decode-worker.js'), { workerData: options });
  });
  try {
    await Promise.all(
      workers.map((worker) =>
        take(async (file) => {
          const reply = once(worker, 'message', { signal });
          worker.postMessage(file);
          return (await reply)[0] as Decoded;
        }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
