/** The built Charts panel, by mouse and keyboard, in a headless Chromium. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeRun, type FakeSeries, fakeRun, launch, type OpenOptions, openCharts } from './charts-page.js';

let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  expect(errors).toEqual([]);
});

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });
/** Opens the panel and waits until its first chart is drawn. */
const open = async (options: OpenOptions) => {
  ({ page, errors } = await openCharts(browser, options));
  if (options.runs?.length === 0) return;
  const loss = page.locator('autodidact-chart').first();
  await eventually(() => loss.evaluate((element) => 'picture' in element && element.picture !== undefined)).toBe(true);
};
const steps = Array.from({ length: 400 }, (_, i) => i + 1);
const loss = (level: number, value = steps.map((step) => level + 2 / step)): FakeSeries => ({
  metric: 'loss',
  step: steps.slice(0, value.length),
  value,
});
const knn: FakeSeries = { metric: 'knn.accuracy', evaluation: true, step: [0, 200, 400], value: [0.767, 0.79, 0.81] };
const runs = (): FakeRun[] => [
  { run: fakeRun('cold', { method: { use: 'simclr', temperature: 0.1 } }, 'running', 1), series: [loss(3), knn] },
  { run: fakeRun('warm', { method: { use: 'simclr', temperature: 5 } }, 'finished', 0), series: [loss(5), knn] },
];
const both = ['run-cold', 'run-warm'];

const chart = (title: string): Locator =>
  page.locator('autodidact-chart', { has: page.locator('h2', { hasText: title }) });
const plot = (title = 'Loss') => chart(title).locator('.plot');
/** The part of the axes that a chart shows, as its element has it. */
const zoom = (title = 'Loss') =>
  chart(title).evaluate((element) => {
    const { zoomX, zoomY } = element as unknown as Record<string, { min: number; max: number } | undefined>;
    return { x: zoomX, y: zoomY };
  });
const points = () => page.locator('autodidact-charts').getAttribute('data-points');
/** How many pixels of a chart's picture are close to a color. */
const painted = (title: string, [r, g, b]: readonly [number, number, number]) =>
  chart(title)
    .locator('canvas.lines')
    .evaluate(
      (canvas: HTMLCanvasElement, color) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3]! > 200 && color.every((c, k) => Math.abs(c - data[i + k]!) < 24)) count++;
        }
        return count;
      },
      [r, g, b] as const,
    );
const errorColor = [0xf1, 0x4c, 0x4c] as const;

async function drag(from: readonly [number, number], to: readonly [number, number], title = 'Loss'): Promise<void> {
  const box = (await plot(title).boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 3 });
  await page.mouse.up();
}

