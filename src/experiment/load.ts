/** From the text of an experiment file to its experiments, or to what is wrong with it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import path from 'node:path';
import type { Diagnostic } from '../protocol/previewer.js';
import { type Bundle, type BundleOptions, bundleExperiment, withoutMap } from './bundle.js';
import { Diagnoser } from './diagnostics.js';
import { sha256 } from './hash.js';
import { type ExportedExperiment, importExperiments } from './import.js';

export interface LoadedFile {
  readonly bundle: Bundle;
  /** What was imported, as stacks name it; the file itself is gone. */
  readonly bundlePath: string;
  /** Empty when there are errors. */
  readonly exports: readonly ExportedExperiment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Places later mistakes: of the data, or of user code that runs. */
  readonly diagnoser: Diagnoser;
}

/**
 * Bundles and runs an experiment file by way of a temporary file in `folder`. Never rejects because of the experiment. Equal
 * code is run once per process, so that typing in comments costs nothing.
 */
export async function loadExperiments(options: BundleOptions, folder: string): Promise<LoadedFile> {
  const bundle = await bundleExperiment(options);
  // Without the map, equal code is an equal file, and a long session does not keep each map it ever had. A debugger
  // finds the lines of the user's files by it.
  const code = inspector.url() === undefined ? withoutMap(bundle.code) : bundle.code;
  const bundlePath = path.join(folder, `${sha256(code).slice(0, 16)}.mjs`);
  if (code === '') {
    const diagnoser = new Diagnoser(bundle, bundlePath);
    return { bundle, bundlePath, exports: [], diagnostics: bundle.diagnostics, diagnoser };
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(bundlePath, code);
  const diagnoser = new Diagnoser(bundle, bundlePath);
  const imported = await importExperiments(bundlePath);
  // Node has read it; what a person types in a day would fill the folder.
  rmSync(bundlePath, { force: true });
  const diagnostics = await diagnoser.imported(imported);
  const wrong = diagnostics.some(({ severity }) => severity === 'error');
  return { bundle, bundlePath, exports: wrong ? [] : imported.exports, diagnostics, diagnoser };
}
