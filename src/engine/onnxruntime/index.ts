/** The `onnxruntime` engine: TensorFlow.js training in ONNX Runtime's native kernels, from an npm package alone. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { findBackendFactory, ready, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine.js';
import { OnnxRuntimeBackend } from './backend.js';
import { BACKEND, registerKernels } from './kernels.js';
import { loadRuntime, trialProgram } from './session.js';

let registered = false;

export const onnxruntime: Engine = {
  name: BACKEND,
  async problem() {
    const { platform, arch } = process;
    let folder: string;
    try {
      folder = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    } catch {
      return { reason: 'onnxruntime-node is not installed', remedy: 'Run `npm install --include=optional`.' };
    }
    if (existsSync(path.join(folder, 'bin/napi-v6', platform, arch, 'onnxruntime_binding.node'))) return undefined;
    return {
      reason: `ONNX Runtime has no library for ${platform}-${arch}`,
      remedy: 'Use another engine; `wasm` runs everywhere.',
    };
  },
  trial: trialProgram,
  async start({ threads = availableParallelism(), log = () => undefined }) {
    const { version } = loadRuntime();
    if (!registered) registerKernels(log);
    registered = true;
    // Started before, perhaps with other threads.
    if (findBackendFactory(BACKEND)) removeBackend(BACKEND);
    registerBackend(BACKEND, () => new OnnxRuntimeBackend(threads));
    if (!(await setBackend(BACKEND))) throw new Error('ONNX Runtime did not start');
    await ready();
    return { version, threads };
  },
};
