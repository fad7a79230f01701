import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostIdentity } from '../../../src/runs/liveness.js';
import { Turn } from '../../../src/runs/turn.js';
import { temporaryRoot } from './helpers.js';

const never = new AbortController().signal;
const tickets = (root: string) => fs.readdirSync(root).filter((name) => name.startsWith('.turn-'));

describe('turns', () => {
  it('come in the order of asking', async () => {
    const root = temporaryRoot();
    const order: string[] = [];
    const turns = ['a', 'b', 'c'].map((id) => new Turn(root, id));
    for (const turn of turns) turn.join();
    const going = turns.map((turn, i) => turn.wait(1, never).then(() => order.push('abc'[i] as string)));
    await going[0];
    expect(order).toEqual(['a']);
    turns[0]?.release();
    await going[1];
    expect(order).toEqual(['a', 'b']);
    turns[1]?.release();
    await going[2];
    turns[2]?.release();
    expect(tickets(root)).toEqual([]);
  });

  it('may be several at a time, and say how many are before them', async () => {
    const root = temporaryRoot();
    const turns = ['a', 'b', 'c', 'd'].map((id) => new Turn(root, id));
    for (const turn of turns) turn.join();
    await Promise.all([turns[0]?.wait(2, never), turns[1]?.wait(2, never)]);
    const told: number[] = [];
    const last = turns[3]?.wait(2, never, (runs) => told.push(runs));
    expect(told).toEqual([2]);
    turns[0]?.release();
    turns[1]?.release();
    await last;
    expect(told.at(-1)).toBeLessThanOrEqual(2);
  });

  it('are given up on abort, and the next one is heard', async () => {
    const root = temporaryRoot();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => new Turn(root, id)) as [Turn, Turn, Turn];
    await a.wait(1, never);
    const stop = new AbortController();
    const waiting = b.wait(1, stop.signal);
    const behind = c.wait(2, never);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    b.release();
    await behind;
    expect(tickets(root)).toHaveLength(2);
  });

  it('pass over trainers that died', async () => {
    const root = temporaryRoot();
    const dead = { id: 'dead', pid: 2 ** 30, host: hostIdentity };
    fs.writeFileSync(path.join(root, '.turn-7'), JSON.stringify(dead));
    const turn = new Turn(root, 'a');
    await turn.wait(1, never);
    expect(tickets(root)).toEqual(['.turn-8']);
  });

  it('are not given twice for one run', () => {
    const root = temporaryRoot();
    new Turn(root, 'a').join();
    expect(() => new Turn(root, 'a').join()).toThrow(/already training a/);
    expect(tickets(root)).toHaveLength(1);
  });

  it('end with a clear error when the folder of the runs is gone', async () => {
    const root = temporaryRoot();
    fs.rmSync(root, { recursive: true });
    await expect(new Turn(root, 'a').wait(1, never)).rejects.toMatchObject({ fault: 'removed' });
  });
});

describe('between processes', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-turn-'));
  const program = path.join(folder, 'trainer.mjs');
  // Says when it goes in and out; ends without a word if it is told to die.
  const source = `
    import fs from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    import { Turn } from './src/runs/turn.js';
    const [root, id, maxParallel, dies] = process.argv.slice(2);
    const turn = new Turn(root, id);
    await turn.wait(Number(maxParallel), new AbortController().signal);
    fs.appendFileSync(root + '/log.txt', 'in ' + id + '\\n');
    await setTimeout(30);
    fs.appendFileSync(root + '/log.txt', 'out ' + id + '\\n');
    if (dies === 'dies') process.kill(process.pid, 'SIGKILL');
    turn.release();
  `;
  beforeAll(async () => {
    await build({
      stdin: { contents: source, resolveDir: process.cwd() },
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
    });
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it.each([1, 2])(
    'never more than %i train, though all start at once and some are killed',
    async (maxParallel) => {
      const root = temporaryRoot();
      const ended = Array.from({ length: 6 }, (_, i) => {
        const child = fork(program, [root, `run${i}`, String(maxParallel), i % 3 === 1 ? 'dies' : 'lives']);
        return new Promise((resolve) => child.once('close', resolve));
      });
      await Promise.all(ended);
      const log = fs.readFileSync(path.join(root, 'log.txt'), 'utf8').trim().split('\n');
      expect(log).toHaveLength(12);
      let inside = 0;
      let most = 0;
      for (const line of log) {
        inside += line.startsWith('in') ? 1 : -1;
        most = Math.max(most, inside);
      }
      expect(most).toBeLessThanOrEqual(maxParallel);
    },
    60_000,
  );
});
