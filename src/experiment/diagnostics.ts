/** What is wrong with an experiment, each mistake at its place in the user's own source. */
import { existsSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../protocol/previewer.js';
import type { Bundle } from './bundle.js';
import { type ExportedExperiment, type Imported, noExperiment } from './import.js';
import { runtimePath } from './package-files.js';
import { definedPart, type Issue, nearest, OptionsError } from './part.js';
import type { BundledSource } from './source-files.js';
import { calleeName, optionNode, SourceTree } from './source-tree.js';
import { specPath } from './spec.js';
import { specRange } from './spec-text.js';
import { type SourcePlace, topmostPlace } from './stack.js';
import { offsetOf, rangeOf } from './text-position.js';

/** An issue that may be a mere warning. */
export type GradedIssue = Issue & { readonly severity?: Diagnostic['severity'] };

/** Places the mistakes of one bundle that was imported from `bundlePath`. */
export class Diagnoser {
  private readonly trees = new Map<string, SourceTree>();
  private readonly bundlePath: string;

  constructor(
    private readonly bundle: Bundle,
    bundlePath: string,
  ) {
    // Stacks name real paths.
    this.bundlePath = existsSync(bundlePath) ? realpathSync(bundlePath) : bundlePath;
  }

  /** All that is wrong with a file that was bundled and run: nothing, for an experiment that can be used. */
  async imported({ exports, issues, failure }: Imported): Promise<Diagnostic[]> {
    const found = [...this.bundle.diagnostics, ...this.issues([...issues, ...sharedNames(exports)])];
    // With a mistake in its options, a part may lack what the code goes on to use: no failure of its own.
    if (issues.length > 0) return found;
    if (failure !== undefined) found.push(...(await this.failure(failure)));
    else if (exports.length === 0) found.push(this.atFile(noExperiment));
    return found;
  }

  issues(issues: readonly GradedIssue[]): Diagnostic[] {
    const placed = issues.map((issue) => this.issue(issue));
    // A call in a loop makes the same mistake each time.
    return placed.filter((d, i) => placed.findIndex((other) => JSON.stringify(other) === JSON.stringify(d)) === i);
  }

  /** What user code threw. Without a frame of its own in the stack it is placed where `near` is. */
  async failure(error: unknown, near?: Pick<Issue, 'use' | 'path' | 'stack'>): Promise<Diagnostic[]> {
    if (error instanceof OptionsError && error.issues.length > 0) return this.issues(error.issues);
    const message = failureText(error);
    const missing = / does not provide an export named '/.test(message) ? await this.missingImports() : [];
    if (missing.length > 0) return missing;
    const stack = (error instanceof Error && error.stack) || '';
    const place = topmostPlace(stack, this.bundle, this.bundlePath);
    if (place !== undefined) {
      const { text } = this.source(place.file) as BundledSource;
      const start = offsetOf(text, place);
      const [word = ' '] = /^[\w$.]+/.exec(text.slice(start)) ?? [];
      return [{ file: place.file, range: rangeOf(text, start, start + word.length), severity: 'error', message }];
    }
    return [near === undefined ? this.atFile(message) : { ...this.issue({ ...near, message: '' }), message }];
  }

  private issue({ use, path, message, stack, severity = 'error' }: GradedIssue): Diagnostic {
    const option = [...(use === 'experiment' ? [] : [use]), ...path].join('.');
    const text = option === '' ? message : `${option}: ${message}`;
    return { ...this.range(use, path, message, stack), severity, message: text, option };
  }

  private range(use: string, path: Issue['path'], message: string, stack: string): Pick<Diagnostic, 'file' | 'range'> {
    const part = message.startsWith('unknown option') ? 'key' : 'value';
    const { file } = this.bundle;
    const within = specPath(stack);
    if (within !== undefined)
      return { file, range: specRange(this.source(file)?.text ?? '', [...within, ...path], part) };
    const place = topmostPlace(stack, this.bundle, this.bundlePath);
    if (place === undefined) return this.atFile(message);
    const { text } = this.source(place.file) as BundledSource;
    const { start, end } = this.optionInCall(place, text, use, path, part);
    return { file: place.file, range: rangeOf(text, start, end) };
  }

  /** The option as it is written in a call, or the call's name where the option is not written in it. */
  private optionInCall(place: SourcePlace, text: string, use: string, path: Issue['path'], part: 'key' | 'value') {
    const start = offsetOf(text, place);
    const call = this.tree(place.file, text)?.callAt(start);
    if (call === undefined) return { start, end: start + 1 };
    const positional = definedPart(use)?.positional;
    const [first, second] = call.arguments;
    if (path.length === 0) return calleeName(call);
    const [argument, steps] =
      positional === undefined ? [first, path] : path[0] === positional ? [first, path.slice(1)] : [second, path];
    return optionNode(argument, steps, part) ?? calleeName(call);
  }

  /** Names that are imported from `autodidact` and do not exist there. */
  private async missingImports(): Promise<Diagnostic[]> {
    const known = Object.keys((await import(pathToFileURL(runtimePath).href)) as object);
    return this.bundle.sources.flatMap(({ path: file, text }) =>
      (this.tree(file, text)?.importsFrom('autodidact') ?? [])
        .filter(({ name }) => !known.includes(name))
        .map(({ name, start, end }): Diagnostic => {
          const hint = nearest(name, known);
          const message = `autodidact has no "${name}"${hint ? `; did you mean "${hint}"?` : ''}`;
          return { file, range: rangeOf(text, start, end), severity: 'error', message };
        }),
    );
  }

  private source(file: string): BundledSource | undefined {
    return this.bundle.sources.find((source) => source.path === file);
  }

  private tree(file: string, text: string): SourceTree | undefined {
    if (file.endsWith('.json')) return undefined;
    const tree = this.trees.get(file) ?? new SourceTree(text);
    this.trees.set(file, tree);
    return tree;
  }

  private atFile(message: string): Diagnostic {
    const { file } = this.bundle;
    const [line = ''] = (this.source(file)?.text ?? '').split(/\r?\n/, 1);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: line.length } };
    return { file, range, severity: 'error', message };
  }
}

/** The message; the name of the error too where that says more, as `TypeError` does. */
function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  return /^(Error|DataError)$/.test(error.name) ? error.message : `${error.name}: ${error.message}`;
}

/** Experiments of one file whose runs could not be told apart by name. */
function sharedNames(exports: readonly ExportedExperiment[]): GradedIssue[] {
  return exports.flatMap(({ experiment }, i) => {
    const earlier = exports.slice(0, i).find((other) => other.experiment.name === experiment.name);
    if (experiment.name === undefined || earlier === undefined || earlier.experiment === experiment) return [];
    const message = `"${experiment.name}" is also the name of the experiment "${earlier.exportName}"`;
    return [{ use: 'experiment', path: ['name'], message, stack: experiment.site.stack ?? '', severity: 'warning' }];
  });
}
