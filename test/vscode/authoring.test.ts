/** A person opens a bare folder and writes an experiment: snippet, completion, hover, errors, CodeLens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VsCode } from './driver.js';
import { smallSimclr } from './experiments.js';
import { pictureFailures } from './failures.js';

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({
    workspace: { 'first.ssl.ts': '', 'second.ssl.ts': smallSimclr(), 'plain.ssl.json': '{}' },
  });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

const squiggles = () => code.page.locator('.squiggly-error');

describe('writing an experiment in a bare folder', () => {
  it('expands the snippet to an experiment without errors', async () => {
    await code.openFile('first.ssl.ts');
    await code.editor().locator('.view-lines').first().click();
    await code.page.keyboard.type('ssl-simclr');
    const suggestion = code.page.locator('.suggest-widget.visible .monaco-list-row[aria-label^="ssl-simclr"]');
    await expect
      .poll(
        async () => {
          // What was typed before the snippets were there is completed on demand.
          if (!(await suggestion.first().isVisible())) await code.page.keyboard.press('Control+Space');
          return suggestion.first().isVisible();
        },
        { interval: 2000 },
      )
      .toBe(true);
    await suggestion.first().click();
    await code.page.keyboard.press('Escape');
    await expect.poll(() => code.editor().locator('.view-lines').innerText()).toContain('experiment({');
    // The language service has had its say when it can answer a hover; what it said of the half-typed word goes away.
    await hover('simclr', /\bsimclr\(/);
    await expect.poll(() => squiggles().count()).toBe(0);
    await code.screenshot('authoring-snippet');
  });

  it('shows the documentation of an option on hover', async () => {
    await code.openFile('second.ssl.ts');
    await hover('temperature', /temperature\?:\s*number.*Divides\sthe\ssimilarities/s);
  });

  it('marks a misspelt option as an error, and only then', async () => {
    await code.openFile('second.ssl.ts');
    await hover('simclr', /\bsimclr\(/);
    await expect.poll(() => squiggles().count()).toBe(0);
    await code.setText(smallSimclr().replace('temperature:', 'temprature:'));
    await squiggles().first().waitFor();
    await code.setText(smallSimclr());
    await squiggles().first().waitFor({ state: 'detached' });
  });

  it('marks a value that is out of range at its line', async () => {
    await code.openFile('second.ssl.ts');
    await code.setText(smallSimclr().replace('temperature: 0.5', 'temperature: -1'));
    await squiggles().first().waitFor();
    await code.command('View: Focus Problems');
    const marker = code.page.locator('.markers-panel .monaco-list-row', { hasText: 'temperature' });
    await marker.first().waitFor();
    expect(await marker.first().innerText()).toMatch(/Ln 7/);
    await code.setText(smallSimclr());
    await marker.first().waitFor({ state: 'detached' });
  });

  it('offers Train, Preview and Pairs above the experiment', async () => {
    await code.openFile('second.ssl.ts');
    for (const title of ['Train', 'Preview', 'Pairs']) {
      await code.page.locator('.codelens-decoration a', { hasText: title }).first().waitFor();
    }
  });

  it.each([
    ['SimCLR', 'simclr'],
    ['Monodepth', 'monodepth'],
    ['RotNet', 'rotation'],
  ])('makes an experiment from the palette: %s', async (title, name) => {
    await code.command('Autodidact: New Experiment');
    // The list shows some of many: the one that is meant is searched for.
    await code.page.locator('.quick-input-widget:visible input[type=text]').first().fill(title);
    await code.quickPick(new RegExp(`^${title} experiment`));
    await code.quickInput(`my-${name}`);
    await code.page.locator(`.tab.active[data-resource-name="my-${name}.ssl.ts"]`).waitFor();
    await expect
      .poll(() => code.editor().locator('.view-lines').innerText())
      .toMatch(new RegExp(`method:\\s${name}\\(`));
    await hover('experiment', /\bexperiment\(/);
    await expect.poll(() => squiggles().count()).toBe(0);
  });
});

/** Hovers over a word in the editor until the hover says this: it may be that of another word at first, or still loading. */
async function hover(word: string, says: RegExp): Promise<void> {
  const span = code.editor().locator('.view-line span span', { hasText: word }).first();
  const widget = code.page.locator('.monaco-hover:not(.hidden) .hover-contents');
  await expect
    .poll(
      async () => {
        await code.page.mouse.move(5, 5);
        await span.hover();
        await widget
          .filter({ hasText: says })
          .first()
          .waitFor({ timeout: 3000 })
          .catch(() => undefined);
        return (await widget.allInnerTexts()).join('\n');
      },
      { timeout: 90_000 },
    )
    .toMatch(says);
}
