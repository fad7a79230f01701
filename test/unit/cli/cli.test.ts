import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processExists } from '../../../src/runs/liveness.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-cli-'));
const project = path.join(folder, 'project');
const root = path.join(project, '.autodidact', 'runs');
const children = new Set<ChildProcess>();

// The CLI as it is shipped, beside a trainer that has no network.
beforeAll(async () => {
  await build({
    entryPoints: { cli: 'src/cli/main.ts', trainer: 'test/unit/cli/fake-trainer.ts' },
    outdir: path.join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['esbuild', '@tensorflow/tfjs-node', 'onnxruntime-node'],
    define: { AUTODIDACT_VERSION: '"1.2.3"' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  fs.mkdirSync(path.join(project, '.autodidact'), { recursive: true });
  fs.writeFileSync(path.join(project, 'simclr.ssl.ts'), '// an experiment');
});
afterAll(() => {
  for (const child of children) child.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [path.join(folder, 'dist/cli.js'), ...args], { cwd: project });
  children.add(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    output.out += data;
  });
  child.stderr.on('data', (data) => {
    output.err += data;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => {
      children.delete(child);
      resolve({ code, ...output });
    }),
  );
  return { child, output, ended };
}
const cli = (...args: string[]) => start(...args).ended;
const jsonLines = (text: string) => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));

describe('usage', () => {
  it.each([
    [[], 'a command is missing'],
    [['trian', 'x'], 'did you mean "train"?'],
    [['constructor'], 'unknown command'],
    [['train'], 'FILE is missing'],
    [['train', 'nothing.ssl.ts'], 'there is no file'],
    [['train', 'simclr.ssl.ts', 'more'], 'unexpected argument "more"'],
    [['train', 'simclr.ssl.ts', '--engin', 'wasm'], 'did you mean --engine?'],
    [['train', 'simclr.ssl.ts', '--engine', 'abacus'], 'must be one of auto, onnxruntime, tensorflow, wasm'],
    [['train', 'simclr.ssl.ts', '--max-parallel', '0'], 'must be a whole number, 1 or more'],
    [['train', 'simclr.ssl.ts', '--set', 'epochs'], '--set needs KEY=VALUE'],
    [['show', 'nothing', '--run-dir', 'none'], 'there are no runs in'],
    [['views', 'simclr.ssl.ts'], '--out is missing'],
    [['views', 'simclr.ssl.ts', '--out', 'x.png', '--checkpoint', 'x'], '--checkpoint needs --pairs'],
    [['views', 'simclr.ssl.ts', '--out', 'x.png', '--pairs', '--draws', '2'], '--draws has no meaning with --pairs'],
    [['check', 'nothing.ssl.ts'], 'there is no file'],
    [['show', '../nothing'], 'there is no run in'],
  ])('%j ends with 2 and says why', async (args, reason) => {
    const { code, err } = await cli(...args);
    expect(err).toContain(reason);
    expect(code).toBe(2);
  });

  it('has help for the program and for each command', async () => {
    const { code, out } = await cli('--help');
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z]+) .*?/gm)].map((match) => match[1] as string);
    expect(names).toEqual(
      expect.arrayContaining([
        'train',
        'resume',
        'pause',
        'stop',
        'runs',
        'show',
        'check',
        'views',
        'methods',
        'engines',
      ]),
    );
    for (const name of names) expect((await cli(name, '--help')).out).toContain(`Usage: autodidact ${name}`);
    expect((await cli('--version')).out).toBe('1.2.3\n');
  });
});

