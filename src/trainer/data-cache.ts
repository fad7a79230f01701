/** Open data, kept while a person works on one or two experiments. */
import path from 'node:path';
import { DataError, type OpenData } from '../experiment/contracts.js';
import { type Experiment, toSpec } from '../experiment/experiment.js';
import { stableJson } from '../experiment/hash.js';
import { sampleFolder } from '../experiment/package-files.js';
import { definedPart } from '../experiment/part.js';

export interface DataPlace {
  /** Absolute path of the experiment file. */
  readonly file: string;
  readonly cacheFolder: string;
  /** Tells one version of the code from another: data of custom code is as new as its code. */
  readonly code: string;
}

/** Data sets may take gigabytes. */
const kept = 2;

export class DataCache {
  /** In order of use, the latest last. */
  private readonly open = new Map<string, Promise<OpenData<unknown>>>();

  constructor(private readonly log: (message: string) => void) {}

  /** The data of an experiment. Rejects with a DataError, or with what custom code threw. */
  async get({ data }: Experiment, { file, cacheFolder, code }: DataPlace): Promise<OpenData<unknown>> {
    const baseFolder = path.dirname(file);
    const version = definedPart(data.use) === undefined ? code : '';
    const key = stableJson([toSpec(data), baseFolder, cacheFolder, version]);
    const known = this.open.get(key);
    // Later requests may still want what an earlier one no longer waits for, so opening is not cancelled.
    const opening = known ?? data.open({ baseFolder, cacheFolder, sampleFolder, progress: this.log });
    this.open.delete(key);
    this.open.set(key, opening as Promise<OpenData<unknown>>);
    const [oldest] = this.open.keys();
    if (this.open.size > kept && oldest !== undefined) this.open.delete(oldest);
    try {
      const found = (await opening) as OpenData<unknown>;
      if (found.train.length === 0) throw new DataError(`${found.title} has no training samples.`);
      return found;
    } catch (error) {
      // The next try may find the data mended.
      if (this.open.get(key) === opening) this.open.delete(key);
      throw error;
    }
  }
}
