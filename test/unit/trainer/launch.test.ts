import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StartCommand } from '../../../src/protocol/launch.js';
import { trainerArguments } from '../../../src/protocol/launch.js';
import { processExists } from '../../../src/runs/liveness.js';
import { parseTrainerArguments } from '../../../src/trainer/arguments.js';
import { launchTraining, resumeTraining, TrainerRejection } from '../../../src/trainer/launch.js';
import { temporaryRoot } from '../runs/helpers.js';

/** A program that stands in for dist/trainer.js. */
function fakeTrainer(folder: string, source: string): string {
  const file = path.join(folder, 'trainer.mjs');
  fs.writeFileSync(file, `import fs from 'node:fs';\nimport path from 'node:path';\n${source}`);
  return file;
}

const makesRun = `
const root = process.argv.find((arg) => arg.startsWith('--runs=')).slice(7);
const folder = path.join(root, 'a-run');
fs.mkdirSync(folder);
fs.writeFileSync(path.join(folder, 'argv.json'), JSON.stringify(process.argv.slice(2)));
console.log('hello from the trainer');
process.send({ kind: 'created', folder, id: 'a-run' });
process.once('disconnect', () => {
  console.error('still here, alone');
  fs.writeFileSync(path.join(folder, 'alone'), String(process.pid));
});
`;

const start = (root: string): Omit<StartCommand, 'command'> => ({ file: '/x/y.ssl.ts', runs: root, maxParallel: 1 });

describe('arguments', () => {
  it('come back as they were', () => {
    const command: StartCommand = {
      command: 'start',
      file: '/pictures of 猫/a b.ssl.ts',
      exportName: 'small',
      set: ['method.temperature=0.1', 'name=--odd'],
      engine: 'wasm',
      runs: '-/runs',
      maxParallel: 3,
      debug: true,
    };
    expect(parseTrainerArguments(trainerArguments(command))).toEqual(command);
    expect(parseTrainerArguments(trainerArguments({ command: 'resume', run: '--x' }))).toEqual({
      command: 'resume',
      run: '--x',
    });
  });

  it.each([[['train']], [['start', '--file=x']], [['resume']], [['start', '--wat']], [[]]])('refuses %j', (argv) => {
    expect(() => parseTrainerArguments(argv)).toThrow();
  });
});

describe('launchTraining', () => {
  it('resolves with the run, whose trainer goes on alone and writes to trainer.log', async () => {
    const root = path.join(temporaryRoot(), '.autodidact', 'runs');
    const run = await launchTraining({ ...start(root), trainer: fakeTrainer(temporaryRoot(), makesRun) });
    expect(run).toEqual({ id: 'a-run', folder: path.join(root, 'a-run') });
    const argv = JSON.parse(fs.readFileSync(path.join(run.folder, 'argv.json'), 'utf8'));
    expect(argv).toEqual(['start', '--file=/x/y.ssl.ts', `--runs=${root}`, '--max-parallel=1']);
    const alone = path.join(run.folder, 'alone');
    await expect.poll(() => fs.existsSync(alone), { timeout: 10_000 }).toBe(true);
    expect(fs.readFileSync(path.join(run.folder, 'trainer.log'), 'utf8')).toBe(
      'hello from the trainer\nstill here, alone\n',
    );
    expect(fs.readdirSync(root)).toEqual(['a-run']);
    const pid = Number(fs.readFileSync(alone, 'utf8'));
    await expect.poll(() => processExists(pid), { timeout: 10_000 }).toBe(false);
  });

  it('rejects with the diagnostics of a faulty experiment, and leaves no folder', async () => {
    const project = temporaryRoot();
    const trainer = fakeTrainer(
      temporaryRoot(),
      `process.send({ kind: 'rejected', message: 'one mistake', diagnostics: [{ message: 'no such option' }] });
       process.disconnect();`,
    );
    const failure = launchTraining({ ...start(path.join(project, '.autodidact/runs')), trainer });
    await expect(failure).rejects.toBeInstanceOf(TrainerRejection);
    await expect(failure).rejects.toMatchObject({
      message: 'one mistake',
      diagnostics: [{ message: 'no such option' }],
    });
    expect(fs.readdirSync(project)).toEqual([]);
  });

  it('rejects with the last output of a trainer that dies', async () => {
    const root = temporaryRoot();
    const trainer = fakeTrainer(temporaryRoot(), `throw new Error('the native library is missing');`);
    await expect(launchTraining({ ...start(root), trainer })).rejects.toThrow(
      /ended with code 1 before the run began.*the native library is missing/s,
    );
  });

  it('rejects when there is no such Node', async () => {
    const root = temporaryRoot();
    const node = path.join(root, 'nothing');
    await expect(launchTraining({ ...start(root), trainer: 'x.js', node })).rejects.toThrow(/cannot be started/);
  });

  it('kills a trainer that hangs before the run begins when the starter gives up', async () => {
    const root = temporaryRoot();
    const note = path.join(root, 'pid');
    const source = `fs.writeFileSync(${JSON.stringify(note)}, String(process.pid)); for (;;);`;
    const giveUp = new AbortController();
    const failure = launchTraining({
      ...start(root),
      trainer: fakeTrainer(temporaryRoot(), source),
      signal: giveUp.signal,
    });
    const outcome = expect(failure).rejects.toThrow(/given up/);
    await expect.poll(() => fs.existsSync(note) && fs.readFileSync(note, 'utf8'), { timeout: 10_000 }).toMatch(/^\d+$/);
    giveUp.abort(new Error('given up'));
    await outcome;
    expect(processExists(Number(fs.readFileSync(note, 'utf8')))).toBe(false);
  });
});