describe('train', () => {
  it('follows a run to its summary', async () => {
    const { code, out } = await cli('train', 'simclr.ssl.ts');
    expect(out).toMatch(/kNN accuracy 50\.0 % untrained/);
    expect(out).toMatch(/kNN accuracy 60\.0 % \+10\.0/);
    expect(out).toMatch(/state +finished/);
    expect(out).toMatch(/final loss +0\.5/);
    expect(out).toMatch(/kNN accuracy +50\.0 % untrained {2}→ {2}70\.0 % {2}\(\+20\.0 points\)/);
    expect(out).toContain(root);
    expect(code).toBe(0);
  });

  it('prints one JSON line per event, in order', async () => {
    const { code, out } = await cli('train', 'simclr.ssl.ts', '--json');
    const printed = jsonLines(out);
    expect(printed[0]).toMatchObject({ type: 'run', folder: expect.stringContaining(root) });
    expect(printed.filter(({ type }) => type === 'metrics').map(({ step }) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(printed.find(({ step }) => step === 7).values.loss).toBe('NaN');
    expect(printed.at(-1)).toMatchObject({
      type: 'summary',
      state: 'finished',
      loss: 0.5,
      evaluations: { 'knn.accuracy': { untrained: 0.5, final: 0.7 } },
    });
    expect(code).toBe(0);
  });

  it('ends with 2 and the place of the mistake for a faulty experiment', async () => {
    const { code, err } = await cli('train', 'simclr.ssl.ts', '--experiment', 'wrong');
    expect(err).toContain('simclr.ssl.ts:3:5  error  simclr: unknown option "temprature"');
    expect(code).toBe(2);
  });

  it('stops at Ctrl-C, and resume continues to the end', async () => {
    const { child, output, ended } = start('train', 'simclr.ssl.ts', '--set', 'pace=slow', '--json');
    await expect.poll(() => output.out, { timeout: 10_000 }).toContain('"step":6');
    child.kill('SIGINT');
    const stopped = await ended;
    const { id, state } = jsonLines(stopped.out).at(-1);
    expect({ state, code: stopped.code }).toEqual({ state: 'stopped', code: 1 });
    const resumed = await cli('resume', id, '--json');
    const printed = jsonLines(resumed.out);
    // What was printed before is not printed again.
    expect(printed.filter(({ type }) => type === 'metrics').map(({ step }) => step)).toEqual([6, 7, 8, 9, 10]);
    expect(printed.at(-1)).toMatchObject({ id, state: 'finished', loss: 0.5 });
    expect(resumed.code).toBe(0);
  });

  it('leaves the run alone at the second Ctrl-C', async () => {
    const { child, output, ended } = start('train', 'simclr.ssl.ts', '--set', 'pace=slow', '--set', 'ears=none');
    await expect.poll(() => output.out, { timeout: 10_000 }).toContain('untrained');
    child.kill('SIGINT');
    await expect.poll(() => output.out).toContain('Press Ctrl-C again');
    child.kill('SIGINT');
    const { code, err } = await ended;
    const id = /goes on in the background.\n {2}autodidact stop (\S+)/.exec(err)?.[1];
    expect({ code, id }).toEqual({ code: 130, id: expect.stringContaining('simclr') });
    const status = () => JSON.parse(fs.readFileSync(path.join(root, id as string, 'status.json'), 'utf8'));
    await expect.poll(() => status().state, { timeout: 10_000 }).toBe('finished');
  });

  it('goes on in the background with --detach', async () => {
    const { code, out } = await cli('train', 'simclr.ssl.ts', '--detach', '--json');
    const [{ folder: run }] = jsonLines(out);
    expect(code).toBe(0);
    const status = () => JSON.parse(fs.readFileSync(path.join(run, 'status.json'), 'utf8'));
    await expect.poll(() => status().state, { timeout: 10_000 }).toBe('finished');
    await expect.poll(() => processExists(status().pid), { timeout: 10_000 }).toBe(false);
  });
});

describe('pause, resume and stop', () => {
  it('let another run go first, and continue', async () => {
    const slow = await cli('train', 'simclr.ssl.ts', '--set', 'pace=slow', '--detach', '--json');
    const [{ id }] = jsonLines(slow.out);
    expect(await cli('pause', id)).toMatchObject({ code: 0, out: `${id} is paused\n` });
    expect(await cli('pause', id)).toMatchObject({ code: 0, out: `${id} is paused\n` });
    // Were its turn still taken, this would wait for ever.
    expect((await cli('train', 'simclr.ssl.ts')).code).toBe(0);
    const resumed = await cli('resume', id, '--json');
    expect(jsonLines(resumed.out).at(-1)).toMatchObject({ id, state: 'finished', step: 10 });
  });

  it('end a paused run', async () => {
    const first = jsonLines((await cli('train', 'simclr.ssl.ts', '--set', 'pace=slow', '--detach', '--json')).out)[0];
    expect(await cli('pause', first.id)).toMatchObject({ code: 0 });
    expect(await cli('stop', first.id)).toMatchObject({ code: 0, out: `${first.id} is stopped\n` });
    expect(await cli('pause', first.id)).toMatchObject({ code: 2, err: expect.stringContaining('nothing to pause') });
  });
});

describe('runs and show', () => {
  it('list what is there, and find a run by the beginning of its id', async () => {
    const made = jsonLines((await cli('train', 'simclr.ssl.ts', '--json')).out)[0];
    const list = JSON.parse((await cli('runs', '--json')).out);
    expect(list.runs.map(({ id }: { id: string }) => id)).toContain(made.id);
    expect((await cli('runs')).out).toContain(made.id);
    const { out } = await cli('show', made.id);
    expect(out).toMatch(/method +simclr/);
    const shown = JSON.parse((await cli('show', made.folder, '--json')).out);
    expect(shown).toMatchObject({ id: made.id, state: 'finished', facts: { method: 'simclr' } });
    const several = await cli('show', made.id.slice(0, 4));
    expect(several).toMatchObject({ code: 2, err: expect.stringContaining('could be any of these') });
    expect(await cli('stop', made.id)).toMatchObject({ code: 0, out: `${made.id} is finished\n` });
    expect(await cli('resume', made.id)).toMatchObject({ code: 2 });
  });
});
