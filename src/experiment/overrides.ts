/** Options changed from outside: `--set epochs=2`, `--set method.temperature=0.1`, `--set optimizer=sgd`. */
import { type Experiment, experimentOptions, isExperiment, makeExperiment } from './experiment.js';
import { definedPart, isPart, nearest, OptionsError, type Part, withOptions } from './part.js';
import { fromSpec } from './spec.js';

/** A change that cannot be made: names it, why, and what could be changed. */
export class OverrideError extends Error {
  override name = 'OverrideError';
}

/** The experiment with the changes made, one after the other. Throws an OverrideError. */
export function withOverrides(experiment: Experiment, changes: readonly string[]): Experiment {
  return changes.reduce((changed, change) => {
    const equals = change.indexOf('=');
    if (equals < 1) throw new OverrideError(`--set ${change}: expected option=value, such as epochs=2`);
    const path = change.slice(0, equals).trim().split('.');
    try {
      return changeAt(changed, path, parseValue(change.slice(equals + 1))) as Experiment;
    } catch (error) {
      const issues = error instanceof OptionsError ? error.issues.map(({ message }) => message).join(' ') : '';
      throw new OverrideError(`--set ${change}: ${issues || (error as Error).message}`);
    }
  }, experiment);
}

/** JSON, or else the text itself: `0.1`, `[64, 128]`, `true`, `cosine`. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}

function changeAt(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement(target, value);
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!(Number.isInteger(index) && index >= 0 && index < target.length))
      throw new Error(`there is no item ${key}; the list has ${target.length}, from 0`);
    return target.with(index, changeAt(target[index], rest, value));
  }
  const options = optionsOf(target);
  if (options === undefined) throw new Error(`"${key}" does not exist: ${String(target)} has no options`);
  const known = knownOptions(target, options);
  if (!known.includes(key)) {
    const hint = nearest(key, known);
    throw new Error(`unknown option "${key}"${hint ? `; did you mean "${hint}"?` : '.'} Options: ${known.join(', ')}.`);
  }
  const changes = { [key]: changeAt(options[key], rest, value) };
  if (isExperiment(target)) return makeExperiment({ ...options, ...changes }, target.site);
  return isPart(target) ? withOptions(target, changes) : { ...options, ...changes };
}

/** A name stands for the part of that name with its defaults, where a part is expected. */
function replacement(target: unknown, value: unknown): unknown {
  if (typeof value === 'string' && isPart(target) && definedPart(value) !== undefined) return fromSpec({ use: value });
  return fromSpec(value);
}

function optionsOf(target: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isPart(target)) return target.options;
  if (typeof target !== 'object' || target === null) return undefined;
  if (!isExperiment(target)) return target as Record<string, unknown>;
  const { kind: _kind, site: _site, ...options } = target;
  return options;
}

function knownOptions(target: unknown, options: Readonly<Record<string, unknown>>): string[] {
  if (isExperiment(target)) return Object.keys(experimentOptions.shape);
  const definition = isPart(target) ? definedPart((target as Part).use) : undefined;
  return Object.keys(definition?.options.shape ?? options);
}
