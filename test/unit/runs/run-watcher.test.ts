import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deleteRun, renameRun } from '../../../src/runs/manage.js';
import { RunWatcher } from '../../../src/runs/run-watcher.js';
import { createRun, temporaryRoot } from './helpers.js';

function watch(root: string) {
  const heard: string[] = [];
  const watcher = new RunWatcher(root, ({ added, changed, removed, unreadable }) => {
    for (const run of added) heard.push(`added ${run.state}`);
    for (const run of changed) heard.push(`changed ${run.state}`);
    for (const run of removed) heard.push(`removed ${run.name}`);
    for (const run of unreadable) heard.push(`unreadable ${run.reason}`);
  });
  onTestFinished(() => watcher.dispose());
  return { watcher, heard };
}
const soon = { timeout: 10_000 };

describe('watching runs', () => {
  it('tells of runs that are there, come, change and go', async () => {
    const root = temporaryRoot();
    createRun(root, 'first').setState('finished');
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    expect(heard).toEqual(['added finished']);
    const second = createRun(root, 'second');
    await expect.poll(() => heard, soon).toContain('added queued');
    second.setState('running');
    await expect.poll(() => heard, soon).toContain('changed running');
    second.setState('finished');
    second.turn.release();
    await expect.poll(() => heard, soon).toContain('changed finished');
    await renameRun(root, second.id, 'my run');
    await watcher.refresh();
    expect(watcher.get(second.id)?.name).toBe('my run');
    await deleteRun(root, second.id);
    await expect.poll(() => heard, soon).toContain('removed my run');
    expect(watcher.list.runs.map(({ name }) => name)).toEqual(['first']);
  });

  it('sees the runs of a root that is made later', async () => {
    const root = path.join(temporaryRoot(), '.autodidact', 'runs');
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    createRun(root);
    await expect.poll(() => heard, soon).toContain('added queued');
  });

  it('goes on when the root is removed and made again', async () => {
    const root = path.join(temporaryRoot(), 'runs');
    createRun(root, 'old').setState('finished');
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    fs.rmSync(root, { recursive: true });
    await expect.poll(() => heard, soon).toContain('removed old');
    createRun(root, 'new');
    await expect.poll(() => heard, soon).toContain('added queued');
  });

  it('notices that a process died', async () => {
    const root = temporaryRoot();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const { folder, status } = createRun(root);
    fs.writeFileSync(path.join(folder, 'status.json'), JSON.stringify({ ...status, state: 'running', pid: child.pid }));
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    expect(heard).toEqual(['added running']);
    child.kill('SIGKILL');
    await gone;
    await expect.poll(() => heard, soon).toContain('changed interrupted');
  });

  it('tells of a run that becomes unreadable, and readable again', async () => {
    const root = temporaryRoot();
    const writer = createRun(root, 'odd');
    writer.setState('finished');
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    const file = path.join(writer.folder, 'status.json');
    const good = fs.readFileSync(file);
    fs.writeFileSync(file, '');
    await watcher.refresh();
    expect(heard.slice(1)).toEqual(['removed odd', expect.stringContaining('unreadable status.json')]);
    fs.writeFileSync(file, good);
    await watcher.refresh();
    expect(heard.at(-1)).toBe('added finished');
    expect(watcher.list.unreadable).toEqual([]);
  });

  it('is silent when nothing changed', async () => {
    const root = temporaryRoot();
    createRun(root).setState('finished');
    const { watcher, heard } = watch(root);
    await watcher.refresh();
    await watcher.refresh();
    expect(heard).toHaveLength(1);
  });
});
