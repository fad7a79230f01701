/** The `wasm` engine: TensorFlow.js in WebAssembly, everywhere, with the kernels that training needs beside its own. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackendWasm, getThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../engine.js';
import { registerWasmKernels } from './kernels.js';

/** Binaries lie beside the bundle; when sources run, in the package they come from. */
function binaries(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  if (path.basename(here) === 'dist') return path.join(here, 'wasm');
  return path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
}

let registered = false;

export const wasm: Engine = {
  name: 'wasm',
  async problem() {
    const folder = binaries();
    if (existsSync(path.join(folder, 'tfjs-backend-wasm-simd.wasm'))) return undefined;
    return {
      reason: `its binaries are missing in ${folder}`,
      remedy: 'Install the extension again, or run `npm run build`.',
    };
  },
  async start() {
    if (!registered) registerWasmKernels();
    registered = true;
    setWasmPaths(binaries() + path.sep);
    await inItsSurroundings(async () => {
      if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start');
    });
    failWithoutMemory((tf.backend() as BackendWasm).wasm as unknown as Allocator);
    return { version: version_wasm, threads: getThreadsCount() };
  },
};

/**
 * Starts what Emscripten has made, and undoes what it does to its surroundings: it wants `__dirname`, which an ES module
 * does not have, and makes every unhandled rejection end the process, which is the program's affair.
 */
async function inItsSurroundings(start: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => process.listeners(event as 'exit'));
  Object.assign(globalThis, { __dirname: binaries() });
  try {
    await start();
  } finally {
    Reflect.deleteProperty(globalThis, '__dirname');
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'exit'))
        if (!before[i]!.includes(listener)) process.removeListener(event, listener);
    });
  }
}

interface Allocator {
  _malloc(bytes: number): number;
}

const LIMIT = 2 ** 32;
const guarded = new WeakSet<Allocator>();

/** Makes allocation fail where there is no memory left: TensorFlow.js takes the address 0 for good and writes to it. */
function failWithoutMemory(module: Allocator): void {
  if (guarded.has(module)) return;
  guarded.add(module);
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = bytes < LIMIT ? allocate(bytes) : 0;
    if (address === 0 && bytes > 0)
      throw new Error(
        'The wasm engine is out of memory, of which it can have 4 GB: take a smaller batch, network or picture size, or another engine.',
      );
    return address;
  };
}
