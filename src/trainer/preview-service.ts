/** What experiments look like: the work behind the previewer process, and behind the CLI's `check` and `views`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../engine/index.js';
import { rebased } from '../experiment/bundle.js';
import { checkAgainstData } from '../experiment/check-data.js';
import type { OpenData } from '../experiment/contracts.js';
import { type Experiment, toSpec } from '../experiment/experiment.js';
import { sha256 } from '../experiment/hash.js';
import { chooseExperiment, importExperimentCode } from '../experiment/import.js';
import { type LoadedFile, loadExperiments } from '../experiment/load.js';
import type {
  Diagnostic,
  Inspection,
  Pairs,
  PairsRequest,
  PipelineOp,
  Preview,
  PreviewRequest,
  SourceText,
} from '../protocol/previewer.js';
import { readCheckpoint } from '../runs/checkpoint-file.js';
import { cacheFolder, existingProject, runsRoot } from '../runs/paths.js';
import { readRun } from '../runs/read.js';
import { compareBatch } from './compare.js';
import { DataCache } from './data-cache.js';
import { exampleOf } from './examples.js';
import { originalBlocks } from './originals.js';
import { exampleFigure } from './preview-figure.js';
import { defaultName } from './run-facts.js';

/** The experiment cannot be shown; `data` travels with the answer. */
export class PreviewError extends Error {
  override name = 'PreviewError';
  constructor(readonly data: readonly Diagnostic[]) {
    super(data.map(({ message }) => message).join('\n'));
  }
}

interface Opened {
  readonly loaded: LoadedFile;
  readonly exportName: string;
  readonly experiment: Experiment;
  readonly data: OpenData<unknown>;
  readonly baseFolder: string;
}

export class PreviewService {
  private readonly data: DataCache;
  private engine: Promise<unknown> | undefined;
  private engineChoice: string | undefined;

  /** @param folder for temporary files; whoever makes the service removes it. */
  constructor(
    private readonly folder: string,
    private readonly log: (message: string) => void,
  ) {
    this.data = new DataCache(log);
  }

  /** What a file exports and all that is wrong with it, its data included. */
  async inspect(source: SourceText, signal?: AbortSignal): Promise<Inspection> {
    const loaded = await this.load(source);
    signal?.throwIfAborted();
    const diagnostics = [...loaded.diagnostics];
    for (const { experiment } of loaded.exports) {
      try {
        const data = await this.data.get(experiment, this.place(source, loaded));
        diagnostics.push(...loaded.diagnoser.issues(checkAgainstData(experiment, data)));
      } catch (error) {
        diagnostics.push(...(await loaded.diagnoser.failure(error, option(experiment, 'data'))));
      }
      signal?.throwIfAborted();
    }
    const experiments = loaded.exports.map(({ exportName, experiment }) => ({
      exportName,
      name: nameOf(source.file, exportName, experiment),
      method: experiment.method.use,
      methodTitle: experiment.method.info.title,
      spec: toSpec(experiment),
    }));
    return { experiments, diagnostics, sources: loaded.bundle.sources.map((s) => s.path) };
  }

