/**
 * Decoded pictures on disk: one file of pixels (a row per picture) and one that says which pictures they are. Samples
 * are read from it one by one, so memory does not grow with the data.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type DataEnvironment, DataError } from '../experiment/contracts.js';
import { buildCache, hashed } from './cache-folder.js';
import { decodeMany } from './decode-many.js';
import type { PictureFile } from './picture-files.js';
import type { SquareOptions } from './square.js';

/** Changes whenever the same file would give other pixels. */
const format = 1;

interface Manifest {
  readonly files: readonly PictureFile[];
  /** Why there are no pixels, by position in `files`. */
  readonly failures: Readonly<Record<number, string>>;
}

export interface CachedPictures {
  /** Why there are no pixels, by name of the file. */
  readonly failures: ReadonlyMap<string, string>;
  /** The pixels of a file, `[size, width, channels]`. */
  read(name: string): Uint8Array;
}

/** The decoded pictures of a folder: from the cache, or decoded now. */
export async function cachedPictures(
  folder: string,
  files: readonly PictureFile[],
  options: SquareOptions,
  environment: DataEnvironment,
): Promise<CachedPictures> {
  // One slot per folder and options: what is in it from before can be used again, then goes away.
  const { size, width, channels } = options;
  const key = [format, folder, size, channels, ...(width === undefined ? [] : [width])];
  const slot = path.join(environment.cacheFolder, 'pictures', hashed(key));
  const target = path.join(slot, hashed(files));
  const bytesPerRow = size * (width ?? size) * channels;
  const manifest =
    readManifest(target, bytesPerRow) ?? (await build(target, bytesPerRow, folder, files, options, environment));
  return openCache(target, manifest, bytesPerRow);
}

const pixelFile = (cache: string) => path.join(cache, 'pixels.bin');
const manifestFile = (cache: string) => path.join(cache, 'manifest.json');

/** Undefined where there is no cache, or one that is damaged. */
function readManifest(cache: string, bytesPerRow: number): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile(cache), 'utf8')) as Manifest;
    return statSync(pixelFile(cache)).size === manifest.files.length * bytesPerRow ? manifest : undefined;
  } catch {
    return undefined;
  }
}

async function build(
  target: string,
  bytesPerRow: number,
  folder: string,
  files: readonly PictureFile[],
  options: SquareOptions,
  environment: DataEnvironment,
): Promise<Manifest> {
  try {
    const isGood = () => readManifest(target, bytesPerRow) !== undefined;
    await buildCache(target, isGood, (draft) => fill(draft, bytesPerRow, folder, files, options, environment));
    openFiles.delete(pixelFile(target));
    return readManifest(target, bytesPerRow) as Manifest;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || environment.signal?.aborted) throw error;
    throw new DataError(
      `The decoded pictures of ${folder} cannot be kept in ${path.dirname(target)}: ${message}. They need ${Math.ceil((files.length * bytesPerRow) / 2 ** 20)} MB of space in a folder that can be written to.`,
    );
  }
}

/** Writes the pixels of all files; those that an earlier cache has are copied from it. */
async function fill(
  draft: string,
  bytesPerRow: number,
  folder: string,
  files: readonly PictureFile[],
  options: SquareOptions,
  { progress, signal }: DataEnvironment,
): Promise<void> {
  const failures: Record<number, string> = {};
  const pixels = openSync(pixelFile(draft), 'w');
  try {
    const missing = copyKnown(path.dirname(draft), files, failures, pixels, bytesPerRow);
    let done = 0;
    let told = 0;
    const paths = missing.map((index) => path.join(folder, (files[index] as PictureFile).name));
    await decodeMany(
      paths,
      options,
      (position, decoded) => {
        const index = missing[position] as number;
        if ('pixels' in decoded) writeSync(pixels, decoded.pixels, 0, bytesPerRow, index * bytesPerRow);
        else failures[index] = decoded.reason;
        done++;
        if (Date.now() - told < 250 && done < missing.length) return;
        told = Date.now();
        progress?.(`Decoding pictures: ${done} of ${missing.length}`);
      },
      signal,
    );
    // A row of zeros ends the file where the last picture failed, so that its length tells that it is complete.
    const last = files.length - 1;
    if (failures[last] !== undefined)
      writeSync(pixels, new Uint8Array(bytesPerRow), 0, bytesPerRow, last * bytesPerRow);
  } finally {
    closeSync(pixels);
  }
  const manifest: Manifest = { files, failures };
  writeFileSync(manifestFile(draft), JSON.stringify(manifest));
}

/** Copies rows of unchanged files from earlier caches of the slot; returns the positions that are still missing. */
function copyKnown(
  slot: string,
  files: readonly PictureFile[],
  failures: Record<number, string>,
  pixels: number,
  bytesPerRow: number,
): number[] {
  const missing = new Map(files.map((file, index) => [JSON.stringify(file), index]));
  const row = new Uint8Array(bytesPerRow);
  for (const name of readdirSync(slot)) {
    const cache = path.join(slot, name);
    const manifest = name.endsWith('.tmp') ? undefined : readManifest(cache, bytesPerRow);
    if (manifest === undefined) continue;
    const earlier = openSync(pixelFile(cache), 'r');
    try {
      for (const [from, file] of manifest.files.entries()) {
        const key = JSON.stringify(file);
        const to = missing.get(key);
        if (to === undefined) continue;
        missing.delete(key);
        const failure = manifest.failures[from];
        if (failure !== undefined) failures[to] = failure;
        else {
          readSync(earlier, row, 0, bytesPerRow, from * bytesPerRow);
          writeSync(pixels, row, 0, bytesPerRow, to * bytesPerRow);
        }
      }
    } finally {
      closeSync(earlier);
    }
  }
  return [...missing.values()];
}

/** One open file per cache and thread: data is opened again for every preview, and is never closed. */
const openFiles = new Map<string, number>();

function openCache(cache: string, { files, failures }: Manifest, bytesPerRow: number): CachedPictures {
  const file = pixelFile(cache);
  const handle = openFiles.get(file) ?? openSync(file, 'r');
  openFiles.set(file, handle);
  const rows = new Map(files.map(({ name }, row) => [name, row]));
  return {
    failures: new Map(
      Object.entries(failures).map(([row, reason]) => [(files[Number(row)] as PictureFile).name, reason]),
    ),
    read(name) {
      const pixels = new Uint8Array(bytesPerRow);
      const read = readSync(handle, pixels, 0, bytesPerRow, (rows.get(name) as number) * bytesPerRow);
      if (read !== bytesPerRow)
        throw new DataError(`${file} ended early: the cache was changed while it was in use. Start again.`);
      return pixels;
    },
  };
}
