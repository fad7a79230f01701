/** The tour of the README, on the shipped example; its pictures are these screenshots (`npm run pictures` copies them). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VsCode } from './driver.js';
import { pictureFailures } from './failures.js';

const example = readFileSync(path.join(import.meta.dirname, '../../examples/simclr.ssl.ts'), 'utf8');
/** `npm run pictures` trains the example as it is; for a test it is enough to learn from fewer pictures. */
const whole = process.env.AUTODIDACT_PICTURES === 'whole';
const epochs = whole ? 10 : 5;
const shortened = example
  .replace('fashionMnist()', 'fashionMnist({ train: 2560, test: 512 })')
  .replace('epochs: 10', 'epochs: 5')
  .replace('batchSize: 256', 'batchSize: 128');

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({
    workspace: { 'simclr.ssl.ts': whole ? example : shortened },
    viewport: { width: 1600, height: 1000 },
  });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

describe('the tour', () => {
  it('previews the views of the example', async () => {
    await code.openFile('simclr.ssl.ts');
    await code.command('Autodidact: Preview Views');
    const preview = await code.webview('autodidact-preview');
    await expect.poll(() => preview.locator('canvas').count(), { timeout: 60_000 }).toBeGreaterThan(6);
    await code.screenshot('pictures/preview');
  });

  it('trains it and charts it', { timeout: 600_000 }, async () => {
    await code.openRuns();
    await code.openFile('simclr.ssl.ts');
    await code.command('Autodidact: Train Experiment');
    const row = code.page.locator('.pane-body .monaco-list-row', { hasText: 'simclr' }).first();
    await expect.poll(() => row.innerText(), { timeout: 550_000 }).toMatch(/finished/i);
    const charts = await code.webview('autodidact-charts');
    await expect.poll(() => charts.locator('canvas').count()).toBeGreaterThan(3);
    await code.screenshot('pictures/overview');
  });

  it('shows the pairs of the run at its last checkpoint', async () => {
    await code.contextMenu(
      code.page.locator('.pane-body .monaco-list-row', { hasText: 'simclr' }).first(),
      'Show Pairs',
    );
    const pairs = await code.webview('autodidact-pairs');
    const said = pairs.locator('autodidact-pairs');
    await expect.poll(() => said.innerText(), { timeout: 60_000 }).toMatch(new RegExp(`epoch ${epochs}`, 'i'));
    // After training the positives stand out: found for far more anchors than by guessing (1 in 23).
    await expect
      .poll(async () => Number(/most similar candidate for ([\d.]+) ?%/.exec(await said.innerText())?.[1] ?? 0), {
        timeout: 30_000,
      })
      .toBeGreaterThan(20);
    await code.screenshot('pictures/pairs');
  });
});