  /** Views of one sample, as training would see them. Rejects with a PreviewError. */
  async preview(request: PreviewRequest, signal?: AbortSignal): Promise<Preview> {
    const began = performance.now();
    const opened = await this.open(request, signal);
    const { data, loaded, exportName, experiment: asWritten } = opened;
    const experiment = { ...asWritten, seed: asWritten.seed + request.reroll };
    const { method } = experiment;
    const sample = Math.max(0, Math.min(data.train.length - 1, Math.trunc(request.sample)));
    try {
      const draws = [];
      for (let epoch = 0; epoch < request.draws; epoch++) {
        const views = exampleOf(experiment, data, epoch, sample, { disabled: request.disabled, trace: true });
        draws.push(exampleFigure(views, { method, data, index: sample }));
        // A newer request cancels this one, if its message can be heard.
        await new Promise(setImmediate);
        signal?.throwIfAborted();
      }
      return {
        name: nameOf(request.file, exportName, experiment),
        methodTitle: method.info.title,
        dataTitle: data.title,
        shape: data.shape,
        sample,
        samples: data.train.length,
        seed: experiment.seed,
        original: originalBlocks(data, sample),
        ops: method.pipeline.map(({ use, options }, index) => ({
          index,
          op: use,
          options: toSpec(options) as PipelineOp['options'],
        })),
        draws,
        elapsed: performance.now() - began,
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw new PreviewError(await loaded.diagnoser.failure(error, option(experiment, 'method')));
    }
  }

  /** What the method compares in a batch. Rejects with a PreviewError, or an Error where a run is at fault. */
  async pairs(request: PairsRequest, signal?: AbortSignal): Promise<Pairs> {
    const began = performance.now();
    const { checkpoint, batch, samples } = request;
    const opened =
      checkpoint === undefined ? await this.open(request, signal) : await this.openRun(checkpoint.run, request);
    const { data, experiment, exportName, baseFolder } = opened;
    const wrong = opened.loaded?.diagnoser.issues(checkAgainstData(experiment, data)).filter(isError) ?? [];
    if (wrong.length > 0) throw new PreviewError(wrong);
    await this.startEngine(experiment.engine);
    signal?.throwIfAborted();
    const weightsFile = checkpoint && path.join(checkpoint.run, checkpoint.file);
    const progress = weightsFile === undefined ? undefined : readCheckpoint(weightsFile).progress;
    const epoch = progress && progress.step / progress.stepsPerEpoch;
    try {
      const blocks = await compareBatch(experiment, data, { epoch: 0, batch, samples, weightsFile, baseFolder });
      return {
        name: nameOf(request.file, exportName, experiment),
        methodTitle: experiment.method.info.title,
        samples: Math.min(samples, experiment.batchSize),
        batchSize: experiment.batchSize,
        checkpoint: epoch === undefined ? undefined : { label: `epoch ${Number(epoch.toFixed(2))}`, epoch },
        blocks,
        elapsed: performance.now() - began,
      };
    } catch (error) {
      if (opened.loaded === undefined) throw error;
      throw new PreviewError(await opened.loaded.diagnoser.failure(error, option(experiment, 'method')));
    }
  }

  private async load(source: SourceText): Promise<LoadedFile> {
    // Custom code may use tf ops before the Pairs panel starts an engine.
    if (this.engine === undefined) await tf.setBackend('cpu');
    return loadExperiments(source, this.folder);
  }

  /** The experiment of a text with its data. Rejects with a PreviewError, or with the signal's reason. */
  private async open(request: PreviewRequest | PairsRequest, signal?: AbortSignal): Promise<Opened> {
    const loaded = await this.load(request);
    signal?.throwIfAborted();
    const wrong = loaded.diagnostics.filter(isError);
    if (wrong.length > 0) throw new PreviewError(wrong);
    const { exportName, experiment } = chooseExperiment(loaded.exports, request.exportName);
    try {
      const data = await this.data.get(experiment, this.place(request, loaded));
      signal?.throwIfAborted();
      return { loaded, exportName, experiment, data, baseFolder: path.dirname(request.file) };
    } catch (error) {
      signal?.throwIfAborted();
      throw new PreviewError(await loaded.diagnoser.failure(error, option(experiment, 'data')));
    }
  }

  /** The experiment that a run trained: the text may have moved on. */
  private async openRun(
    folder: string,
    request: PairsRequest,
  ): Promise<Omit<Opened, 'loaded'> & { loaded?: undefined }> {
    const { facts } = await readRun(folder);
    const code = rebased(readFileSync(path.join(folder, facts.bundle), 'utf8'));
    const experiment = await importExperimentCode(code, this.folder, facts.exportName, facts.set);
    const cache = request.cacheFolder ?? cacheFolder(path.dirname(folder));
    const place = { file: facts.file, cacheFolder: cache, code: sha256(code) };
    const data = await this.data.get(experiment, place);
    return { exportName: facts.exportName, experiment, data, baseFolder: path.dirname(facts.file) };
  }

  private place({ file, cacheFolder: given }: SourceText, { bundlePath }: LoadedFile) {
    const project = existingProject(path.dirname(file));
    const found = project === undefined ? path.join(this.folder, 'cache') : cacheFolder(runsRoot(project));
    return { file, cacheFolder: given ?? found, code: bundlePath };
  }

  private async startEngine(choice: Experiment['engine']): Promise<void> {
    if (this.engineChoice !== choice) this.engine = startEngine(choice, { log: this.log });
    this.engineChoice = choice;
    try {
      await this.engine;
    } catch (error) {
      this.engineChoice = undefined;
      throw error;
    }
  }
}

const nameOf = (file: string, exportName: string, { name }: Experiment) => name ?? defaultName(file, exportName);
const isError = ({ severity }: Diagnostic) => severity === 'error';
const option = ({ site }: Experiment, name: string) => ({ use: 'experiment', path: [name], stack: site.stack ?? '' });