describe('the Charts panel', () => {
  it('says how to train while there are no runs', async () => {
    await open({ runs: [] });
    await page.getByText('Autodidact: Train Experiment').waitFor();
  });

  it('follows the newest run, and draws points as they arrive', async () => {
    await open({ runs: runs() });
    await eventually(points).toBe('400');
    expect(await chart('Loss').locator('.value').allInnerTexts()).toEqual(['3.005']);
    await page.evaluate(() => fake.push('run-cold', [{ metric: 'loss', step: [401, 402], value: [2, 1.5] }]));
    await eventually(points).toBe('402');
    await eventually(() => chart('Loss').locator('.value').innerText()).toBe('1.5');
    await eventually(() => page.evaluate(() => fake.drawn.at(-1))).toMatchObject({ run: 'run-cold', sequence: 2 });
    expect(await page.evaluate(() => fake.requests.filter(({ method }) => method === 'snapshot').length)).toBe(1);
  });

  it('asks for a new snapshot when it has missed something, and drops what was rewound', async () => {
    await open({ runs: runs() });
    await eventually(points).toBe('400');
    await page.evaluate(() => fake.push('run-cold', [{ metric: 'loss', step: [401], value: [2] }], { skip: 3 }));
    await eventually(points).toBe('401');
    expect(await page.evaluate(() => fake.requests.filter(({ method }) => method === 'snapshot').length)).toBe(2);
    await page.evaluate(() => fake.push('run-cold', [{ metric: 'loss', step: [201], value: [7] }], { rewindTo: 200 }));
    await eventually(points).toBe('201');
    await eventually(() => chart('Loss').locator('.value').innerText()).toBe('7');
  });

  it('shows and hides runs, keeps their looks, and says what differs', async () => {
    await open({ runs: runs() });
    const line = page.locator('[data-run=run-cold] .sign line');
    const color = await line.getAttribute('stroke');
    await page.getByRole('switch', { name: 'Show warm' }).click();
    await eventually(() => chart('Loss').locator('.value').count()).toBe(2);
    expect(await page.locator('.differing').innerText()).toContain('temperature');
    expect(await page.locator('[data-run=run-warm] .run-option').innerText()).toBe('temperature 5');
    await page.getByRole('switch', { name: 'Hide cold' }).press('Enter');
    await eventually(() => chart('Loss').locator('.value').count()).toBe(1);
    expect(await line.getAttribute('stroke')).toBe(color);
    const chosen = () => page.evaluate(() => fake.requests.findLast(({ method }) => method === 'choose')?.params);
    await eventually(chosen).toMatchObject({ runs: ['run-warm'] });
    // While a run is hidden its updates are missed: it is asked for again.
    await page.evaluate(() => fake.push('run-cold', [{ metric: 'loss', step: [777], value: [1] }], { skip: 2 }));
    await page.evaluate(() => fake.send('show', { runs: ['run-cold'] }));
    await eventually(points).toBe('777');
    await page.getByRole('switch', { name: 'Hide cold' }).waitFor();
    await page.getByRole('switch', { name: 'Show warm' }).waitFor();
  });

  it('draws the untrained value of an evaluation, and says it in the list', async () => {
    await open({ runs: runs() });
    await chart('kNN accuracy').waitFor();
    expect(await page.locator('[data-run=run-cold] .run-headline').innerText()).toMatch(/80.9%\s+untrained 76.7%/);
    expect(await plot('kNN accuracy').getAttribute('aria-label')).toContain('cold: 81% at step 400, first 76.7%.');
    expect(await chart('kNN accuracy').locator('tbody td').allInnerTexts()).toContain('76.7% at step 0');
  });

  it('zooms by a box and resets by a double click', async () => {
    await open({ runs: runs() });
    await chart('kNN accuracy').waitFor();
    await drag([0.4, 0.3], [0.7, 0.6]);
    const { x, y } = await zoom();
    expect(x!.max - x!.min).toBeLessThan(200);
    expect(y!.max).toBeGreaterThan(y!.min);
    // The x axis is that of all charts, y is the chart's own.
    expect(await zoom('kNN accuracy')).toEqual({ x, y: undefined });
    // A zoom stays while points arrive.
    await page.evaluate(() => fake.push('run-cold', [{ metric: 'loss', step: [500], value: [2] }]));
    await eventually(points).toBe('500');
    expect((await zoom()).x).toEqual(x);
    await plot().dblclick();
    expect(await zoom()).toEqual({ x: undefined, y: undefined });
  });

  it('zooms along x only with Shift, and resets from the toolbar', async () => {
    await open({ runs: runs() });
    await chart('Loss').waitFor();
    await page.keyboard.down('Shift');
    await drag([0.4, 0.3], [0.7, 0.6]);
    await page.keyboard.up('Shift');
    const { x, y } = await zoom();
    expect(x).toBeDefined();
    expect(y).toBeUndefined();
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    expect((await zoom()).x).toBeUndefined();
  });

  it('zooms, pans, resets and reads by keyboard', async () => {
    await open({ runs: runs() });
    await plot().focus();
    await page.keyboard.press('+');
    const { x } = await zoom();
    expect(x!.max - x!.min).toBeCloseTo(0.7 * 400, 6);
    await page.keyboard.press('ArrowRight');
    expect((await zoom()).x!.min).toBeCloseTo(x!.min + 0.15 * 280, 6);
    await page.keyboard.press('ArrowUp');
    expect((await zoom()).y).toBeDefined();
    for (const reset of ['0', 'Home', 'r']) {
      await page.keyboard.press('+');
      expect((await zoom()).x).toBeDefined();
      await page.keyboard.press(reset);
      expect(await zoom()).toEqual({ x: undefined, y: undefined });
    }
    await page.keyboard.press(',');
    await page.keyboard.press(',');
    await eventually(() => chart('Loss').locator('[aria-live]').innerText()).toBe('cold: 3.005 at step 399');
  });

  it('tells recorded and smoothed values of the nearest point', async () => {
    await open({ runs: runs(), choice: { runs: both, smoothing: 0.5 } });
    await chart('kNN accuracy').waitFor();
    const box = (await plot().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40);
    const tip = chart('Loss').locator('.chart-tip');
    await eventually(() => tip.locator('.tip-run').count()).toBe(2);
    expect(await tip.locator('.nearest .tip-name').innerText()).toBe('cold');
    expect(await tip.locator('.tip-more').first().innerText()).toMatch(
      /recorded 3\.0\d+ · step \d+ · epoch [\d.]+ · 1m \d+s/,
    );
    // The crosshair is that of all charts: the others say their values there.
    expect(await chart('kNN accuracy').locator('.value').first().innerText()).toBe('79%');
  });

  it('smooths, changes axes, and remembers its choice', async () => {
    await open({ runs: runs(), choice: { runs: both } });
    await chart('Loss').waitFor();
    await page.getByLabel('smoothing').fill('0.99');
    const value = chart('Loss').locator('.value').first();
    await eventually(async () => Number(await value.innerText())).toBeGreaterThan(3.005);
    await page.getByLabel('x axis', { exact: true }).selectOption('wall');
    await page.getByRole('button', { name: 'Logarithmic x axis' }).click();
    await page.getByRole('button', { name: 'Logarithmic y axis' }).click();
    const chosen = () => page.evaluate(() => fake.requests.findLast(({ method }) => method === 'choose')?.params);
    await eventually(chosen).toMatchObject({ x: 'wall', smoothing: 0.99, logX: true, logY: true });
    const scales = () =>
      chart('Loss').evaluate((element) => {
        const { logX, logY } = (element as unknown as { picture: { logX: boolean; logY: boolean } }).picture;
        return { logX, logY };
      });
    await eventually(scales).toEqual({ logX: true, logY: true });
  });

  it('marks values that are no numbers at their place', async () => {
    const value = steps.map((step) => (step === 200 ? ('NaN' as const) : 1));
    await open({ runs: [{ run: fakeRun('cold'), series: [loss(3)] }] });
    await eventually(points).toBe('400');
    expect(await painted('Loss', errorColor)).toBe(0);
    await page.close();
    await open({ runs: [{ run: fakeRun('cold'), series: [loss(0, value as number[])] }] });
    await eventually(() => painted('Loss', errorColor)).toBeGreaterThan(10);
    expect(await chart('Loss').locator('tbody td').last().innerText()).toBe('1');
  });

  it('lists alerts, with a link to the pairs', async () => {
    const alert = { step: 240, epoch: 6, time: 0, code: 'collapse', message: 'Embeddings collapse.' };
    await open({ runs: [{ run: fakeRun('cold'), series: [loss(3)], alerts: [alert] }] });
    await page.getByText('Embeddings collapse.').waitFor();
    await page.getByRole('button', { name: 'Show pairs' }).click();
    await expect
      .poll(() => page.evaluate(() => fake.requests.at(-1)))
      .toEqual({ method: 'showPairs', params: { run: 'run-cold' } });
  });

  it('saves the recorded points as CSV and the charts as PNG', async () => {
    await open({ runs: runs(), choice: { runs: both, smoothing: 0.9 } });
    await chart('kNN accuracy').waitFor();
    await page.getByRole('button', { name: 'CSV' }).click();
    const csv = () =>
      page.evaluate(() =>
        fake.saved[0] ? [fake.saved[0].suggestedName, new TextDecoder().decode(fake.saved[0].content)] : [],
      );
    await eventually(async () => (await csv())[0]).toBe('points.csv');
    const rows = ((await csv())[1] as string).trimEnd().split('\r\n');
    expect(rows).toHaveLength(1 + 2 * 401);
    expect(rows[0]).toBe('run,name,step,epoch,time,loss,knn.accuracy');
    expect(rows[1]).toBe('run-cold,cold,0,0,2026-01-01T00:00:00.000Z,,0.767');
    expect(rows[3]).toBe('run-cold,cold,2,0.05,2026-01-01T00:00:01.000Z,4,');
    await page.getByRole('button', { name: 'Save all charts as PNG' }).click();
    await page.getByRole('button', { name: 'Save Loss as PNG' }).click();
    const files = () =>
      page.evaluate(() => fake.saved.map(({ suggestedName, content }) => [suggestedName, ...content.slice(1, 4)]));
    await expect
      .poll(files)
      .toEqual([
        expect.arrayContaining(['points.csv']),
        ['charts.png', 0x50, 0x4e, 0x47],
        ['loss.png', 0x50, 0x4e, 0x47],
      ]);
  });

  it('comes back as it was after a reload', async () => {
    const kept = {
      choice: { runs: both, x: 'epoch', smoothing: 0.3, logX: false, logY: true },
      zoom: { x: { min: 2, max: 4 }, y: {} },
    };
    await open({ runs: runs(), state: kept });
    await eventually(() => chart('Loss').locator('.value').count()).toBe(2);
    expect((await zoom()).x).toEqual({ min: 2, max: 4 });
    expect(await page.getByLabel('x axis', { exact: true }).inputValue()).toBe('epoch');
    expect(await page.getByRole('button', { name: 'Logarithmic y axis' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('stacks its charts in a narrow column, without scrolling sideways', async () => {
    await open({ runs: runs(), size: { width: 400, height: 800 } });
    const [first, second] = [(await chart('Loss').boundingBox())!, (await chart('kNN accuracy').boundingBox())!];
    expect(second.x).toBe(first.x);
    expect(second.y).toBeGreaterThanOrEqual(first.y + first.height);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await page.getByText('Runs', { exact: true }).click();
    await page.locator('[data-run=run-cold]').waitFor();
  });

  it('takes the colors of another theme when VS Code changes it', async () => {
    await open({ runs: runs() });
    const line = page.locator('[data-run=run-cold] .sign line');
    const dark = await line.getAttribute('stroke');
    await page.evaluate(() => document.body.classList.replace('vscode-dark', 'vscode-light'));
    await eventually(() => line.getAttribute('stroke')).not.toBe(dark);
  });

  it('draws a million points with their one spike, and zooms to it', async () => {
    await open({ runs: runs() });
    await eventually(points).toBe('400');
    await page.evaluate(() => fake.fill('run-cold', 1_000_000));
    await eventually(points).toBe('1000000');
    const picture = () =>
      chart('Loss').evaluate((element) => {
        const [curve] = (element as unknown as { picture: { curves: { points: { x: number; y: number }[] }[] } })
          .picture.curves;
        return { count: curve!.points.length, spike: curve!.points.find(({ y }) => y === 50)?.x };
      });
    await eventually(async () => (await picture()).spike).toBe(333_333);
    expect((await picture()).count).toBeLessThan(2500);
    await drag([0.3, 0.1], [0.5, 0.9]);
    await eventually(async () => (await zoom()).x).toBeDefined();
    expect((await picture()).spike).toBe(333_333);
    expect((await picture()).count).toBeGreaterThan(100);
  });
});
