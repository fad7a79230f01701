/** A person trains from the palette, watches charts and sidebar, reloads the window, and resumes a killed run. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent, RunStatus } from '../../src/protocol/run.js';
import { VsCode } from './driver.js';
import { smallSimclr } from './experiments.js';
import { pictureFailures } from './failures.js';
import { layoutSaved } from './layout.js';

let code: VsCode;
beforeAll(async () => {
  // It never ends by itself: reload, pause, kill and stop all fall in the middle of it.
  code = await VsCode.start({
    workspace: {
      'demo.ssl.ts': smallSimclr({ train: 1024, epochs: 2000 }),
      'short.ssl.ts': smallSimclr({ epochs: 2 }),
    },
  });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

const runs = () => path.join(code.workspace, '.autodidact/runs');
const newestRun = () =>
  path.join(
    runs(),
    readdirSync(runs())
      .filter((name) => !name.startsWith('.'))
      .sort()
      .at(-1) as string,
  );
const status = (run: string) => JSON.parse(readFileSync(path.join(run, 'status.json'), 'utf8')) as RunStatus;
/** What was recorded; a line torn by a kill is not a record. */
const events = (run: string) =>
  readFileSync(path.join(run, 'events.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line): RunEvent[] => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
const row = (text: string | RegExp) => code.page.locator('.pane-body .monaco-list-row').filter({ hasText: text });
const charts = (): Promise<Frame> => code.webview('autodidact-charts');
/** Training steps the charts have received, as they say it to a screen reader. */
const points = async () =>
  Number((await (await charts()).locator('autodidact-charts').getAttribute('data-points')) ?? 0);

describe('training', () => {
  it('starts from the palette, and the charts get points while it trains', async () => {
    await code.openFile('demo.ssl.ts');
    await code.command('Autodidact: Train Experiment');
    await expect.poll(points, { timeout: 60_000 }).toBeGreaterThan(3);
    const before = await points();
    await expect.poll(points, { timeout: 30_000 }).toBeGreaterThan(before);
    expect(status(newestRun()).state).toBe('running');
    await code.screenshot('training-charts');
  });

  it('is listed in the sidebar and shown in the status bar', async () => {
    await code.openRuns();
    await row(/demo/).first().waitFor();
    await expect.poll(() => row(/demo/).first().innerText()).toMatch(/running/i);
    await code.page.locator('.statusbar-item', { hasText: /demo/ }).first().waitFor();
  });

  it('goes on over a reload of the window, and the panels come back', async () => {
    const run = newestRun();
    const step = status(run).step;
    await layoutSaved(code.page, 'autodidact.charts');
    await code.reload();
    await expect.poll(points).toBeGreaterThan(step);
    expect(status(run).state).toBe('running');
    await row(/demo/).first().waitFor();
  });

  it('pauses and resumes from the palette', async () => {
    const run = newestRun();
    await code.command('Autodidact: Pause Run');
    await expect.poll(() => status(run).state, { timeout: 30_000 }).toBe('paused');
    await expect.poll(() => row(/demo/).first().innerText()).toMatch(/paused/i);
    const { step } = status(run);
    await code.command('Autodidact: Resume Run');
    await expect.poll(() => status(run).step, { timeout: 30_000 }).toBeGreaterThan(step);
  });

  it('shows a killed run as interrupted, and resumes it from its last checkpoint', async () => {
    const run = newestRun();
    await expect
      .poll(() => events(run).some((event) => event.type === 'checkpoint' && event.step > 0), { timeout: 60_000 })
      .toBe(true);
    process.kill(status(run).pid, 'SIGKILL');
    await expect.poll(() => row(/demo/).first().innerText(), { timeout: 30_000 }).toMatch(/interrupted/i);
    await row(/demo/).first().click();
    await code.command('Autodidact: Resume Run');
    await expect.poll(() => events(run).some((event) => event.type === 'rewind'), { timeout: 60_000 }).toBe(true);
    const rewind = events(run).findLast((event) => event.type === 'rewind') as RunEvent;
    await expect.poll(() => status(run).step, { timeout: 60_000 }).toBeGreaterThan(rewind.step);
    await expect.poll(() => row(/demo/).first().innerText(), { timeout: 30_000 }).toMatch(/running/i);
  });

  it('queues a second run, and starts it when the first is stopped', async () => {
    const first = newestRun();
    await code.openFile('short.ssl.ts');
    await code.command('Autodidact: Train Experiment');
    await expect.poll(() => row(/short/).first().innerText(), { timeout: 60_000 }).toMatch(/queued/i);
    await row(/demo/).first().click();
    await code.command('Autodidact: Stop Run');
    await expect.poll(() => status(first).state, { timeout: 60_000 }).toBe('stopped');
    await expect.poll(() => row(/short/).first().innerText(), { timeout: 90_000 }).toMatch(/finished/i);
    await code.screenshot('training-finished');
  });

  it('opens the exact source that ran', async () => {
    await row(/short/).first().click();
    await code.command('Autodidact: Open Run Source');
    await expect.poll(() => code.editor().locator('.view-lines').innerText()).toContain('randomResizedCrop');
  });
});
