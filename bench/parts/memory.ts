/**
 * Memory of a step, time to the first step, how the step's time grows, and a soak: whether anything grows over 2,000
 * steps with batches of changing sizes, evaluations and checkpoints.
 */
import path from 'node:path';
import { type Bench, median, type Row } from '../rows.js';
import { convnet, resnet, type Work } from '../works.js';
import { contestants } from './contestants.js';

const SYSTEMS = ['onnxruntime', 'tensorflow', 'wasm', 'pytorch', 'pytorch compiled'];
const GROWTH: readonly Work[] = [
  ...[64, 128, 512].map((batch) => convnet(28, 1, { batch })),
  ...[16, 64].map((width) => convnet(28, 1, { width })),
  ...[16, 48].map((side) => convnet(side, 1)),
];
const SOAK = { warmUp: 1000, steps: 1000 };

export async function memory(bench: Bench): Promise<void> {
  await single(bench, convnet(28, 1), SYSTEMS);
  await single(bench, resnet(28, 1), ['onnxruntime', 'pytorch']);
  await growth(bench);
  await soak(bench);
}

const row = (bench: Bench, work: string, system: string, median: number, unit: string, runs = 1) =>
  bench.row({ part: 'memory', work, system, median, unit, runs } satisfies Row);
const fileOf = ({ root }: Bench) => path.join(root, '.cache/bench/work.safetensors');

interface Memory {
  readonly resident: number;
  readonly peak: number;
}

/** Each system in a process of its own: what it holds before, and at most while it takes steps. */
async function single(bench: Bench, work: Work, names: readonly string[]): Promise<void> {
  for (const name of names) {
    // The weights come from an engine of Autodidact, which ends before the next one is looked at.
    const systems = await contestants(quiet(bench), [...new Set(['onnxruntime', name])]);
    const writer = systems.find(({ writes }) => writes);
    const one = systems.find(({ system }) => system.name === name);
    try {
      if (one === undefined) continue;
      if (writer !== one) {
        await writer?.system.call('prepare', work, fileOf(bench));
        await writer?.system.stop();
      }
      const before = await one.system.call<Memory>('memory');
      const began = performance.now();
      await one.system.call('prepare', work, ...(one.writes === undefined ? [] : [fileOf(bench)]));
      await one.system.call('run', 1);
      const first = performance.now() - began;
      const { times } = await one.system.call<{ times: number[] }>('run', one.slow ? 2 : 6);
      const { peak } = await one.system.call<Memory>('memory');
      row(bench, `memory of a step: ${work.name}`, name, (peak - before.resident) / 2 ** 20, 'MB');
      row(bench, `memory of the process: ${work.name}`, name, peak / 2 ** 20, 'MB');
      row(bench, `time to the first step, compiled: ${work.name}`, name, first, 'ms');
      row(bench, `a further step: ${work.name}`, name, median(times), 'ms', times.length);
    } finally {
      await Promise.all(systems.map(({ system }) => system.stop()));
    }
  }
}

async function growth(bench: Bench): Promise<void> {
  const systems = await contestants(quiet(bench), ['onnxruntime', 'pytorch']);
  try {
    for (const work of GROWTH) {
      const times = new Map<string, number[]>();
      for (const { system, writes } of systems) {
        await system.call('prepare', work, ...(writes === undefined ? [] : [fileOf(bench)]));
        await system.call('run', 2);
      }
      for (let round = 0; round < 5; round++)
        for (const { system } of systems) {
          const { times: taken } = await system.call<{ times: number[] }>('run', 1);
          times.set(system.name, [...(times.get(system.name) ?? []), ...taken]);
        }
      for (const [name, list] of times) row(bench, `a step: ${work.name}`, name, median(list), 'ms', list.length);
    }
  } finally {
    await Promise.all(systems.map(({ system }) => system.stop()));
  }
}

interface Kept {
  readonly resident: number;
  readonly tensors: number;
  readonly graphs: number;
  readonly compiled: number;
}

async function soak(bench: Bench): Promise<void> {
  const [one] = await contestants(quiet(bench), ['onnxruntime']);
  if (one === undefined) return;
  try {
    await one.system.call('prepare', convnet(12, 1, { width: 16, batch: 32 }));
    const before = await one.system.call<Kept>('soak', SOAK.warmUp);
    const after = await one.system.call<Kept>('soak', SOAK.steps);
    const work = (what: string) => `soak, ${SOAK.warmUp + SOAK.steps} steps: ${what}`;
    row(bench, work('graphs compiled in all'), 'onnxruntime', after.compiled, 'graphs');
    row(bench, work('graphs kept'), 'onnxruntime', after.graphs, 'graphs');
    row(bench, work('more tensors than after half of them'), 'onnxruntime', after.tensors - before.tensors, 'tensors');
    row(
      bench,
      work('more memory than after half of them'),
      'onnxruntime',
      (after.resident - before.resident) / 2 ** 20,
      'MB',
    );
    row(bench, work('memory'), 'onnxruntime', after.resident / 2 ** 20, 'MB');
  } finally {
    await one.system.stop();
  }
}

const quiet = (bench: Bench): Bench => ({ ...bench, note: () => undefined });
