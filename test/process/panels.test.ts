/** The built Preview and Pairs panels, as a person uses them by mouse and keyboard. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  disc,
  everyBlock,
  launch,
  type OpenPanel,
  openPanel,
  pairs,
  pairsOf,
  preview,
  previewOf,
} from './panels-page.js';

let browser: Browser;
let panel: OpenPanel;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());
afterEach(async () => {
  expect(panel.errors).toEqual([]);
  await panel.page.close();
});

/** The gray of the first pixel of each canvas that this selects. */
const grays = (page: Page, selector: string) =>
  page
    .locator(selector)
    .evaluateAll((canvases) =>
      canvases.map((canvas) => (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 1, 1).data[0]),
    );

describe('the Preview panel', () => {
  const open = async (options?: Parameters<typeof openPanel>[2], first = preview()) => {
    panel = await openPanel(browser, 'preview', options);
    await panel.send('preview', { sequence: 1, preview: first });
    await panel.send('busy', { busy: false });
    await panel.painted(1);
    return panel.page;
  };
  const views = '.view canvas';

  it('shows the original, its views by draw, and the ops', async () => {
    const page = await open();
    expect(await grays(page, '.original canvas')).toEqual([200]);
    expect(await grays(page, views)).toEqual([0, 1, 10, 11, 20, 21]);
    expect(await page.getByRole('row').count()).toBe(3);
    expect(await page.locator('autodidact-preview').innerText()).toMatch(/SimCLR · Fashion-MNIST · 8×8×1/);
    expect(await page.locator('.op-card').nth(1).innerText()).toMatch(
      /horizontalFlip\s+p 0\.5\s+applied to 3 of 6 views/,
    );
    expect(await page.locator(views).nth(1).getAttribute('aria-label')).toBe(
      'view 2; randomResizedCrop with top 0 · left 1 · height 4 · width 5; horizontalFlip',
    );
  });

  it('repaints in the same canvases when the text changes', async () => {
    const page = await open();
    const canvas = await page.locator(views).first().elementHandle();
    await panel.send('preview', { sequence: 2, preview: preview({ shade: 100 }) });
    await panel.painted(2);
    expect(await grays(page, views)).toEqual([100, 101, 110, 111, 120, 121]);
    expect(await canvas!.evaluate((element) => element.isConnected)).toBe(true);
  });

  it('steps through the samples by button, arrow keys and number', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Next sample' }).click();
    await page.getByLabel('sample', { exact: true }).last().focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowDown');
    await page.locator('#sample').fill('99');
    await page.keyboard.press('Enter');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('ArrowLeft');
    const choices = (await panel.requests('choose')) as { sample: number }[];
    expect(choices.map(({ sample }) => sample)).toEqual([4, 5, 15, 14, 19, 18]);
  });

  it('asks for other seeds, more draws, and without an op', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'seed 0: draw other views' }).click();
    await page.getByRole('button', { name: /Back to what training sees/ }).click();
    await page.getByLabel('draws').selectOption('12');
    await page.getByRole('switch', { name: 'horizontalFlip' }).press(' ');
    expect(await panel.requests('choose')).toEqual([
      { sample: 3, reroll: 1, draws: 3, disabled: [] },
      { sample: 3, reroll: 0, draws: 3, disabled: [] },
      { sample: 3, reroll: 0, draws: 12, disabled: [] },
      { sample: 3, reroll: 0, draws: 12, disabled: [1] },
    ]);
    expect(await page.locator('.op-card').nth(1).innerText()).toMatch(/switched off/);
  });

  it('shows what was drawn for a view by pointer and by keyboard, and where it was cut', async () => {
    const page = await open();
    await page.locator('.view').nth(3).hover();
    await expect
      .poll(() => page.getByRole('tooltip').innerText())
      .toMatch(/view 2 of draw 2.*top 1 · left 1.*horizontalFlip/s);
    expect(
      await page.locator('.cut').evaluate((box) => ['x', 'y', 'width', 'height'].map((n) => box.getAttribute(n))),
    ).toEqual(['1', '1', '5', '4']);
    await page.mouse.move(5, 5);
    await expect.poll(() => page.getByRole('tooltip').isVisible()).toBe(false);
    await page.locator('.view').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.details').innerText()).toMatch(/view 1 of draw 2.*top 1 · left 0/s);
    expect(await page.locator('.details s').innerText()).toBe('horizontalFlip');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('tooltip').isVisible()).toBe(false);
  });

  it('highlights the views an op was applied to', async () => {
    const page = await open();
    await page.locator('.op-card').nth(1).hover();
    await expect.poll(() => page.locator('.view.touched').count()).toBe(3);
    expect(await page.locator('.view.untouched').count()).toBe(3);
  });

  it('keeps the last picture, marked as out of date, beside the reason', async () => {
    const page = await open();
    const location = { file: '/home/ada/demo.ssl.ts', line: 11 };
    await panel.send('fault', { message: 'temperature must be above 0, found -1', location });
    await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/found -1/);
    expect(await grays(page, views)).toEqual([0, 1, 10, 11, 20, 21]);
    expect(await page.locator('.mark').innerText()).toMatch(/out of date/);
    await page.getByRole('button', { name: 'demo.ssl.ts, line 12' }).click();
    expect(await panel.requests('reveal')).toEqual([location]);
    await panel.send('preview', { sequence: 2, preview: preview({ shade: 50 }) });
    await panel.painted(2);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('takes up after a reload what was chosen, in the language of the user interface', async () => {
    const choice = { sample: 7, reroll: 2, draws: 4, disabled: [1] };
    const page = await open({ state: choice, translations: { sample: '样本', 'of {0}': '共 {0}' } });
    expect(await panel.requests('start')).toEqual([{ choice }]);
    expect(await page.locator('#sample').inputValue()).toBe('7');
    expect(await page.locator('.stepper').innerText()).toMatch(/样本[\s\S]*共 20/);
    expect(await page.getByRole('switch', { name: 'horizontalFlip' }).isChecked()).toBe(false);
  });

  it('fits a narrow column', async () => {
    const page = await open({ width: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });

  it('shows films and texts above the views, and all that a method shows of them', async () => {
    const film = (title: string) => ({
      kind: 'images' as const,
      title,
      tiles: Array.from({ length: 6 }, (_, i) => ({ image: disc(32, 32, 4 * i, 9), caption: `frame ${i}` })),
    });
    const text = { kind: 'text' as const, text: 'so it goes' };
    const page = await open({}, previewOf([film('camera 1'), film('camera 2'), text], everyBlock, 2));
    expect(await page.getByRole('region', { name: 'original' }).innerText()).toMatch(/camera 1.*frame 5.*so it goes/s);
    expect(await page.locator('.original canvas').count()).toBe(12);
    const [film1, below] = await Promise.all(['.original', '.views'].map((part) => page.locator(part).boundingBox()));
    expect(film1!.y + film1!.height).toBeLessThan(below!.y);
    // Eight pictures in each draw, under their headings; the other blocks beside them.
    expect(await page.locator(views).count()).toBe(16);
    expect(await page.locator(views).nth(2).getAttribute('aria-label')).toBe(
      'truth: right of it; boxes: anchor, target 4',
    );
    expect(await page.locator('.draw').last().innerText()).toMatch(/Masked words.*Confusion.*Scores/s);
    await page.locator('.view').nth(4).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.details').innerText()).toMatch(/to place; target of draw 1/);
  });

  it('shows either eye beside the views, and one switchless pipeline below', async () => {
    const pair = {
      kind: 'images' as const,
      tiles: ['left', 'right'].map((caption) => ({ image: disc(48, 24, 9, 9), caption })),
    };
    const page = await open({}, previewOf([pair], everyBlock.slice(0, 1)));
    const [eyes, beside] = await Promise.all(['.original', '.views'].map((part) => page.locator(part).boundingBox()));
    expect(eyes!.x + eyes!.width).toBeLessThan(beside!.x);
    expect(await page.locator('.ops').innerText()).toBe('This method uses no augmentations.');
  });

  it('fits all blocks into a narrow column', async () => {
    const page = await open({ width: 400 }, previewOf(preview().original, everyBlock));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });
});

describe('the blocks of a figure', () => {
  const open = async (options?: Parameters<typeof openPanel>[2]) => {
    panel = await openPanel(browser, 'pairs', options);
    await panel.send('pairs', pairsOf(1, everyBlock));
    await panel.painted(1);
    return panel.page;
  };

  it('lie under their headings, with boxes where they belong', async () => {
    const page = await open();
    const table = page.locator('.picture-table');
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'first patch',
      'second patch',
      'truth',
      'prediction',
    ]);
    expect(await table.getByRole('row').count()).toBe(3);
    const picture = (await table.locator('.picture').nth(2).boundingBox())!;
    const box = (await table.locator('.picture').nth(2).locator('.box.target').boundingBox())!;
    expect((box.x - picture.x) / picture.width).toBeCloseTo(44 / 64, 1);
    expect((box.y - picture.y) / picture.height).toBeCloseTo(22 / 64, 1);
    expect(box.width / picture.width).toBeCloseTo(16 / 64, 1);
    expect(await table.getByRole('img', { name: 'below, 31 %; label wrong; boxes: prediction 4' }).count()).toBe(1);
  });

  it('say of each token what was done to it, what stood there, and the best guesses', async () => {
    const page = await open();
    const token = page.locator('.tokens li').nth(2);
    expect((await token.innerText()).split(/\s*\n\s*/)).toEqual(
      expect.arrayContaining(['[MASK]', 'masked', 'truth', 'fox', 'guesses', 'dog 41 %', 'fox 22 %', 'cat 8.0 %']),
    );
    expect(await token.getAttribute('title')).toMatch(/hen 1\.0 %/);
    expect(await page.locator('.tokens .right').allInnerTexts()).toHaveLength(3);
    expect(await page.locator('.tokens li').nth(1).getAttribute('title')).toBeNull();
    expect(await page.locator('.token-keys').innerText()).toMatch(/masked.*replaced at random.*left unchanged/s);
  });

  it('are a table of colored numbers while a matrix is small', async () => {
    const page = await open();
    const table = page.getByRole('region', { name: 'Confusion of positions' }).locator('table');
    expect(await table.locator('tbody tr').nth(1).getByRole('cell').allInnerTexts()).toEqual(
      ['5', '90 marked', '5'].map((text) => expect.stringMatching(text.replace(' ', '\\s+'))),
    );
    const colors = await table
      .locator('td.number')
      .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor));
    expect(new Set(colors).size).toBe(8);
    expect(await table.locator('.marked').count()).toBe(2);
    expect(await table.innerText()).toMatch(/true position ↓\s+predicted position →/);
  });

  it('are a heat map when a matrix is large, read by pointer, by keyboard and as a table', async () => {
    const page = await open();
    const map = page.getByRole('application', { name: 'Distances over time: 30 rows, 40 columns' });
    const readout = page.locator('.readout');
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => readout.innerText()).toMatch(/frame 2 · frame 3\s+−1\.5\s+marked/);
    const box = (await map.boundingBox())!;
    await page.mouse.move(box.x + box.width - 2, box.y + 2);
    await expect.poll(() => readout.innerText()).toMatch(/frame 0 · frame 39\s+37/);
    await page.mouse.move(2, 2);
    await expect.poll(() => readout.innerText()).toMatch(/frame 2 · frame 3/);
    await page.getByText('As a table').click();
    const table = page.locator('autodidact-large-matrix table');
    await expect.poll(() => table.locator('tbody tr').count()).toBe(30);
    expect(await table.locator('tbody tr').nth(29).locator('td').last().innerText()).toBe('0.8');
    // Another matrix may have fewer cells than were looked at.
    const small = { ...everyBlock[3], rows: ['a', 'b'], values: new Float32Array(80), marks: undefined };
    await panel.send('pairs', pairsOf(2, [...everyBlock.slice(0, 3), small] as typeof everyBlock));
    await panel.painted(2);
    await expect.poll(() => readout.innerText()).toMatch(/b · frame 3\s+0/);
  });

  it('compare bars with guessing', async () => {
    const page = await open();
    const bars = page.locator('.bars').first();
    expect(await bars.getByRole('listitem').allInnerTexts()).toEqual(
      [/1 step\s+62 %/, /2 steps\s+, prediction\s+34 %/, /3 steps\s+5\.0 %/].map((text) => expect.stringMatching(text)),
    );
    const widths = await bars
      .locator('.fill')
      .evaluateAll((fills) => fills.map((fill) => fill.getBoundingClientRect().width));
    expect(widths[1]! / widths[0]!).toBeCloseTo(0.34 / 0.62, 2);
    const [fill, chance] = await Promise.all(
      ['.fill', '.chance'].map((part) => bars.locator(part).first().boundingBox()),
    );
    expect((chance!.x + 1 - fill!.x) / fill!.width).toBeCloseTo(0.125 / 0.62, 1);
    expect(await bars.innerText()).toMatch(/guessing: 13 %/);
  });

  it('fit a narrow column', async () => {
    const page = await open({ width: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });
});

