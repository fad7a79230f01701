/** Films on disk: folders of frame pictures and video files, in an order that is the same on every machine. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { type DataEnvironment, DataError } from '../experiment/contracts.js';
import { leftOut, listed, type Skipped } from './left-out.js';
import { PictureError } from './picture.js';
import { cachedPictures } from './picture-cache.js';
import { findPictures, type PictureFile } from './picture-files.js';
import { type FrameOptions, type Frames, isVideo, videoFrames } from './video.js';

export interface Film {
  /** Path of the folder or video file, relative to the folder that was opened, with `/`. */
  readonly name: string;
  readonly frames: Frames;
}

export interface Films {
  /** Sorted by name. */
  readonly films: readonly Film[];
  readonly notes: readonly string[];
}

/** Opens every film below a folder; pictures are decoded through the picture cache, videos through ffmpeg. */
export async function openFilms(folder: string, options: FrameOptions, environment: DataEnvironment): Promise<Films> {
  const found = findPictures(folder);
  const videos = found.skipped.filter(({ name }) => isVideo(name)).map(({ name }) => videoFile(folder, name));
  const other = found.skipped.filter(({ name }) => !isVideo(name));
  const pictures = await cachedPictures(folder, found.files, options, environment);
  const failed: { name: string; reason: string }[] = [...pictures.failures].map(([name, reason]) => ({ name, reason }));

  const folders = grouped(
    found.files.filter(({ name }) => !pictures.failures.has(name)),
    ({ name }) => path.posix.dirname(name),
  );
  const films: Film[] = [...folders].map(([name, files]) => {
    const names = files.map((file) => file.name).sort(inNaturalOrder);
    return {
      name: name === '.' ? path.basename(folder) : name,
      frames: { length: names.length, read: (index) => pictures.read(names[index] as string) },
    };
  });
  for (const video of videos) {
    try {
      films.push({ name: video.name, frames: await videoFrames(folder, video, options, environment) });
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      failed.push({ name: video.name, reason: error.message });
    }
  }
  if (films.length === 0) throw new DataError(noFilms(folder, [...failed, ...other]));
  return {
    films: films.sort((a, b) => (a.name < b.name ? -1 : 1)),
    notes: [...leftOut(failed, 'frame or video'), ...leftOut(other, 'other file')],
  };
}

function videoFile(folder: string, name: string): PictureFile {
  const { size, mtimeMs } = statSync(path.join(folder, name));
  return { name, bytes: size, changed: mtimeMs };
}

function noFilms(folder: string, skipped: Skipped): string {
  const seen = skipped.length === 0 ? 'it is empty' : listed(skipped);
  return `${folder} has no readable film: ${seen}. Put one folder of PNG, JPEG or WebP frames per film into it, or video files.`;
}

/** Lists of what has the same key, in the order of first appearance. */
export function grouped<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Frame 2 comes before frame 10, whether or not numbers are padded; equal numbers by their code units. */
export function inNaturalOrder(a: string, b: string): number {
  const parts = (name: string): readonly string[] => name.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    const [m, n] = [Number(x), Number(y)];
    if (Number.isInteger(m) && Number.isInteger(n) && m !== n) return m - n;
    if (x !== y && !(m === n)) return x < y ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}
