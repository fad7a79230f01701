/** Recordings of several cameras from a folder as a dataset. */
import path from 'node:path';
import { z } from 'zod';
import { DataError, type Dataset, type MultiView, type OpenData } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { clipOptions, clipSamples, cutIntoClips } from './clips.js';
import { type Film, grouped, openFilms } from './film-folder.js';
import { readFrames } from './frames.js';
import { leftOut } from './left-out.js';
import { counted } from './splits.js';

export const views = definePart({
  kind: 'dataset',
  use: 'views',
  doc: 'Recordings of synchronized cameras from a folder: one folder per recording, with one sub-folder of PNG, JPEG or WebP frames (or one video file, read by the `ffmpeg` on PATH) per camera. Frame t of one camera shows the moment of frame t of the others; where one has more frames, its end is left out.\nRecordings are cut into clips of a fixed number of frames. Folders above the recordings name the classes; `train` and `test` folders are taken as the splits. All clips of a recording are in the same split.',
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The folder; a relative path starts at the experiment file.'),
    ...clipOptions,
    frames: clipOptions.frames.default(32).describe('Frames of a clip, 2 or more. Default 32.'),
  }),
  create: ({ path: given, ...options }): Pick<Dataset<MultiView>, 'open'> => ({
    async open(environment): Promise<OpenData<MultiView>> {
      const folder = path.resolve(environment.baseFolder, given);
      const { size, channels, frames: length, step } = options;
      const opened = await openFilms(folder, { size, channels }, environment);
      const recordings = groupCameras(folder, opened.films);
      const { classes, train, test, notes } = cutIntoClips(folder, recordings.found, options);
      const shape: MultiView['shape'] = [recordings.cameras, length, size, size, channels];
      const read = ({ cameras }: Recording, start: number): MultiView => {
        const one = length * size * size * channels;
        const data = new Float32Array(cameras.length * one);
        cameras.forEach(({ frames }, i) => {
          readFrames(frames, { start, step, length }, data.subarray(i * one, (i + 1) * one));
        });
        return { data, shape };
      };
      return {
        kind: 'views',
        title: path.basename(folder),
        shape,
        classes,
        train: clipSamples(train, read),
        test: clipSamples(test, read),
        notes: [...opened.notes, ...recordings.notes, ...notes],
      };
    },
  }),
});

interface Recording {
  readonly name: string;
  readonly length: number;
  /** In the order of their names. */
  readonly cameras: readonly Film[];
}

/** Films by the folder they are in: those with as many cameras as most recordings have, 2 or more. */
function groupCameras(folder: string, films: readonly Film[]) {
  const all: Recording[] = [...grouped(films, ({ name }) => path.posix.dirname(name))].map(([name, cameras]) => ({
    name,
    cameras,
    length: Math.min(...cameras.map(({ frames }) => frames.length)),
  }));
  const counts = grouped(all, (recording) => recording.cameras.length);
  const [cameras, found] = [...counts].reduce((most, next) => (next[1].length > most[1].length ? next : most));
  if (cameras < 2)
    throw new DataError(
      `${folder} has recordings of one camera, such as ${found[0]?.cameras[0]?.name}. Make one folder per recording with one sub-folder of frames per camera, or use frames("${path.basename(folder)}").`,
    );
  const other = all.filter((recording) => recording.cameras.length !== cameras);
  const uneven = found.filter((r) => r.cameras.some(({ frames }) => frames.length !== r.length));
  return {
    cameras,
    found,
    notes: [
      ...leftOut(
        other.map((r) => ({ name: r.name, reason: counted(r.cameras.length, 'camera') })),
        `recording without ${cameras} cameras`,
      ),
      ...(uneven.length === 0
        ? []
        : [
            `Cut to the shortest camera: ${uneven
              .map(({ name }) => name)
              .slice(0, 5)
              .join(', ')}.`,
          ]),
    ],
  };
}
