/** Training steps alone: every system takes the same steps, a few at a time by turns, so that noise hits all alike. */
import path from 'node:path';
import { type Bench, median } from '../rows.js';
import { convnet, resnet, tokens, type Work } from '../works.js';
import { type Contestant, contestants } from './contestants.js';

const WORKS: readonly Work[] = [convnet(28, 1), convnet(32, 3), resnet(28, 1), resnet(32, 3), tokens()];
const WARM_UP = 3;
/** Steps of a turn, as they follow each other in training. The first one, after the others' turns, is not counted. */
const TURN = 4;
/** Wall time for the turns of one work, in ms. */
const BUDGET = 30_000;
const MOST_ROUNDS = 6;

export async function step(bench: Bench): Promise<void> {
  const systems = await contestants(bench);
  try {
    for (const work of WORKS) await measure(bench, systems, work);
  } finally {
    await Promise.all(systems.map(({ system }) => system.stop()));
  }
}

async function measure(bench: Bench, systems: readonly Contestant[], work: Work): Promise<void> {
  const file = path.join(bench.root, '.cache/bench/work.safetensors');
  const times = new Map<Contestant, number[]>(systems.map((one) => [one, []]));
  const losses: string[] = [];
  for (const one of systems) {
    const { system, writes } = one;
    await system.call('prepare', work, ...(writes === undefined ? [] : [file]));
    const { losses: first } = await system.call<Steps>('run', one.slow ? 1 : WARM_UP);
    losses.push(`${system.name} ${first[0]?.toFixed(3)}`);
  }
  bench.note(`${work.name}: loss of the first step: ${losses.join(', ')}`);
  const began = performance.now();
  for (let round = 0; round < MOST_ROUNDS && (round < 3 || performance.now() - began < BUDGET); round++) {
    for (const one of systems) {
      // What takes many times longer than the others takes its turn less often.
      if (one.slow && round % 3 !== 0) continue;
      const { times: taken } = await one.system.call<Steps>('run', one.slow ? 2 : TURN);
      times.get(one)?.push(...taken.slice(1));
    }
  }
  for (const [{ system }, list] of times)
    bench.row({
      part: 'step',
      work: work.name,
      system: system.name,
      median: (1000 * work.batch) / median(list),
      unit: work.kind === 'tokens' ? 'texts/s' : 'images/s',
      runs: list.length,
    });
}

interface Steps {
  readonly times: number[];
  readonly losses: number[];
}
