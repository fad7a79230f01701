/** In a workspace that is not trusted, runs can be looked at and nothing runs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VsCode } from './driver.js';
import { smallSimclr } from './experiments.js';
import { pictureFailures } from './failures.js';

/** Leaves a mark on the disk if anybody executes it. */
const marking = `import { writeFileSync } from 'node:fs';
writeFileSync(new URL('./executed', import.meta.url), '');
${smallSimclr()}`;

let code: VsCode;
beforeAll(async () => {
  code = await VsCode.start({ workspace: { 'demo.ssl.ts': smallSimclr(), 'marking.ssl.ts': marking }, trusted: false });
});
afterAll(() => code?.stop());
pictureFailures(() => code);

describe('restricted mode', () => {
  it('says so, offers no training, and executes nothing', async () => {
    await code.page.locator('.statusbar-item[id="status.workspaceTrust"]').waitFor();
    await code.openFile('marking.ssl.ts');
    await code.page.locator('.activitybar a.action-label[aria-label^="Autodidact"]').click();
    await code.page.locator('.welcome-view-content, .pane-body').filter({ hasText: /trust/i }).first().waitFor();
    await code.page.keyboard.press('F1');
    const input = code.page.locator('.quick-input-widget:visible input[type=text]').first();
    await input.fill('>Autodidact: ');
    await code.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const offered = await code.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    expect(offered.join('\n')).not.toMatch(/Train Experiment/);
    await code.page.keyboard.press('Escape');
    expect(existsSync(path.join(code.workspace, '.autodidact'))).toBe(false);
    expect(existsSync(path.join(code.workspace, 'executed'))).toBe(false);
    await code.screenshot('trust-restricted');
  });
});
