/** The built Charts panel in a headless Chromium, under the panel's content security policy, with a host that is a script. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ChartAlert, ChartRun, ChartsChoice } from '../../src/protocol/panels.js';
import type { RunState } from '../../src/protocol/run.js';

export interface FakeSeries {
  readonly metric: string;
  readonly evaluation?: boolean;
  readonly step: readonly number[];
  /** Numbers, or the names of those that JSON has not. */
  readonly value: readonly (number | 'NaN' | 'Infinity' | '-Infinity')[];
}
export interface FakeRun {
  readonly run: ChartRun;
  readonly series: readonly FakeSeries[];
  readonly alerts?: readonly ChartAlert[];
}

/** What the script in the page offers to tests. */
export interface FakeHost {
  /** Sends new points (or, with `skip`, loses that many updates first) of a run. */
  push(run: string, series: readonly FakeSeries[], options?: { rewindTo?: number; skip?: number }): void;
  send(name: string, payload: unknown): void;
  /** Replaces the points of a run by a sine of this length with one spike, and tells the page to ask again. */
  fill(run: string, points: number): void;
  readonly requests: { method: string; params: unknown }[];
  readonly saved: { suggestedName: string; content: Uint8Array }[];
  readonly drawn: { run: string; sequence: number }[];
}
declare global {
  var fake: FakeHost;
}

export const stepsPerEpoch = 40;
export const started = Date.UTC(2026, 0, 1);
const secondsPerStep = 0.5;

export function fakeRun(name: string, spec: unknown = {}, state: RunState = 'running', order = 0): ChartRun {
  const created = started + 1000 * order;
  return {
    summary: {
      folder: `/runs/${name}`,
      id: `run-${name}`,
      state,
      name,
      facts: {
        format: 1,
        id: `run-${name}`,
        name,
        created,
        file: '/demo.ssl.ts',
        exportName: 'default',
        method: 'simclr',
        spec,
        specHash: '',
        sources: [],
        bundle: 'bundle.mjs',
        versions: {},
        seed: 0,
        host: 'here',
        maxParallelRuns: 1,
        epochs: 10,
      },
      status: {
        state: state === 'interrupted' ? 'running' : state,
        pid: 1,
        host: 'here',
        updated: created,
        step: 300,
        totalSteps: 400,
        epoch: 7.5,
        headline: { metric: 'knn.accuracy', value: 0.809, untrained: 0.767 },
      },
    },
    metrics: {
      loss: { title: 'Loss', better: 'lower' },
      'contrastive.accuracy': { title: 'Contrastive accuracy', unit: 'fraction', chance: 0.002 },
      'knn.accuracy': { title: 'kNN accuracy', unit: 'fraction', chance: 0.1 },
      'linearProbe.accuracy': { title: 'Linear probe accuracy', unit: 'fraction', chance: 0.1 },
      'embeddingStd.std': { title: 'Embedding std', best: 1 },
      'effectiveRank.rank': { title: 'Effective rank', best: 64 },
      imagesPerSecond: { title: 'Images per second', unit: 'images/s' },
    },
  };
}

