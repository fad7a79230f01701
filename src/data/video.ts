/** Video files, decoded once into a cache of frames by the `ffmpeg` that is on PATH. */
import { spawn } from 'node:child_process';
import { createWriteStream, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DataEnvironment, DataError } from '../experiment/contracts.js';
import { buildCache, hashed } from './cache-folder.js';
import { PictureError } from './picture.js';
import type { PictureFile } from './picture-files.js';

/** Changes whenever the same file would give other pixels. */
const format = 1;

const extensions = new Set(['.mp4', '.m4v', '.mov', '.avi', '.mkv', '.webm', '.mpg', '.mpeg', '.ogv', '.wmv', '.gif']);

export const isVideo = (name: string): boolean => extensions.has(path.extname(name).toLowerCase());

export interface FrameOptions {
  /** Side of the square frames in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Frames one after the other, `[size, size, channels]` bytes each. */
export interface Frames {
  readonly length: number;
  read(index: number): Uint8Array;
}

/**
 * The frames of a video: the shorter side resized to `size`, the center cut out. They go from ffmpeg to disk, so memory
 * does not grow with their number. Throws a PictureError where the file cannot be decoded, and a DataError where there is
 * no ffmpeg.
 */
export async function videoFrames(
  folder: string,
  { name, bytes, changed }: PictureFile,
  { size, channels }: FrameOptions,
  { cacheFolder, progress, signal }: DataEnvironment,
): Promise<Frames> {
  const slot = path.join(cacheFolder, 'videos', hashed([format, folder, name, size, channels]));
  const target = path.join(slot, hashed([bytes, changed]));
  const frameBytes = size * size * channels;
  const file = path.join(target, 'frames.bin');
  const length = () => {
    const found = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    return found % frameBytes === 0 ? found / frameBytes : 0;
  };
  if (length() === 0) {
    progress?.(`Decoding ${name}`);
    await buildCache(
      target,
      () => length() > 0,
      (draft) => decode(path.join(folder, name), path.join(draft, 'frames.bin'), { size, channels }, signal),
    );
  }
  if (length() === 0) throw new PictureError('it has no frames');
  const handle = openFiles.get(file) ?? openSync(file, 'r');
  openFiles.set(file, handle);
  return {
    length: length(),
    read(index) {
      const pixels = new Uint8Array(frameBytes);
      if (readSync(handle, pixels, 0, frameBytes, index * frameBytes) !== frameBytes)
        throw new DataError(`${file} ended early: the cache was changed while it was in use. Start again.`);
      return pixels;
    },
  };
}

/** One open file per video and thread: data is opened again for every preview, and is never closed. */
const openFiles = new Map<string, number>();

async function decode(
  video: string,
  to: string,
  { size, channels }: FrameOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const filter = `scale=${size}:${size}:force_original_aspect_ratio=increase:flags=area,crop=${size}:${size}`;
  const output = ['-pix_fmt', channels === 3 ? 'rgb24' : 'gray', '-f', 'rawvideo', '-'];
  // A file that is really a play list must not make ffmpeg fetch what it names.
  const args = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file', '-i', video, '-an', '-vf', filter, ...output];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    const [code] = await Promise.all([ended, pipeline(child.stdout, createWriteStream(to))]);
    if (code === 0) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || signal?.aborted) throw error;
    throw new DataError(
      `${video} is a video, and there is no ffmpeg on PATH to read it. Install ffmpeg (https://ffmpeg.org/download.html), or give the frames as pictures: one folder of PNG or JPEG files per film.`,
    );
  }
  throw new PictureError(`ffmpeg cannot decode it: ${said.trim().split('\n').at(-1) ?? 'no reason given'}`);
}
