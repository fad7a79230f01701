/** A person opens one example after the other: Preview and Pairs draw each of them. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VsCode } from './driver.js';
import { pictureFailures } from './failures.js';

const folder = path.join(import.meta.dirname, '../../examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.ssl.ts'));

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({ workspace: folder, viewport: { width: 1700, height: 1500 } });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

/** What a panel shows of the example: that it is of this file, how much is drawn, and what it says is wrong. */
async function shown(panel: string): Promise<{ file: string; drawn: number; fault: string }> {
  const frame: Frame = await code.webview(panel);
  const drawn = ':is(canvas, .chip, td.number, .track)';
  return {
    file: (await frame.locator('h1').allInnerTexts()).join(),
    drawn: await frame.locator(`main[aria-busy=false] ${drawn}, main[aria-busy=false] ${drawn} canvas`).count(),
    fault: (await frame.getByRole('alert').allInnerTexts()).join(),
  };
}

describe('the examples', () => {
  it('have both panels beside them', async () => {
    await code.page.keyboard.press('Control+B');
    await code.openFile(examples[0] as string);
    await code.command('Autodidact: Preview Views');
    await code.webview('autodidact-preview');
    await code.command('Autodidact: Show Pairs');
    await code.webview('autodidact-pairs');
  });

  it.each(examples)('%s is drawn in both panels', async (name) => {
    // Files are opened in the first group, beside the panels.
    await code.page.keyboard.press('Control+1');
    await code.openFile(name);
    for (const panel of ['Preview', 'Pairs']) {
      await code.page.locator('.tab', { hasText: `${panel}:` }).click();
      await expect
        .poll(async () => {
          const { file, drawn, fault } = await shown(`autodidact-${panel.toLowerCase()}`);
          return fault || (file === name && drawn >= 2 ? 'drawn' : 'not yet');
        })
        .toBe('drawn');
      await code.screenshot(`examples/${name.replace('.ssl.ts', '')}-${panel.toLowerCase()}`);
    }
  });
});
