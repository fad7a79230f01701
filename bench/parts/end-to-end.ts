/**
 * From files to updated weights, with the augmentations of SimCLR: Autodidact as it is used, beside lightly with
 * torchvision and a DataLoader (its best number of workers), and beside Kornia's augmentations of whole batches.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encode } from 'fast-png';
import { emojiPictures } from '../pictures.js';
import { type Bench, median } from '../rows.js';
import { python, System } from '../system.js';

const PICTURES = 2560;
const SIDE = 32;
const BATCH = 256;
const ROUNDS = 3;
/** Steps of a run before its speed is looked at: threads start, memory grows. */
const WARM_UP = 5;

export async function endToEnd(bench: Bench): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-bench-'));
  try {
    await writePictures(bench.root, path.join(folder, 'pictures'));
    const file = path.join(folder, 'pictures.ssl.ts');
    fs.writeFileSync(file, EXPERIMENT);
    await compare(bench, file, path.join(folder, 'pictures'));
    example(bench, folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(bench: Bench, file: string, pictures: string): Promise<void> {
  const { root, threads } = bench;
  const program = path.join(root, 'bench/peers/end_to_end.py');
  const peers = bench.peers
    ? ['lightly + torchvision', 'kornia'].map((name) => new System(name, [python(root), program, name, `${threads}`]))
    : [];
  const rates = new Map<string, number[]>();
  const add = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
  try {
    const workers = new Map<System, number>();
    for (const peer of peers) {
      const tried: number[] = [];
      for (const count of [0, 1, 2]) tried.push(await peer.call<number>('run', pictures, count, 2));
      const best = tried.indexOf(Math.max(...tried));
      workers.set(peer, best);
      bench.note(`${peer.name} with 0, 1, 2 workers: ${tried.map((rate) => rate.toFixed(0)).join(', ')} images/s`);
    }
    for (let round = 0; round < ROUNDS; round++) {
      add('autodidact', train(bench, file, ['--set', 'epochs=2']));
      for (const peer of peers) add(peer.name, await peer.call<number>('run', pictures, workers.get(peer), 2));
    }
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
  const work = `SimCLR, ConvNet-S, ${SIDE}x${SIDE}x3 PNG files, batch ${BATCH}`;
  for (const [system, list] of rates)
    bench.row({ part: 'end-to-end', work, system, median: median(list), unit: 'images/s', runs: list.length });
}

/** The experiment of `npm start` on each engine, for a few steps. */
function example(bench: Bench, folder: string): void {
  const file = path.join(folder, 'example.ssl.ts');
  fs.copyFileSync(path.join(bench.root, 'examples/simclr.ssl.ts'), file);
  for (const engine of ['onnxruntime', 'tensorflow', 'wasm']) {
    try {
      const rate = train(bench, file, [
        '--set',
        'epochs=1',
        '--set',
        'data.train=3072',
        '--set',
        'evaluate=[]',
        '--engine',
        engine,
      ]);
      const work = 'examples/simclr.ssl.ts';
      bench.row({ part: 'end-to-end', work, system: engine, median: rate, unit: 'images/s', runs: 1 });
    } catch (error) {
      bench.note(`${engine} is left out: ${(error as Error).message.split('\n')[0]}`);
    }
  }
}

/** Trains with the command line; the median of images per second over the steps after the first few. */
function train({ root }: Bench, file: string, args: readonly string[]): number {
  const runs = path.join(path.dirname(file), 'runs');
  execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), 'train', file, '--run-dir', runs, ...args], {
    stdio: 'ignore',
  });
  const [run] = fs.readdirSync(runs).filter((name) => fs.existsSync(path.join(runs, name, 'events.jsonl')));
  const events = fs
    .readFileSync(path.join(runs, run as string, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n');
  fs.rmSync(runs, { recursive: true });
  const rates = events
    .map((line) => JSON.parse(line) as { type: string; step: number; values?: { imagesPerSecond?: number } })
    .filter(({ type, step }) => type === 'metrics' && step > WARM_UP)
    .flatMap(({ values }) => values?.imagesPerSecond ?? []);
  return median(rates);
}

async function writePictures(root: string, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  for (const [i, data] of (await emojiPictures(root, PICTURES, SIDE)).entries())
    fs.writeFileSync(path.join(folder, `${i}.png`), encode({ width: SIDE, height: SIDE, channels: 3, depth: 8, data }));
}

const EXPERIMENT = `
import { convnet, experiment, imageFolder, sgd, simclr } from 'autodidact';
export default experiment({
  data: imageFolder('pictures', { size: ${SIDE}, heldOut: 0 }),
  encoder: convnet({ widths: [32, 64, 128, 256], strides: [1, 2, 2, 2] }),
  method: simclr({ temperature: 0.5, projector: [256, 64] }),
  optimizer: sgd({ learningRate: 0.06 }),
  batchSize: ${BATCH},
  epochs: 2,
});
`;