describe('the Pairs panel', () => {
  const shown = { samples: 3, batch: 0, run: '/runs/a' };
  const open = async (options?: Parameters<typeof openPanel>[2]) => {
    panel = await openPanel(browser, 'pairs', options);
    await panel.send('pairs', pairs(1, shown));
    await panel.send('busy', { busy: false });
    await panel.painted(1);
    return panel.page;
  };

  it('shows the matrix, the pair and its numbers', async () => {
    const page = await open();
    const size = await page
      .locator('.heat-map canvas')
      .evaluate((c) => [(c as HTMLCanvasElement).width, (c as HTMLCanvasElement).height]);
    expect(size).toEqual([6, 6]);
    // Every positive is nearest (0.9); guessing finds one of five.
    expect(await page.locator('.summary').innerText()).toMatch(/for 100 % of the anchors; guessing would find 20 %/);
    // Row 0: 0.9 against 0.5, 0.4, 0.2, 0.1 at temperature 0.5: ln(6.050 + 2.718 + 2.226 + 1.492 + 1.221) - 1.8 = 0.818.
    expect(await page.locator('.facts').innerText()).toMatch(/Loss of this pair 0\.82 \(guessing: 1\.61\)/);
    expect(await grays(page, '.pair canvas')).toEqual([0, 120]);
    expect(await page.locator('autodidact-pairs').innerText()).toMatch(/Look at the bright band\.[\s\S]*Queue/);
    expect(await grays(page, '.gallery canvas')).toEqual([0, 40]);
  });

  it('orders the hardest negatives and names those with the same label', async () => {
    const page = await open();
    expect(await grays(page, '.negatives canvas')).toEqual([40, 80, 160, 200]);
    const captions = (await page.locator('.negatives figure').allInnerTexts()).map((text) => text.split('\n'));
    expect(captions.map(([similarity]) => similarity?.slice(0, 4))).toEqual(['0.50', '0.40', '0.20', '0.10']);
    expect(captions.map(([, label]) => label)).toEqual(['coat', 'same label', 'coat', 'same label']);
  });

  it('selects anchors and candidates by keyboard and by click', async () => {
    const page = await open();
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await expect
      .poll(() => page.locator('.inspector').innerText())
      .toMatch(/view 1 of #1 and view 1 of #0\s+0\.60 negative/);
    await expect.poll(() => grays(page, '.pair canvas')).toEqual([40, 160]);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.inspector').innerText()).toMatch(/0\.90 positive/);
    const box = (await page.locator('.heat-map').boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height * 0.9);
    await expect.poll(() => grays(page, '.pair canvas')).toEqual([200, 80]);
    await expect.poll(() => page.locator('.inspector').innerText()).toMatch(/view 2 of #2 and view 1 of #1/);
  });

  it('shows how the temperature moves the shares, and goes back', async () => {
    const page = await open();
    const share = async () =>
      Number(/· ([\d.]+) %/.exec(await page.locator('.negatives figure').first().innerText())![1]);
    const push = async () => Number(/do ([\d.]+) %/.exec(await page.locator('.push').innerText())![1]);
    const [shareBefore, pushBefore] = [await share(), await push()];
    await page.getByLabel('temperature', { exact: true }).focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(share).toBeLessThan(shareBefore);
    await expect.poll(push).toBeGreaterThan(pushBefore);
    await page.getByRole('button', { name: /Back to the temperature/ }).click();
    await expect.poll(share).toBe(shareBefore);
  });

  it('asks for another checkpoint, follows the last one, and changes run, batch and number of pictures', async () => {
    const page = await open();
    await page.getByLabel('Checkpoint').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('End');
    await page.getByLabel('run', { exact: true }).selectOption('');
    await page.locator('#batch').fill('2');
    await page.keyboard.press('Enter');
    await page.getByLabel('samples').selectOption('16');
    const none = { samples: 3, batch: 0 };
    expect(await panel.requests('choose')).toEqual([
      { ...shown, checkpoint: 2 },
      shown,
      none,
      { ...none, batch: 2 },
      { ...none, batch: 2, samples: 16 },
    ]);
  });

  it('replays the checkpoints one by one as they arrive', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Replay' }).click();
    for (const checkpoint of [0, 1, 2, 3]) {
      await expect.poll(() => panel.requests('choose')).toHaveLength(checkpoint + 1);
      await panel.send('pairs', pairs(checkpoint + 2, { ...shown, checkpoint }));
    }
    await expect.poll(() => panel.requests('choose')).toHaveLength(5);
    expect(((await panel.requests('choose')) as { checkpoint?: number }[]).map(({ checkpoint }) => checkpoint)).toEqual(
      [0, 1, 2, 3, undefined],
    );
    await page.getByRole('button', { name: 'Replay' }).waitFor();
  });

  it('does not let an older answer move the controls back', async () => {
    const page = await open();
    await page.getByLabel('Checkpoint').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await panel.send('pairs', pairs(2, { ...shown, checkpoint: 0 }));
    await panel.painted(2);
    expect(await page.getByLabel('Checkpoint').inputValue()).toBe('1');
    await panel.send('pairs', pairs(3, { ...shown, checkpoint: 1 }));
    await panel.painted(3);
    expect(await page.getByLabel('Checkpoint').getAttribute('aria-valuetext')).toBe('epoch 1');
  });

  it('says the matrix as a table and keeps what is looked at over a reload', async () => {
    const page = await open();
    await page.getByText('All anchors as a table').click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(6);
    expect(await page.locator('tbody tr').nth(3).innerText()).toMatch(
      /view 2 of #0\s+0\.90\s+1\s+0\.82\s+0\.50 \(view 1 of #1\)/,
    );
    await page.getByRole('button', { name: 'view 2 of #0' }).click();
    const state = await page.evaluate(() => fakeHost.state);
    await page.close();
    const again = await open({ state });
    expect(await grays(again, '.pair canvas')).toEqual([120, 0]);
    expect(await again.locator('tbody tr').count()).toBe(6);
  });

  it('fits a narrow column', async () => {
    const page = await open({ width: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });
});
