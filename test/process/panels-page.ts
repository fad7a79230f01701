/** A built panel in a headless Chromium, under the panel's content security policy, with a host that is a script. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Block, Figure, Pixels, Tile, Token } from '../../src/protocol/figure.js';
import type { PairsViewContract } from '../../src/protocol/panels.js';
import type { Preview } from '../../src/protocol/previewer.js';

/** What the script in the page offers to tests. */
export interface FakeHost {
  send(name: string, payload: unknown): void;
  readonly requests: { readonly method: string; readonly params: unknown }[];
  readonly events: { readonly name: string; readonly payload: unknown }[];
  state: unknown;
}
declare global {
  var fakeHost: FakeHost;
}

/** Runs in the page, before its own script. */
function hostScript({ state, translations }: { state: unknown; translations: Record<string, string> }): void {
  const post = (message: unknown) => window.postMessage(message, '*');
  const target = { file: '/home/ada/demo.ssl.ts', exportName: 'default' };
  const fakeHost: FakeHost = {
    requests: [],
    events: [],
    state,
    send: (name, payload) => post({ kind: 'event', name, payload }),
  };
  Object.assign(window, {
    fakeHost,
    acquireVsCodeApi: () => ({
      getState: () => fakeHost.state,
      setState: (next: unknown) => {
        fakeHost.state = next;
      },
      postMessage: (message: {
        kind: string;
        id: number;
        method: string;
        name: string;
        params: unknown;
        payload: unknown;
      }) => {
        if (message.kind === 'event') fakeHost.events.push(message);
        if (message.kind !== 'request') return;
        fakeHost.requests.push(message);
        post({ kind: 'reply', id: message.id, result: message.method === 'start' ? { target, translations } : null });
      },
    }),
  });
}

