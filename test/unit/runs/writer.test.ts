import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RunFolderError } from '../../../src/runs/files.js';
import { RunWriter } from '../../../src/runs/writer.js';
import { createRun, lines, metrics, newRun, temporaryRoot } from './helpers.js';

const json = (folder: string, name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));

function fault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof RunFolderError) return error.fault;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function failWith(code: string) {
  return () => {
    throw Object.assign(new Error(`${code}: made up`), { code });
  };
}

describe('a new run', () => {
  it('has a folder named by time, name and hash, with its records and sources', () => {
    const writer = createRun(temporaryRoot());
    expect(writer.id).toMatch(/^\d{8}-\d{6}-simclr-on-t-shirts-abcdef$/);
    expect(json(writer.folder, 'run.json')).toMatchObject({ format: 1, id: writer.id, name: 'SimCLR on T-shirts' });
    expect(json(writer.folder, 'status.json')).toMatchObject({ state: 'queued', pid: process.pid, totalSteps: 10 });
    expect(fs.readFileSync(path.join(writer.folder, 'source/simclr.ssl.ts'), 'utf8')).toBe('// source\n');
    expect(lines(writer.folder)).toMatchObject([{ type: 'status', state: 'queued' }]);
  });

  it('gets a folder of its own when several start in the same second', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-02T03:04:05') });
    const root = temporaryRoot();
    const ids = [1, 2, 3].map(() => createRun(root).id);
    vi.useRealTimers();
    expect(ids[0]).toBe('20260102-030405-simclr-on-t-shirts-abcdef');
    expect(ids.slice(1)).toEqual([`${ids[0]}-2`, `${ids[0]}-3`]);
    for (const id of ids) expect(json(path.join(root, id), 'run.json').id).toBe(id);
  });

  it('keeps a project’s data out of git', () => {
    const root = path.join(temporaryRoot(), '.autodidact', 'runs');
    createRun(root);
    expect(fs.readFileSync(path.join(root, '../.gitignore'), 'utf8')).toBe('*\n');
  });

  it('leaves nothing behind when it cannot be made', () => {
    const root = temporaryRoot();
    const run = { ...newRun(), files: { '../outside.txt': 'no' } };
    expect(() => RunWriter.create(root, run)).toThrow(/not a path within the run/);
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

describe('recording', () => {
  it('writes values that JSON does not have as strings', () => {
    const writer = createRun(temporaryRoot());
    writer.append(metrics(1, { loss: Number.NaN, a: Number.POSITIVE_INFINITY, b: Number.NEGATIVE_INFINITY, c: 0.5 }));
    expect(lines(writer.folder).at(-1)).toMatchObject({
      values: { loss: 'NaN', a: 'Infinity', b: '-Infinity', c: 0.5 },
    });
  });

  it('replaces status.json at most once a second while only numbers change', () => {
    const writer = createRun(temporaryRoot());
    writer.setState('running');
    writer.updateStatus({ step: 1 });
    expect(json(writer.folder, 'status.json').step).toBe(0);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 1001);
    writer.updateStatus({ epoch: 0.4, loss: Number.NaN });
    vi.restoreAllMocks();
    expect(json(writer.folder, 'status.json')).toMatchObject({ state: 'running', step: 1, epoch: 0.4, loss: 'NaN' });
  });

  it('records each state as an event and at once in status.json', () => {
    const writer = createRun(temporaryRoot());
    writer.setState('running');
    writer.setState('stopped', 'A person asked for it.');
    const status = json(writer.folder, 'status.json');
    expect(status).toMatchObject({ state: 'stopped', message: 'A person asked for it.' });
    expect(status.ended).toBeGreaterThanOrEqual(status.started);
    expect(lines(writer.folder)).toMatchObject([{ state: 'queued' }, { state: 'running' }, { state: 'stopped' }]);
  });

  it('completes run.json', () => {
    const writer = createRun(temporaryRoot());
    writer.updateFacts({ stepsPerEpoch: 5 });
    expect(json(writer.folder, 'run.json')).toMatchObject({ stepsPerEpoch: 5, method: 'simclr' });
  });
});

describe('a folder that fails', () => {
  it('is never made again after it was removed', () => {
    const writer = createRun(temporaryRoot());
    fs.rmSync(writer.folder, { recursive: true });
    expect(fault(() => writer.append(metrics(1)))).toBe('removed');
    expect(fault(() => writer.setState('failed', 'gone'))).toBe('removed');
    expect(fault(() => writer.updateFacts({ stepsPerEpoch: 1 }))).toBe('removed');
    expect(fs.existsSync(writer.folder)).toBe(false);
  });

  it('says that the disk is full, keeps the last status, and still records how it ended', () => {
    const writer = createRun(temporaryRoot());
    writer.setState('running');
    const real = fs.fsyncSync;
    // Only new files fail: a full disk lets one write where there is space already.
    vi.spyOn(fs, 'writeFileSync').mockImplementationOnce(failWith('ENOSPC'));
    expect(fault(() => writer.append(metrics(1)))).toBe('full');
    expect(json(writer.folder, 'status.json').state).toBe('running');
    vi.spyOn(fs, 'fsyncSync').mockImplementationOnce(failWith('ENOSPC')).mockImplementation(real);
    writer.setState('failed', 'The disk is full.');
    vi.restoreAllMocks();
    expect(json(writer.folder, 'status.json')).toMatchObject({ state: 'failed', message: 'The disk is full.' });
  });

  it('goes on a new line after a write that failed half-way', () => {
    const writer = createRun(temporaryRoot());
    const events = path.join(writer.folder, 'events.jsonl');
    vi.spyOn(fs, 'writeFileSync').mockImplementationOnce(() => {
      fs.appendFileSync(events, '{"type":"met');
      failWith('EIO')();
    });
    expect(fault(() => writer.append(metrics(1)))).toBe('failing');
    vi.restoreAllMocks();
    writer.append(metrics(2));
    const text = fs.readFileSync(events, 'utf8').split('\n');
    expect(text.slice(1, -1)).toEqual(['{"type":"met', JSON.stringify(metrics(2))]);
  });

  it('belongs to whoever resumed the run', () => {
    const writer = createRun(temporaryRoot());
    const file = path.join(writer.folder, 'status.json');
    fs.writeFileSync(file, JSON.stringify({ ...json(writer.folder, 'status.json'), pid: process.pid + 1 }));
    expect(fault(() => writer.setState('running'))).toBe('taken');
  });
});

describe('resuming', () => {
  it('takes over a run that is not live, on a new line, and hears no old requests', () => {
    const root = temporaryRoot();
    const first = createRun(root);
    first.setState('failed', 'out of luck');
    first.turn.release();
    fs.appendFileSync(path.join(first.folder, 'events.jsonl'), '{"torn');
    fs.appendFileSync(path.join(first.folder, 'control.jsonl'), '{"action":"stop","time":1}\n');
    const second = RunWriter.resume(first.folder, first.facts);
    expect(json(first.folder, 'status.json')).toMatchObject({ state: 'queued', pid: process.pid });
    expect(json(first.folder, 'status.json')).not.toHaveProperty('message');
    expect(fs.readFileSync(path.join(first.folder, 'events.jsonl'), 'utf8')).toContain('{"torn\n{"type":"status"');
    expect(second.controlOffset).toBe(27);
  });

  it('refuses a live run', () => {
    const writer = createRun(temporaryRoot());
    expect(fault(() => RunWriter.resume(writer.folder, writer.facts))).toBe('taken');
    writer.turn.release(); // a paused run has no ticket, and is live all the same
    writer.setState('paused');
    expect(fault(() => RunWriter.resume(writer.folder, writer.facts))).toBe('taken');
  });
});
