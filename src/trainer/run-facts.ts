/** What a run is, for run.json, and the exact sources for its `source/` folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Bundle } from '../experiment/bundle.js';
import { type Experiment, toSpec } from '../experiment/experiment.js';
import { sha256, stableJson } from '../experiment/hash.js';
import { packageRoot } from '../experiment/package-files.js';
import type { BundledSource } from '../experiment/source-files.js';
import type { StartCommand } from '../protocol/launch.js';
import type { SourceFile } from '../protocol/run.js';
import { runFiles } from '../runs/paths.js';
import type { NewRun } from '../runs/writer.js';
import { gitState } from './git.js';

export interface RunContent {
  readonly command: StartCommand;
  readonly exportName: string;
  /** Options set from outside. */
  readonly set: readonly string[];
  readonly experiment: Experiment;
  readonly bundle: Bundle;
}

/** Everything `RunWriter.create` needs. */
export async function newRun({ command, exportName, set, experiment, bundle }: RunContent): Promise<NewRun> {
  const stored = storedSources(bundle.sources);
  const spec = toSpec(experiment);
  const facts: NewRun['facts'] = {
    name: experiment.name ?? defaultName(command.file, exportName),
    file: command.file,
    exportName,
    method: experiment.method.use,
    spec,
    specHash: sha256(stableJson([spec, stored.map(({ record }) => [record.path, record.sha256])])),
    set,
    sources: stored.map(({ record }) => record),
    bundle: runFiles.bundle,
    git: await gitState(path.dirname(command.file)),
    versions: versions(),
    seed: experiment.seed,
    maxParallelRuns: command.maxParallel,
    epochs: experiment.epochs,
  };
  const files = Object.fromEntries(stored.map(({ record, text }) => [`${runFiles.source}/${record.path}`, text]));
  return { facts, totalSteps: 0, files: { ...files, [runFiles.bundle]: bundle.code } };
}

/** The file's stem, and the export's name unless it is the default. */
export function defaultName(file: string, exportName: string): string {
  const stem = path.basename(file).replace(/[.]ssl[.](?:ts|js|json)$/, '');
  return exportName === 'default' ? stem : `${stem} ${exportName}`;
}

/** Sources with their paths relative to the folder that holds them all. */
export function storedSources(sources: readonly BundledSource[]): { record: SourceFile; text: string }[] {
  const folder = commonFolder(sources.map((source) => path.dirname(source.path)));
  return sources.map(({ path: origin, text, sha256 }) => ({
    text,
    record: { path: path.relative(folder, origin).split(path.sep).join('/'), origin, sha256 },
  }));
}

function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders;
  let common = first;
  const holds = (folder: string) =>
    folder === common || folder.startsWith(common.endsWith(path.sep) ? common : common + path.sep);
  while (!others.every(holds) && common !== path.dirname(common)) common = path.dirname(common);
  return common;
}

function versions(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));
  return { autodidact: version, node: process.versions.node, tfjs: tf.version_core };
}
