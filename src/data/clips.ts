/** Cutting films into clips of one length, and keeping some of them for evaluation. */
import { z } from 'zod';
import { DataError, type Samples } from '../experiment/contracts.js';
import { checkIndex } from './byte-samples.js';
import { leftOut } from './left-out.js';
import { counted, type Labelled, splitByFolders } from './splits.js';

export const clipOptions = {
  size: z.number().int().min(4).max(1024).describe('Side of the square frames in pixels, 4 to 1024.'),
  channels: z
    .union([z.literal(1), z.literal(3)])
    .default(3)
    .describe('3: color, 1: gray. Default 3.'),
  frames: z.number().int().min(2).max(100_000).default(16).describe('Frames of a clip, 2 or more. Default 16.'),
  step: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1)
    .describe('Takes every so many-th frame: 1 takes all, 5 makes 6 frames a second of 30. Default 1.'),
  heldOut: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe(
      'Part of the films of each class that is kept for evaluation when there is no `test` folder, 0 to 0.9; the names decide which. Of a single film it is the end. Default 0.2.',
    ),
};

/** Something filmed, by one camera or several. */
export interface Filmed {
  readonly name: string;
  /** Frames that all its cameras have. */
  readonly length: number;
}

export interface CutClip<F> {
  readonly film: F & Labelled;
  /** First frame; the others follow `step` frames apart. */
  readonly start: number;
  readonly name: string;
}

interface CutOptions {
  readonly frames: number;
  readonly step: number;
  readonly heldOut: number;
}

/** Clips that follow each other without overlap; all clips of a film are in one split, unless there is but one film. */
export function cutIntoClips<F extends Filmed>(
  folder: string,
  films: readonly F[],
  { frames, step, heldOut }: CutOptions,
): { classes: readonly string[]; train: CutClip<F>[]; test: CutClip<F>[]; notes: readonly string[] } {
  const least = (frames - 1) * step + 1;
  const short = films.filter(({ length }) => length < least);
  const long = films.filter(({ length }) => length >= least);
  if (long.length === 0)
    throw new DataError(
      `${folder} has no film as long as a clip: ${frames} frames, ${step} apart, are ${least}, but the longest of ${counted(films.length, 'film')} has ${Math.max(...films.map(({ length }) => length))}. Make "frames" or "step" smaller.`,
    );
  const clipsOf = (film: F & Labelled): CutClip<F>[] =>
    Array.from({ length: Math.floor((film.length - least) / (frames * step)) + 1 }, (_, i) => {
      const start = i * frames * step;
      return { film, start, name: `${film.name}, frames ${start} to ${start + least - 1}` };
    });
  const splits = splitByFolders(long, heldOut, 'film');
  let [train, test] = [splits.train.flatMap(clipsOf), splits.test.flatMap(clipsOf)];
  if (long.length === 1 && test.length === 0) {
    const kept = train.length - Math.round(heldOut * train.length);
    [train, test] = [train.slice(0, kept), train.slice(kept)];
  }
  const reason = (film: F) => ({ name: film.name, reason: counted(film.length, 'frame') });
  return {
    classes: splits.classes,
    train,
    test,
    notes: [...splits.notes, ...leftOut(short.map(reason), `film shorter than ${least} frames`)],
  };
}

/** Clips as the samples of a split: `read` makes one of the frames from `start` on. */
export function clipSamples<F, S>(clips: readonly CutClip<F>[], read: (film: F, start: number) => S): Samples<S> {
  const clip = (index: number) => {
    checkIndex(index, clips.length);
    return clips[index] as CutClip<F>;
  };
  return {
    length: clips.length,
    get: (index) => read(clip(index).film, clip(index).start),
    label: (index) => clip(index).film.label,
    name: (index) => clip(index).name,
  };
}
