/** Films from a folder as a dataset. */
import path from 'node:path';
import { z } from 'zod';
import type { Clip, Dataset, OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { clipOptions, clipSamples, cutIntoClips } from './clips.js';
import { openFilms } from './film-folder.js';
import type { Frames } from './video.js';

export const frames = definePart({
  kind: 'dataset',
  use: 'frames',
  doc: 'Films from a folder: each sub-folder of PNG, JPEG or WebP frames is one, in the order of the numbers in their names, and so is each video file, which is read by the `ffmpeg` on PATH.\nFilms are cut into clips of a fixed number of frames. Folders above the films name the classes; `train` and `test` folders are taken as the splits. All clips of a film are in the same split.\nFrames are decoded once into a cache: the shorter side resized to `size`, the center cut out. What cannot be read is left out and reported.',
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The folder; a relative path starts at the experiment file.'),
    ...clipOptions,
  }),
  create: ({ path: given, ...options }): Pick<Dataset<Clip>, 'open'> => ({
    async open(environment): Promise<OpenData<Clip>> {
      const folder = path.resolve(environment.baseFolder, given);
      const { size, channels, frames: length, step } = options;
      const opened = await openFilms(folder, { size, channels }, environment);
      const films = opened.films.map(({ name, frames }) => ({ name, frames, length: frames.length }));
      const { classes, train, test, notes } = cutIntoClips(folder, films, options);
      const shape: Clip['shape'] = [length, size, size, channels];
      const read = (film: { readonly frames: Frames }, start: number): Clip => {
        const data = new Float32Array(length * size * size * channels);
        readFrames(film.frames, { start, step, length }, data);
        return { data, shape };
      };
      return {
        kind: 'frames',
        title: path.basename(folder),
        shape,
        classes,
        train: clipSamples(train, read),
        test: clipSamples(test, read),
        notes: [...opened.notes, ...notes],
      };
    },
  }),
});

/** Reads frames one by one into `[length, size, size, channels]` values in [0, 1]. */
export function readFrames(
  frames: Frames,
  { start, step, length }: { start: number; step: number; length: number },
  out: Float32Array,
): void {
  const size = out.length / length;
  for (let t = 0; t < length; t++) {
    const bytes = frames.read(start + t * step);
    for (let i = 0; i < size; i++) out[t * size + i] = (bytes[i] as number) / 255;
  }
}
