/**
 * `npm run bench:ui`: how long a person waits, measured in a real VS Code beside the budgets of the design.
 * `--json` prints one line per measure.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { VsCode } from '../test/vscode/driver.js';
import { smallSimclr } from '../test/vscode/experiments.js';

declare const REPOSITORY_ROOT: string;

interface MeasuredTimes {
  readonly activation?: number;
  readonly longestBlock?: number;
  readonly editToPreview: readonly number[];
  readonly chartLag: readonly number[];
}
interface Row {
  readonly measure: string;
  readonly value: number | undefined;
  readonly unit: 'ms';
  readonly budget: number;
  readonly samples: number;
}

const { values: options } = parseArgs({ options: { json: { type: 'boolean' } } });
const edits = 20;

const percentile = (values: readonly number[], fraction: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(fraction * values.length))];

async function prepare(): Promise<void> {
  const { findChromium } = await import(path.join(REPOSITORY_ROOT, 'scripts/chromium.mjs'));
  const { installVsCode } = await import(path.join(REPOSITORY_ROOT, 'scripts/vscode-host.mjs'));
  const { node, entry } = installVsCode();
  const vsix = path.join(REPOSITORY_ROOT, '.cache/autodidact.vsix');
  const packing = spawnSync(process.execPath, [path.join(REPOSITORY_ROOT, 'scripts/package.mjs'), '--out', vsix], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (packing.status !== 0) throw new Error('the package could not be made');
  Object.assign(process.env, {
    AUTODIDACT_VSCODE_NODE: node,
    AUTODIDACT_VSCODE_ENTRY: entry,
    AUTODIDACT_VSIX: vsix,
    CHROMIUM: await findChromium(),
  });
}

async function collect(code: VsCode): Promise<MeasuredTimes> {
  await code.command('Probe: Collect Measurements');
  const file = path.join(code.workspace, 'measurements.json');
  for (let attempt = 0; ; attempt++) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as MeasuredTimes;
    } catch (error) {
      if (attempt === 100) throw error;
      await code.page.waitForTimeout(100);
    }
  }
}

async function measure(): Promise<Row[]> {
  const workspace = { 'demo.ssl.ts': smallSimclr({ train: 2048, epochs: 40 }) };
  const code = await VsCode.start({ workspace, probe: path.join(REPOSITORY_ROOT, 'bench/probe') });
  try {
    await code.openFile('demo.ssl.ts');
    await code.command('Autodidact: Preview Views');
    const preview = await code.webview('autodidact-preview');
    await preview.locator('autodidact-preview canvas').first().waitFor({ timeout: 60_000 });
    await code.command('Probe: Restart Measurements');
    await code.openFile('demo.ssl.ts');
    for (let edit = 1; edit <= edits; edit++) {
      const scale = (0.3 + edit / 100).toFixed(2);
      await code.setText(smallSimclr({ train: 2048, epochs: 40, minScale: Number(scale) }));
      await preview.locator('autodidact-preview', { hasText: String(Number(scale)) }).waitFor({ timeout: 20_000 });
    }
    await code.page.keyboard.press('Control+S');
    const started = Date.now();
    await code.command('Autodidact: Train Experiment');
    const charts = await code.webview('autodidact-charts');
    await charts.locator('autodidact-charts[data-points]:not([data-points="0"])').waitFor({ timeout: 60_000 });
    const firstPoint = Date.now() - started;
    // Let it train for a while, with charts open.
    await code.page.waitForTimeout(10_000);
    const times = await collect(code);
    return [
      { measure: 'activation', value: times.activation, unit: 'ms', budget: 100, samples: 1 },
      {
        measure: 'edit to repainted preview, p95',
        value: percentile(times.editToPreview, 0.95),
        unit: 'ms',
        budget: 150,
        samples: times.editToPreview.length,
      },
      {
        measure: 'edit to repainted preview, median',
        value: percentile(times.editToPreview, 0.5),
        unit: 'ms',
        budget: 150,
        samples: times.editToPreview.length,
      },
      { measure: 'command to first charted step', value: firstPoint, unit: 'ms', budget: 3000, samples: 1 },
      {
        measure: 'chart lag, p95',
        value: percentile(times.chartLag, 0.95),
        unit: 'ms',
        budget: 250,
        samples: times.chartLag.length,
      },
      {
        measure: 'longest block of the extension host while training',
        value: times.longestBlock,
        unit: 'ms',
        budget: 16,
        samples: 1,
      },
    ];
  } finally {
    await code.stop();
  }
}

await prepare();
const rows = await measure();
if (options.json) for (const row of rows) console.log(JSON.stringify({ part: 'ui', ...row }));
else {
  const width = Math.max(...rows.map(({ measure: name }) => name.length));
  for (const { measure: name, value, budget, samples } of rows) {
    const shown = value === undefined ? 'not measured' : `${value.toFixed(0)} ms`;
    console.log(
      `${name.padEnd(width)}  ${shown.padStart(12)}  budget ${budget} ms  (${samples} ${samples === 1 ? 'sample' : 'samples'})`,
    );
  }
}
