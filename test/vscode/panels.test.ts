/** A person looks at views and pairs while typing. */

import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePhotographs } from '../support/photographs.js';
import { VsCode } from './driver.js';
import { photographs, smallSimclr } from './experiments.js';
import { pictureFailures } from './failures.js';

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({
    workspace: { 'demo.ssl.ts': smallSimclr(), 'photos.ssl.ts': photographs },
    viewport: { width: 1600, height: 900 },
  });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

const preview = () => code.webview('autodidact-preview');
const pairs = () => code.webview('autodidact-pairs');

/** The pixels of the first few pictures a panel shows: changes when it repaints something else. */
const pixels = (frame: Frame, element: string) =>
  frame.locator(`${element} canvas`).evaluateAll((canvases) =>
    canvases
      .slice(0, 8)
      .map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        let hash = 0;
        for (const value of data) hash = (hash * 31 + value) | 0;
        return `${width}x${height}:${hash}`;
      })
      .join(' '),
  );

describe('the Preview panel', () => {
  it('shows the original and its views', async () => {
    await code.openFile('demo.ssl.ts');
    await code.page.locator('.codelens-decoration a', { hasText: 'Preview' }).first().click();
    const frame = await preview();
    await expect.poll(() => frame.locator('autodidact-preview canvas').count(), { timeout: 60_000 }).toBeGreaterThan(6);
    expect(await frame.locator('autodidact-preview').innerText()).toContain('randomResizedCrop');
    await code.screenshot('panels-preview');
  });

  it('repaints after an edit of the unsaved text', async () => {
    const frame = await preview();
    const before = await pixels(frame, 'autodidact-preview');
    await code.openFile('demo.ssl.ts');
    await code.setText(smallSimclr({ minScale: 0.08 }));
    await expect.poll(() => pixels(frame, 'autodidact-preview'), { timeout: 30_000 }).not.toBe(before);
    await expect.poll(() => frame.locator('autodidact-preview').innerText()).toContain('0.08');
  });

  it('keeps the last picture and says what is wrong while the text is broken', async () => {
    const frame = await preview();
    const before = await pixels(frame, 'autodidact-preview');
    await code.openFile('demo.ssl.ts');
    await code.setText(smallSimclr().replace('temperature: 0.5', 'temperature: -0.5'));
    await expect
      .poll(() => frame.locator('autodidact-preview').innerText(), { timeout: 30_000 })
      .toMatch(/temperature/);
    expect(await pixels(frame, 'autodidact-preview')).toBe(before);
    await code.setText(smallSimclr());
    await expect
      .poll(() => frame.locator('autodidact-preview').innerText(), { timeout: 30_000 })
      .not.toMatch(/found -0\.5/);
  });
});

describe('the Pairs panel', () => {
  it('draws the similarity matrix of the untrained network', async () => {
    await code.openFile('demo.ssl.ts');
    await code.command('Autodidact: Show Pairs');
    const frame = await pairs();
    await expect.poll(() => frame.locator('autodidact-pairs canvas').count(), { timeout: 60_000 }).toBeGreaterThan(2);
    expect(await frame.locator('autodidact-pairs').innerText()).toMatch(/hardest negatives/i);
    await code.screenshot('panels-pairs');
  });
});

describe("a stranger's folder of photographs", () => {
  it('previews and trains', async () => {
    makePhotographs(path.join(code.workspace, 'my photos'));
    await code.openFile('photos.ssl.ts');
    await code.command('Autodidact: Preview Views');
    const frame = await preview();
    await expect
      .poll(() => frame.locator('autodidact-preview').innerText(), { timeout: 60_000 })
      .toMatch(/my photos|photos\.ssl\.ts/);
    await code.command('Autodidact: Train Experiment');
    await code.openRuns();
    const row = code.page.locator('.pane-body .monaco-list-row', { hasText: 'photos' }).first();
    await expect.poll(() => row.innerText(), { timeout: 120_000 }).toMatch(/finished/i);
    await code.screenshot('panels-photographs');
  });
});
