/** Augmentations alone, pictures per second of one core: single ones, and the pipelines of SimCLR and MoCo v2. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle } from '../bundle.js';
import { emojiPictures } from '../pictures.js';
import { type Bench, median } from '../rows.js';
import { python, System } from '../system.js';

const OPS = ['random resized crop', 'horizontal flip', 'color jitter', 'grayscale', 'Gaussian blur', 'solarize'];
const WORKS: readonly (readonly [name: string, side: number])[] = [
  ...['SimCLR', 'MoCo v2'].flatMap((name) => [32, 96].map((side) => [name, side] as const)),
  ...OPS.map((name) => [name, 32] as const),
];
const PICTURES = 64;
const ROUNDS = 5;
const MILLISECONDS = 200;

export async function augment(bench: Bench): Promise<void> {
  const { root, note } = bench;
  const program = await bundle(root, 'augment');
  const peer = (name: string, library: string) =>
    new System(name, [python(root), path.join(root, 'bench/peers/augment.py'), library], { OMP_NUM_THREADS: '1' });
  const all = [
    new System('autodidact', [process.execPath, program]),
    ...(bench.peers
      ? [
          peer('torchvision (tensors)', 'tensors'),
          peer('torchvision (PIL)', 'pil'),
          peer('albumentations', 'albumentations'),
          peer('kornia', 'kornia'),
        ]
      : []),
  ];
  const systems: System[] = [];
  for (const system of all) {
    try {
      await system.call('start');
      systems.push(system);
    } catch (error) {
      note(`${system.name} is left out: ${(error as Error).message}`);
    }
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-bench-'));
  try {
    for (const [name, side] of WORKS) {
      const file = path.join(folder, `${side}.bin`);
      if (!fs.existsSync(file)) fs.writeFileSync(file, Buffer.concat(await emojiPictures(root, PICTURES, side)));
      await measure(bench, systems, name, side, file);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
    await Promise.all(all.map((system) => system.stop()));
  }
}

async function measure(
  bench: Bench,
  systems: readonly System[],
  name: string,
  side: number,
  pictures: string,
): Promise<void> {
  const rates = new Map<System, number[]>(systems.map((system) => [system, []]));
  for (const system of systems) {
    await system.call('prepare', name, side, pictures);
    await system.call('run', MILLISECONDS);
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const system of systems) rates.get(system)?.push(await system.call<number>('run', MILLISECONDS));
  for (const [system, list] of rates)
    bench.row({
      part: 'augment',
      work: `${name}, ${side}x${side}x3`,
      system: system.name,
      median: median(list),
      unit: 'images/s per core',
      runs: list.length,
    });
}
