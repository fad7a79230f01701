/** Engines compute what TensorFlow.js operations describe. Nothing above this folder knows which one is at work. */
import './gradients.js';
import { type Engine, type EngineName, type EngineOptions, engineNames } from './engine.js';
import { onnxruntime } from './onnxruntime/index.js';
import { failureOf } from './probe.js';
import { tensorflow } from './tensorflow.js';
import { wasm } from './wasm/index.js';

export type { EngineName, EngineOptions } from './engine.js';

/** The engines of this version. */
const engines: readonly Engine[] = [onnxruntime, tensorflow, wasm];

export interface EngineInfo {
  readonly name: EngineName;
  readonly version: string;
  readonly threads: number;
}

/** Whether an engine can be used here, else why not and how to get it. */
export type EngineReport =
  | { readonly name: EngineName; readonly usable: true }
  | { readonly name: EngineName; readonly usable: false; readonly reason: string; readonly remedy: string };

/** The engine cannot be used: the message says why, and what to do. */
export class EngineError extends Error {
  override name = 'EngineError';
}

/**
 * Starts an engine and makes it the current TensorFlow.js backend. `auto` takes the fastest that starts; of those that
 * were there but did not, the log is told.
 * @throws EngineError when the chosen engine, or with `auto` every engine, cannot be used.
 */
export async function startEngine(
  choice: EngineName | 'auto',
  options: EngineOptions = {},
  all: readonly Engine[] = engines,
): Promise<EngineInfo> {
  const candidates = choice === 'auto' ? all : all.filter(({ name }) => name === choice);
  const failures: string[] = [];
  for (const engine of candidates) {
    const problem = await engine.problem();
    if (problem !== undefined) {
      failures.push(`Engine ${engine.name} cannot be used: ${problem.reason}. ${problem.remedy}`);
      continue;
    }
    try {
      await survive(engine);
      return { name: engine.name, ...(await engine.start(options)) };
    } catch (error) {
      failures.push(`Engine ${engine.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
      if (choice === 'auto') options.log?.(failures.at(-1) as string);
    }
  }
  throw new EngineError(failures.length > 0 ? failures.join('\n') : `Engine ${choice} is not part of this version.`);
}

const survived = new Set<Engine>();

/** Throws when the engine's native library crashes or fails on this machine; looks once in a process. */
async function survive(engine: Engine): Promise<void> {
  if (engine.trial === undefined || survived.has(engine)) return;
  const failure = await failureOf(engine.trial());
  if (failure !== undefined) throw new Error(failure);
  survived.add(engine);
}

/** For each engine, from fastest to slowest, whether it can be used. Loads none of them. */
export async function engineReports(): Promise<EngineReport[]> {
  return Promise.all(
    engineNames.map(async (name): Promise<EngineReport> => {
      const engine = engines.find((one) => one.name === name);
      if (engine === undefined)
        return { name, usable: false, reason: 'it is not part of this version', remedy: 'Update Autodidact.' };
      const problem = await engine.problem();
      return problem === undefined ? { name, usable: true } : { name, usable: false, ...problem };
    }),
  );
}