/** Runs in the page, before its own script. */
function hostScript(setup: {
  runs: FakeRun[];
  choice: Partial<ChartsChoice>;
  state: unknown;
  time: { stepsPerEpoch: number; started: number; secondsPerStep: number };
}): void {
  const { stepsPerEpoch, started, secondsPerStep } = setup.time;
  let state = setup.state;
  const kept = new Map(setup.runs.map(({ run, series, alerts }) => [run.summary.id, { series: [...series], alerts }]));
  const sequences = new Map<string, number>();
  const typed = ({ metric, evaluation, step, value }: FakeSeries) => ({
    metric,
    evaluation: evaluation ?? false,
    step: Float64Array.from(step),
    epoch: Float64Array.from(step, (s) => s / stepsPerEpoch),
    time: Float64Array.from(step, (s) => started + 1000 * secondsPerStep * s),
    value: Float64Array.from(value, Number),
  });
  const post = (message: unknown) => window.postMessage(message, '*');
  const fake: FakeHost = {
    requests: [],
    saved: [],
    drawn: [],
    send: (name, payload) => post({ kind: 'event', name, payload }),
    push(run, series, { rewindTo, skip = 0 } = {}) {
      const known = kept.get(run)!;
      if (rewindTo !== undefined) {
        known.series = known.series.map((s) => {
          const length = s.step.filter((step) => step <= rewindTo).length;
          return { ...s, step: s.step.slice(0, length), value: s.value.slice(0, length) };
        });
      }
      known.series.push(...series);
      const from = (sequences.get(run) ?? 1) + skip;
      sequences.set(run, from + 1);
      fake.send('update', { run, sequence: from + 1, from, rewindTo, series: series.map(typed), alerts: [] });
    },
    fill(run, points) {
      const step = Array.from({ length: points }, (_, i) => i + 1);
      const value = step.map((s) => (s === Math.round(points / 3) ? 50 : Math.sin(s / 5000)));
      kept.set(run, { series: [{ metric: 'loss', step, value }], alerts: [] });
      const sequence = (sequences.get(run) ?? 1) + 10;
      sequences.set(run, sequence);
      fake.send('update', { run, sequence, from: sequence - 1, series: [], alerts: [] });
    },
  };
  const answers: Record<string, (params: never) => unknown> = {
    start: ({ choice }: { choice?: ChartsChoice }) => ({
      choice: choice ?? { x: 'step', smoothing: 0, logX: false, logY: false, ...setup.choice },
      runs: setup.runs.map(({ run }) => run),
      translations: {},
    }),
    choose: () => null,
    showPairs: () => null,
    snapshot: ({ run }: { run: string }) => {
      const known = kept.get(run)!;
      // Several pieces of one series are sent as one.
      const joined = new Map<string, FakeSeries>();
      for (const s of known.series) {
        const before = joined.get(s.metric);
        const step = before ? [...before.step, ...s.step] : s.step;
        const value = before ? [...before.value, ...s.value] : s.value;
        joined.set(s.metric, { ...s, step, value });
      }
      const series = [...joined.values()].map(typed);
      return { run, sequence: sequences.get(run) ?? 1, from: 0, series, alerts: known.alerts ?? [] };
    },
    save: (file: { suggestedName: string; content: Uint8Array }) => {
      fake.saved.push(file);
      return { saved: true };
    },
  };
  Object.assign(window, {
    fake,
    acquireVsCodeApi: () => ({
      getState: () => state,
      setState: (next: unknown) => {
        state = next;
      },
      postMessage: (message: { kind: string; id: number; method: string; name: string; params: never }) => {
        if (message.kind === 'request') {
          fake.requests.push({ method: message.method, params: message.params });
          post({ kind: 'reply', id: message.id, result: answers[message.method]!(message.params) });
        } else if (message.kind === 'event') {
          fake.drawn.push((message as unknown as { payload: { run: string; sequence: number } }).payload);
        }
      },
    }),
  });
}

const page = (theme: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="stylesheet" href="charts.css"></head>
<body class="vscode-${theme}"><autodidact-charts></autodidact-charts><script type="module" src="charts.js"></script></body></html>`;

// As in the extension: no inline styles, no other sources.
const policy =
  "default-src 'none'; script-src http://charts.test; style-src http://charts.test; font-src http://charts.test; img-src http://charts.test blob: data:";
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.map': 'application/json',
};

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

export interface OpenOptions {
  readonly runs?: readonly FakeRun[];
  readonly choice?: Partial<ChartsChoice>;
  readonly state?: unknown;
  readonly size?: { readonly width: number; readonly height: number };
  readonly theme?: string;
  /** The theme's variables, as CSS declarations. */
  readonly style?: string;
  /** Folder of the built page. */
  readonly folder?: string;
}

export async function openCharts(
  browser: Browser,
  options: OpenOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const { runs = [], choice = {}, size = { width: 1180, height: 720 }, theme = 'dark', style = '' } = options;
  const folder = options.folder ?? path.join(import.meta.dirname, '../../dist/webview');
  const tab = await browser.newPage({ viewport: size });
  const errors: string[] = [];
  tab.on('pageerror', (error) => errors.push(error.message));
  tab.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await tab.route('http://charts.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const headers = { 'content-security-policy': policy };
      await route.fulfill({ contentType: 'text/html', headers, body: page(theme) });
    } else {
      const body = await readFile(path.join(folder, path.basename(pathname)));
      await route.fulfill({ contentType: types[path.extname(pathname)], body });
    }
  });
  const time = { stepsPerEpoch, started, secondsPerStep };
  await tab.addInitScript(hostScript, { runs: [...runs], choice, state: options.state, time });
  await tab.goto('http://charts.test/');
  // As VS Code does it, through the object model, which the policy does not concern.
  await tab.evaluate((variables) => {
    document.documentElement.style.cssText = variables;
  }, style);
  await tab.waitForFunction(() => document.querySelector('autodidact-charts :is(header, .welcome)') !== null);
  return { page: tab, errors };
}
