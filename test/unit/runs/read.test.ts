import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { requestControl } from '../../../src/runs/control.js';
import { hostIdentity } from '../../../src/runs/liveness.js';
import { deleteRun, RunBusyError, renameRun, stopRun } from '../../../src/runs/manage.js';
import { listRuns, readRun } from '../../../src/runs/read.js';
import { createRun, temporaryRoot } from './helpers.js';

/** A run that has ended. */
function endedRun(root: string, name?: string) {
  const writer = createRun(root, name);
  writer.setState('finished');
  writer.turn.release();
  return writer;
}

describe('listing', () => {
  it('has every run, newest first, whatever lies beside it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const root = temporaryRoot();
    const first = endedRun(root, 'first');
    vi.setSystemTime(2_000_000);
    const second = endedRun(root, 'second');
    fs.writeFileSync(path.join(root, 'notes.txt'), '');
    fs.mkdirSync(path.join(root, '.hidden'));
    const { runs, unreadable } = await listRuns(root);
    expect(runs.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(runs[0]).toMatchObject({ name: 'second', state: 'finished', folder: second.folder });
    expect(unreadable).toEqual([]);
  });

  it('names the runs that cannot be read, with the reason, and hides no other', async () => {
    const root = temporaryRoot();
    const good = endedRun(root);
    const spoil = (name: string, work: (folder: string) => void) => {
      const { folder } = endedRun(root, name);
      work(folder);
    };
    spoil('torn', (folder) => fs.writeFileSync(path.join(folder, 'run.json'), '{"format":1,'));
    spoil('newer', (folder) => fs.writeFileSync(path.join(folder, 'run.json'), '{"format":2}'));
    spoil('stateless', (folder) => fs.rmSync(path.join(folder, 'status.json')));
    spoil('huge', (folder) => fs.truncateSync(path.join(folder, 'run.json'), 9 << 20));
    spoil('folder', (folder) => {
      fs.rmSync(path.join(folder, 'status.json'));
      fs.mkdirSync(path.join(folder, 'status.json'));
    });
    const { runs, unreadable } = await listRuns(root);
    expect(runs.map(({ id }) => id)).toEqual([good.id]);
    const reasons = Object.fromEntries(unreadable.map(({ id, reason }) => [id.split('-')[2], reason]));
    expect(reasons).toEqual({
      torn: expect.stringContaining('run.json is not JSON'),
      newer: expect.stringContaining('newer Autodidact'),
      stateless: 'status.json is missing',
      huge: expect.stringContaining('run.json is too big'),
      folder: expect.stringMatching(/not a file|EISDIR/),
    });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe, and does not follow links', async () => {
    const root = temporaryRoot();
    const { folder, id } = endedRun(root, 'pipe');
    fs.rmSync(path.join(folder, 'label.json'), { force: true });
    spawnSync('mkfifo', [path.join(folder, 'label.json')]);
    const elsewhere = endedRun(temporaryRoot());
    fs.symlinkSync(elsewhere.folder, path.join(root, 'link'));
    const { runs } = await listRuns(root);
    expect(runs.map((run) => run.id)).toEqual([id]);
  });

  it('passes over a folder that is just being made, and names it when it stays so', async () => {
    const root = temporaryRoot();
    const folder = path.join(root, 'being-made');
    fs.mkdirSync(folder);
    expect(await listRuns(root)).toEqual({ runs: [], unreadable: [] });
    fs.utimesSync(folder, 1, 1);
    expect((await listRuns(root)).unreadable).toMatchObject([{ id: 'being-made', reason: 'run.json is missing' }]);
  });

  it('of a folder that does not exist is empty', async () => {
    expect(await listRuns(path.join(temporaryRoot(), 'nothing'))).toEqual({ runs: [], unreadable: [] });
  });

  it('shows a run whose process died as interrupted', async () => {
    const root = temporaryRoot();
    const writer = createRun(root);
    writer.setState('running');
    const file = path.join(writer.folder, 'status.json');
    const status = JSON.parse(fs.readFileSync(file, 'utf8'));
    expect((await readRun(writer.folder)).state).toBe('running');
    fs.writeFileSync(file, JSON.stringify({ ...status, pid: 2 ** 30 }));
    expect((await readRun(writer.folder)).state).toBe('interrupted');
  });
});