const origin = 'http://panel.test';
const policy = `default-src 'none'; script-src ${origin}; style-src ${origin}; font-src ${origin}; img-src ${origin} blob: data:`;
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
const html = (panel: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${panel}.css"></head>
<body><autodidact-${panel}></autodidact-${panel}><script type="module" src="${panel}.js"></script></body></html>`;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });

export interface OpenPanel {
  readonly page: Page;
  /** Errors of the page, violations of its policy among them. */
  readonly errors: readonly string[];
  send(name: string, payload: unknown): Promise<void>;
  /** Parameters of the requests of this name so far. */
  requests(method: string): Promise<unknown[]>;
  /** Resolves when the picture of this number has been painted. */
  painted(sequence: number): Promise<void>;
}

export async function openPanel(
  browser: Browser,
  panel: 'preview' | 'pairs',
  options: { state?: unknown; translations?: Record<string, string>; width?: number } = {},
): Promise<OpenPanel> {
  const page = await browser.newPage({ viewport: { width: options.width ?? 1180, height: 900 } });
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const headers = { 'content-security-policy': policy };
      return route.fulfill({ contentType: 'text/html', headers, body: html(panel) });
    }
    const body = await readFile(path.join(import.meta.dirname, '../../dist/webview', path.basename(pathname)));
    return route.fulfill({ contentType: types[path.extname(pathname)], body });
  });
  await page.addInitScript(hostScript, { state: options.state, translations: options.translations ?? {} });
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => fakeHost.requests.length > 0);
  return {
    page,
    errors,
    send: (name, payload) => page.evaluate(([n, p]) => fakeHost.send(n, p), [name, payload] as const),
    requests: (method) =>
      page.evaluate((m) => fakeHost.requests.filter((r) => r.method === m).map(({ params }) => params), method),
    painted: async (sequence) => {
      await page.waitForFunction(
        (n) => fakeHost.events.some((e) => e.name === 'painted' && (e.payload as { sequence: number }).sequence === n),
        sequence,
      );
    },
  };
}

/** A picture of one gray, which tells it from all others. */
const gray = (value: number): Pixels => ({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(value) });

/** What the fake method made of a sample: the gray of a view is 10 times its draw plus its number plus `shade`. */
export function preview({ shade = 0, sample = 3, draws = 3, flip = true } = {}): Preview {
  const figure = (draw: number): Figure => ({
    title: `draw ${draw + 1}`,
    blocks: [
      {
        kind: 'images',
        tiles: [0, 1].map(
          (view): Tile => ({
            image: gray(shade + 10 * draw + view),
            caption: `view ${view + 1}`,
            trace: [
              {
                op: 'randomResizedCrop',
                index: 0,
                applied: true,
                drawn: { top: draw, left: view, height: 4, width: 5 },
              },
              { op: 'horizontalFlip', index: 1, applied: flip && view === 1, drawn: {} },
            ],
          }),
        ),
      },
    ],
  });
  return {
    name: 'demo',
    methodTitle: 'SimCLR',
    dataTitle: 'Fashion-MNIST',
    sample,
    samples: 20,
    seed: 0,
    shape: [8, 8, 1],
    original: [
      { kind: 'images', tiles: [{ image: gray(200), caption: `sample ${sample}`, label: 'coat', role: 'original' }] },
    ],
    ops: [
      { index: 0, op: 'randomResizedCrop', options: { scale: [0.3, 1] } },
      { index: 1, op: 'horizontalFlip', options: { p: 0.5 } },
    ],
    draws: Array.from({ length: draws }, (_, draw) => figure(draw)),
    elapsed: 5,
  };
}

type PairsEvent = PairsViewContract['events']['pairs'];

/** Three pictures in two views; the positive of every anchor has similarity 0.9, negatives fall from 0.6 in steps of 0.1. */
export function pairs(sequence: number, choice: PairsEvent['choice'], checkpointCount = 4): PairsEvent {
  const n = 3;
  const rows = 2 * n;
  const tiles: Tile[] = Array.from({ length: rows }, (_, i) => ({
    image: gray(40 * i),
    caption: `view ${i < n ? 1 : 2} of #${i % n}`,
    label: i % n === 1 ? 'coat' : 'bag',
  }));
  const value = (row: number, column: number) => {
    if (row === column) return 1;
    return row % n === column % n ? 0.9 : 0.6 - 0.1 * column;
  };
  return {
    sequence,
    choice,
    checkpoints: Array.from({ length: checkpointCount }, (_, epoch) =>
      epoch === 0
        ? { label: 'untrained', epoch }
        : { label: `epoch ${epoch}`, epoch, run: '/runs/a', file: `${epoch}` },
    ),
    runs: [{ folder: '/runs/a', name: 'first run', state: 'finished' }],
    pairs: {
      name: 'demo',
      methodTitle: 'SimCLR',
      samples: n,
      batchSize: 64,
      checkpoint: undefined,
      elapsed: 20,
      blocks: [
        { kind: 'text', text: 'Look at the bright band.' },
        {
          kind: 'similarity',
          title: 'Cosine similarity',
          anchors: tiles,
          candidates: tiles,
          values: Float32Array.from({ length: rows * rows }, (_, i) => value(Math.floor(i / rows), i % rows)),
          positives: Int32Array.from({ length: rows }, (_, i) => (i + n) % rows),
          excluded: Int32Array.from({ length: rows }, (_, i) => i),
          temperature: 0.5,
        },
        { kind: 'images', title: 'Queue', tiles: tiles.slice(0, 2) },
      ],
    },
  };
}

/** A picture in which something is to be seen: a soft disc on a slope. */
export function disc(width: number, height: number, x: number, y: number, channels: 1 | 3 = 1): Pixels {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const distance = Math.hypot((i % width) - x, Math.floor(i / width) - y) / Math.min(width, height);
    const value = 60 + (60 * (i % width)) / width + 130 * Math.max(0, 1 - 3 * distance);
    for (let c = 0; c < channels; c++) data[i * channels + c] = value * (channels === 1 ? 1 : [1, 0.8, 0.6][c]!);
  }
  return { width, height, channels, data };
}

const word = (text: string): Token => ({ text, treatment: 'plain' });

