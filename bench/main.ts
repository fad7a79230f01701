/**
 * `npm run bench`: how fast Autodidact trains and augments, beside PyTorch and its libraries, in one run.
 * `--only step|end-to-end|augment|memory` runs one part, `--json` prints each row as a line of JSON. What was measured is
 * kept in bench/results/, and docs/performance.md is written from all that is there.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type AllResults, chart, page } from './page.js';
import { augment } from './parts/augment.js';
import { endToEnd } from './parts/end-to-end.js';
import { memory } from './parts/memory.js';
import { step } from './parts/step.js';
import type { Bench, PartName, Row } from './rows.js';
import { python } from './system.js';

declare const REPOSITORY_ROOT: string;

const parts: Readonly<Record<PartName, (bench: Bench) => Promise<void>>> = {
  step,
  'end-to-end': endToEnd,
  augment,
  memory,
};
const { values: options } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } });
const wanted = (options.only?.split(',') ?? Object.keys(parts)) as PartName[];
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) throw new Error(`--only takes ${Object.keys(parts).join(', ')}, not ${unknown.join(', ')}`);

const results = path.join(REPOSITORY_ROOT, 'bench/results');
const peers = fs.existsSync(python(REPOSITORY_ROOT));
const say = (line: string) => {
  if (!options.json) console.log(line);
};
if (!peers) say('The peers are not installed (bench/peers/setup installs them): only Autodidact is measured.');

for (const name of wanted) {
  const rows: Row[] = [];
  const known = facts();
  say(`\n── ${name}`);
  await parts[name]({
    root: REPOSITORY_ROOT,
    threads: 2,
    peers,
    row(row) {
      rows.push(row);
      if (options.json) console.log(JSON.stringify(row));
      else say(`${row.work.padEnd(62)} ${row.system.padEnd(22)} ${row.median.toFixed(1).padStart(9)} ${row.unit}`);
    },
    note: say,
  });
  fs.mkdirSync(results, { recursive: true });
  fs.writeFileSync(fileOf(name), `${JSON.stringify({ facts: known, rows }, undefined, 2)}\n`);
}

const all = Object.fromEntries(
  (Object.keys(parts) as PartName[]).flatMap((name) =>
    fs.existsSync(fileOf(name)) ? [[name, JSON.parse(fs.readFileSync(fileOf(name), 'utf8'))]] : [],
  ),
) as AllResults;
fs.writeFileSync(path.join(REPOSITORY_ROOT, 'docs/performance.md'), page(all));
fs.writeFileSync(path.join(REPOSITORY_ROOT, 'docs/performance.svg'), chart(all));
say('\nWritten: bench/results, docs/performance.md and its chart.');

function fileOf(name: PartName): string {
  return path.join(results, `${name}.json`);
}

function facts(): Record<string, string> {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${cpu?.model.trim()}, ${os.cpus().length} cores`,
    node: process.version,
    'load before': os.loadavg()[0]?.toFixed(1) ?? '',
    ...(peers && { PyTorch: versionOf('torch'), torchvision: versionOf('torchvision') }),
  };
}

function versionOf(module: string): string {
  const program = `from importlib.metadata import version; print(version("${module}"))`;
  return execFileSync(python(REPOSITORY_ROOT), ['-c', program], { encoding: 'utf8' }).trim();
}