describe('names', () => {
  it('are a person’s own, and the experiment’s again when emptied', async () => {
    const root = temporaryRoot();
    const { id, folder } = endedRun(root, 'simclr');
    await renameRun(root, id, '  my\n best  run ');
    expect((await readRun(folder)).name).toBe('my best run');
    await renameRun(root, id, ' ');
    expect((await readRun(folder)).name).toBe('simclr');
    await expect(renameRun(root, '../elsewhere', 'x')).rejects.toThrow(/not the id of a run/);
  });
});

describe('deleting', () => {
  it('takes the whole folder, and nothing that links point to', async () => {
    const root = temporaryRoot();
    const precious = path.join(temporaryRoot(), 'precious');
    fs.mkdirSync(precious);
    fs.writeFileSync(path.join(precious, 'file'), 'keep me');
    const { id, folder } = endedRun(root);
    fs.rmSync(path.join(folder, 'checkpoints'), { recursive: true });
    fs.symlinkSync(precious, path.join(folder, 'checkpoints'), 'junction');
    await deleteRun(root, id);
    expect(fs.readdirSync(root)).toEqual([]);
    expect(fs.readdirSync(precious)).toEqual(['file']);
  });

  it('refuses a live run, a link, and whatever is outside', async () => {
    const root = temporaryRoot();
    const live = createRun(root);
    await expect(deleteRun(root, live.id)).rejects.toThrow(RunBusyError);
    const elsewhere = endedRun(temporaryRoot());
    fs.symlinkSync(elsewhere.folder, path.join(root, 'link'), 'junction');
    await expect(deleteRun(root, 'link')).rejects.toThrow(/not a folder of this place/);
    await expect(deleteRun(root, `../${path.basename(root)}`)).rejects.toThrow(/not the id of a run/);
    expect(fs.existsSync(live.folder) && fs.existsSync(elsewhere.folder)).toBe(true);
  });

  it('takes a run that cannot be read', async () => {
    const root = temporaryRoot();
    const { id, folder } = endedRun(root);
    fs.writeFileSync(path.join(folder, 'status.json'), '');
    await deleteRun(root, id);
    expect(fs.existsSync(folder)).toBe(false);
  });
});

describe('stopping', () => {
  it('asks, and waits until the trainer has done so', async () => {
    const writer = createRun(temporaryRoot());
    const stopping = stopRun(writer.folder, 10_000);
    expect(fs.readFileSync(path.join(writer.folder, 'control.jsonl'), 'utf8')).toContain('"stop"');
    writer.setState('stopped');
    expect(await stopping).toBe('stopped');
  });

  it('kills a trainer on this machine that does not listen', async () => {
    const deaf = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const gone = new Promise((resolve) => deaf.once('exit', resolve));
    const writer = createRun(temporaryRoot());
    const file = path.join(writer.folder, 'status.json');
    const status = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...status, state: 'running', pid: deaf.pid, host: hostIdentity }));
    expect(await stopRun(writer.folder, 50)).toBe('killed');
    await gone;
    expect((await readRun(writer.folder)).state).toBe('interrupted');
  });

  it('does not kill what is not on this machine', async () => {
    const writer = createRun(temporaryRoot());
    const file = path.join(writer.folder, 'status.json');
    const status = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, JSON.stringify({ ...status, host: 'elsewhere' }));
    await expect(stopRun(writer.folder, 50)).rejects.toThrow(/runs on elsewhere/);
    expect(() => requestControl(writer.folder, 'stop')).not.toThrow();
  });
});