describe('debugging', () => {
  const waits = `
process.send({ kind: 'debuggable', port: 4321 });
process.on('SIGTERM', () => {});
`;

  it('attaches where the trainer waits, and then resolves with the run', async () => {
    const ports: number[] = [];
    const run = await launchTraining({
      ...start(temporaryRoot()),
      debug: true,
      trainer: fakeTrainer(temporaryRoot(), waits + makesRun),
      attach: async (port) => void ports.push(port),
    });
    expect(run.id).toBe('a-run');
    expect(ports).toEqual([4321]);
  });

  it('leaves a trainer alone whose debugger ends', async () => {
    const trainer = fakeTrainer(
      temporaryRoot(),
      `${waits}process.send({ kind: 'debugged' });${makesRun}setInterval(() => {}, 1000);`,
    );
    let end = () => {};
    const debugging = new Promise<void>((_, reject) => {
      end = () => reject(new Error('ended'));
    });
    const { folder } = await launchTraining({
      ...start(temporaryRoot()),
      debug: true,
      trainer,
      attach: () => debugging,
    });
    const alone = path.join(folder, 'alone');
    await expect.poll(() => fs.existsSync(alone) && fs.readFileSync(alone, 'utf8'), { timeout: 10_000 }).toMatch(/\d/);
    const pid = Number(fs.readFileSync(alone, 'utf8'));
    end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(processExists(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('ends a trainer to which no debugger comes', async () => {
    const root = temporaryRoot();
    const note = path.join(root, 'pid');
    const source = `fs.writeFileSync(${JSON.stringify(note)}, String(process.pid)); ${waits} setInterval(() => {}, 1000);`;
    const failure = launchTraining({
      ...start(root),
      debug: true,
      trainer: fakeTrainer(temporaryRoot(), source),
      attach: () => Promise.reject(new Error('no debugger here')),
    });
    await expect(failure).rejects.toThrow('no debugger here');
    await expect.poll(() => processExists(Number(fs.readFileSync(note, 'utf8'))), { timeout: 10_000 }).toBe(false);
  });
});

describe('resumeTraining', () => {
  it('appends to the log of the run, and reports only its own output', async () => {
    const run = temporaryRoot();
    fs.writeFileSync(path.join(run, 'trainer.log'), 'yesterday\n');
    const trainer = fakeTrainer(temporaryRoot(), `console.log(process.argv[3]); process.exit(3);`);
    const failure = await resumeTraining({ run, trainer }).catch((error: Error) => error.message);
    expect(failure).toContain('ended with code 3');
    expect(failure).not.toContain('yesterday');
    expect(fs.readFileSync(path.join(run, 'trainer.log'), 'utf8')).toBe(`yesterday\n--run=${run}\n`);
  });
});
