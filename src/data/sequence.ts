/** Signals in files as a dataset. */
import path from 'node:path';
import { z } from 'zod';
import { DataError, type Dataset, type OpenData, type Samples, type Signal } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { checkIndex } from './byte-samples.js';
import { leftOut, listed } from './left-out.js';
import { findPictures } from './picture-files.js';
import { isSignal, openSignal, SignalError, type SignalFile } from './signal-files.js';
import { type Labelled, splitByFolders } from './splits.js';

export const sequence = definePart({
  kind: 'dataset',
  use: 'sequence',
  doc: [
    'Signals: a folder of WAV, NPY and CSV files, looked through with its sub-folders, cut into windows of one length.',
    'Sub-folders name the classes; `train` and `test` sub-folders are taken as the splits. Without sub-folders there are no labels.',
    'CSV has a row per moment and a column per channel, with or without a first row of names; NPY is [length] or [length, channels].',
    'All files must have the same number of channels. What cannot be read, or is shorter than a window, is left out and reported.',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The folder; a relative path starts at the experiment file.'),
    length: z
      .number()
      .int()
      .min(2)
      .max(1_048_576)
      .describe('Values of a window, 2 to 1,048,576. Published for CPC on speech: 20,480 (1.28 s at 16 kHz).'),
    hop: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'Values from the beginning of a window to that of the next in the same file, 1 or more. Default: `length`, so that windows do not overlap.',
      ),
    normalize: z
      .enum(['window', 'none'])
      .default('window')
      .describe(
        '`window` (default): each channel of each window gets mean 0 and deviation 1. `none`: values as they are; PCM lies between -1 and 1.',
      ),
    heldOut: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.2)
      .describe(
        'Part of the files of each class that is kept for evaluation when there is no `test` folder, 0 to 0.9; the names decide which. Default 0.2.',
      ),
  }),
  create: ({ path: given, length, hop = length, normalize, heldOut }): Pick<Dataset<Signal>, 'open'> => ({
    async open(environment): Promise<OpenData<Signal>> {
      const folder = path.resolve(environment.baseFolder, given);
      const found = findPictures(folder);
      const other = [...found.files, ...found.skipped.filter(({ name }) => !isSignal(name))];
      const names = found.skipped.map(({ name }) => name).filter(isSignal);
      const failed: { name: string; reason: string }[] = [];
      const files: NamedFile[] = [];
      for (const name of names) {
        environment.signal?.throwIfAborted();
        try {
          const file = await openSignal(path.join(folder, name), environment.cacheFolder);
          const channels = files[0]?.file.channels ?? file.channels;
          if (file.channels !== channels)
            failed.push({ name, reason: `it has ${file.channels} channels, those before have ${channels}` });
          else if (file.length < length)
            failed.push({ name, reason: `it has ${file.length} values, a window ${length}` });
          else files.push({ name, file });
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          if (!(error instanceof SignalError) && code === undefined) throw error;
          failed.push({ name, reason: error instanceof SignalError ? message : `it cannot be read (${code})` });
        }
      }
      const reasons = [...failed, ...other.map(({ name }) => ({ name, reason: 'it is no .wav, .npy or .csv file' }))];
      const [first] = files;
      if (first === undefined)
        throw new DataError(
          `${folder} has no signal that can be used: ${reasons.length === 0 ? 'it is empty' : listed(reasons)}. Put WAV, NPY or CSV files of ${length} values or more into it, or into one sub-folder per class, or take a smaller length.`,
        );
      const splits = splitByFolders(files, heldOut, 'signal');
      if (splits.train.length === 0)
        throw new DataError(`${folder} has no signal to train on. Put files into its train folder.`);
      const samples = (of: readonly (NamedFile & Labelled)[]) =>
        windows(of, { length, hop, normalize: normalize === 'window' });
      return {
        kind: 'sequence',
        title: path.basename(folder),
        shape: [length, first.file.channels],
        classes: splits.classes,
        train: samples(splits.train),
        test: samples(splits.test),
        notes: [...leftOut(reasons, 'file'), ...splits.notes],
      };
    },
  }),
});

interface NamedFile {
  readonly name: string;
  readonly file: SignalFile;
}

/** The windows of files, one file after the other. */
function windows(
  files: readonly (NamedFile & Labelled)[],
  { length, hop, normalize }: { readonly length: number; readonly hop: number; readonly normalize: boolean },
): Samples<Signal> {
  // How many windows there are up to the end of each file.
  const ends: number[] = [];
  for (const { file } of files) ends.push((ends.at(-1) ?? 0) + Math.floor((file.length - length) / hop) + 1);
  const total = ends.at(-1) ?? 0;
  const find = (index: number) => {
    checkIndex(index, total);
    const at = ends.findIndex((end) => index < end);
    return { ...(files[at] as NamedFile & Labelled), start: (index - (ends[at - 1] ?? 0)) * hop };
  };
  return {
    length: total,
    get(index) {
      const { file, start } = find(index);
      const data = file.read(start, length);
      return { data: normalize ? standardized(data, file.channels) : data, shape: [length, file.channels] };
    },
    label: (index) => find(index).label,
    name(index) {
      const { name, start } = find(index);
      return `${name} from ${start}`;
    },
  };
}

/** Each channel with mean 0 and deviation 1; a constant one becomes 0. */
function standardized(data: Float32Array, channels: number): Float32Array {
  const length = data.length / channels;
  const out = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    let [sum, squares] = [0, 0];
    for (let i = channel; i < data.length; i += channels) sum += data[i] as number;
    const mean = sum / length;
    for (let i = channel; i < data.length; i += channels) squares += ((data[i] as number) - mean) ** 2;
    const deviation = Math.sqrt(squares / length);
    for (let i = channel; i < data.length; i += channels)
      out[i] = deviation > 1e-8 ? ((data[i] as number) - mean) / deviation : 0;
  }
  return out;
}