/** One block of every kind that figures are made of, but similarities. */
export const everyBlock: readonly Block[] = [
  {
    kind: 'images',
    title: 'Where is the second patch?',
    columns: ['first patch', 'second patch', 'truth', 'prediction'],
    tiles: [0, 1].flatMap((row): Tile[] => [
      { image: disc(14, 14, 5, 5 + row), caption: 'center', role: 'anchor' },
      { image: disc(14, 14, 10, 3), caption: 'to place', role: 'target' },
      {
        image: disc(64, 64, 30, 30),
        caption: 'right of it',
        boxes: [
          { left: 24, top: 24, width: 16, height: 16, role: 'anchor' },
          { left: 44, top: 22, width: 16, height: 16, role: 'target', label: '4' },
        ],
      },
      {
        image: disc(64, 64, 30, 30),
        caption: row === 0 ? 'right of it, 62 %' : 'below, 31 %',
        label: row === 0 ? undefined : 'wrong',
        boxes: [{ left: 44 - 20 * row, top: 22 + 20 * row, width: 16, height: 16, role: 'prediction', label: '4' }],
      },
    ]),
  },
  {
    kind: 'tokens',
    title: 'Masked words',
    lines: [
      {
        caption: 'A, then B: is next',
        tokens: [
          { text: '[CLS]', treatment: 'special' },
          word('the'),
          {
            text: '[MASK]',
            treatment: 'masked',
            truth: 'fox',
            guesses: [
              { text: 'dog', probability: 0.41 },
              { text: 'fox', probability: 0.22 },
              { text: 'cat', probability: 0.08 },
              { text: 'hen', probability: 0.01 },
            ],
          },
          { text: 'banana', treatment: 'random', truth: 'jumps', guesses: [{ text: 'jumps', probability: 0.91 }] },
          { text: 'over', treatment: 'unchanged', truth: 'over', guesses: [{ text: 'over', probability: 0.99 }] },
          { text: '[SEP]', treatment: 'special' },
        ],
      },
      { tokens: ['and', 'a', 'second', 'line', 'with', '##out', 'masks'].map(word) },
    ],
  },
  {
    kind: 'matrix',
    title: 'Confusion of positions',
    rowTitle: 'true position',
    columnTitle: 'predicted position',
    rows: ['left', 'above', 'right'],
    columns: ['left', 'above', 'right'],
    values: Float32Array.from([0.7, 0.2, 0.1, 0.05, 0.9, 0.05, 0, Number.NaN, 1]),
    unit: 'fraction',
    range: [0, 1],
    marks: Int32Array.from([0, 1, -1]),
  },
  {
    kind: 'matrix',
    title: 'Distances over time',
    rowTitle: 'frame of camera 1',
    columnTitle: 'frame of camera 2',
    rows: Array.from({ length: 30 }, (_, i) => `frame ${i}`),
    columns: Array.from({ length: 40 }, (_, i) => `frame ${i}`),
    values: Float32Array.from({ length: 1200 }, (_, i) => Math.abs((i % 40) - 1.25 * Math.floor(i / 40)) - 2),
    marks: Int32Array.from({ length: 30 }, (_, i) => Math.round(1.25 * i)),
  },
  {
    kind: 'bars',
    title: 'Accuracy by step ahead',
    bars: [
      { label: '1 step', value: 0.62 },
      { label: '2 steps', value: 0.34, role: 'prediction' },
      { label: '3 steps', value: 0.05 },
    ],
    unit: 'fraction',
    chance: 0.125,
  },
  { kind: 'bars', title: 'Scores', bars: [3.5, -1.25].map((value, i) => ({ label: `candidate ${i}`, value })) },
];

/** A preview with this original and these blocks in each draw, of a method without augmentations. */
export const previewOf = (original: readonly Block[], blocks: readonly Block[], draws = 1): Preview => ({
  ...preview({ draws: 0 }),
  original,
  ops: [],
  draws: Array.from({ length: draws }, () => ({ title: '', blocks })),
});

/** Pairs that are these blocks. */
export function pairsOf(sequence: number, blocks: readonly Block[]): PairsEvent {
  const event = pairs(sequence, { samples: 3, batch: 0 }, 1);
  return { ...event, pairs: { ...event.pairs, blocks } };
}
