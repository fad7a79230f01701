/** The systems that take training steps: Autodidact's engines, and PyTorch in its two modes. */
import path from 'node:path';
import { bundle } from '../bundle.js';
import type { Bench } from '../rows.js';
import { python, System } from '../system.js';

export interface Contestant {
  readonly system: System;
  /** It can write weights and batches for the others. */
  readonly writes?: boolean;
  /** So slow that it takes fewer turns. */
  readonly slow?: boolean;
}

/** Starts all that are there; the first one is always an engine of Autodidact. */
export async function contestants(
  { root, threads, peers, note }: Bench,
  names: readonly string[] = ['onnxruntime', 'tensorflow', 'wasm', 'pytorch', 'pytorch compiled'],
): Promise<Contestant[]> {
  const program = await bundle(root, 'training');
  const node = (engine: string) => new System(engine, [process.execPath, program, engine, String(threads)], QUIET);
  const torch = (name: string, mode: string) =>
    new System(name, [python(root), path.join(root, 'bench/peers/training.py'), mode, String(threads)], {
      OMP_NUM_THREADS: String(threads),
    });
  const all: Contestant[] = [
    { system: node('onnxruntime'), writes: true },
    { system: node('tensorflow') },
    { system: node('wasm'), slow: true },
    ...(peers
      ? [
          { system: torch('pytorch', 'eager'), writes: false },
          { system: torch('pytorch compiled', 'compiled'), writes: false },
        ]
      : []),
  ];
  const started: Contestant[] = [];
  for (const one of all) {
    if (!names.includes(one.system.name)) await one.system.stop();
    else {
      try {
        const { version, threads: used } = await one.system.call<{ version: string; threads: number }>('start');
        note(`${one.system.name}: version ${version}, threads: ${used}`);
        started.push(one);
      } catch (error) {
        note(`${one.system.name} is left out: ${(error as Error).message.split('\n')[0]}`);
        await one.system.stop();
      }
    }
  }
  return started;
}

const QUIET = { TF_CPP_MIN_LOG_LEVEL: '2' };
