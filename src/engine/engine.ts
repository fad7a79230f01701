/** What an engine is: a TensorFlow.js backend, and how to tell whether it can be used. */

/** From fastest to slowest: `auto` takes the first that starts. */
export const engineNames = ['onnxruntime', 'tensorflow', 'wasm'] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineOptions {
  /** Threads for the engine's kernels, where it has a choice. Default: the engine decides. */
  readonly threads?: number;
  /** Told of engines that were there but did not start, one line each. */
  log?(message: string): void;
}

/** Why an engine cannot be used, and what a person can do about it. */
export interface Problem {
  readonly reason: string;
  readonly remedy: string;
}

export interface Engine {
  readonly name: EngineName;
  /** Looks, without loading anything, whether all that it needs is there. */
  problem(): Promise<Problem | undefined>;
  /**
   * A program (CommonJS text) that uses the native library for the first time. It is run in a process of its own before
   * `start`, so that a library that crashes on this machine ends that process and not the run.
   */
  trial?(): string;
  /** Loads it and makes it the current TensorFlow.js backend; rejects when it cannot. */
  start(options: EngineOptions): Promise<{ readonly version: string; readonly threads: number }>;
}
