/**
 * `npm run bench`: how fast Autodidact trains and augments, beside PyTorch and its libraries, in one run.
 * `--only step|end-to-end|augment|memory` runs one part, `--json` prints each row as a line of JSON.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { step } from './parts/step.js';
import type { Bench, PartName, Row } from './rows.js';
import { python } from './system.js';

declare const REPOSITORY_ROOT: string;

const parts: Partial<Record<PartName, (bench: Bench) => Promise<void>>> = { step };
const { values: options } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } });
const rows: Row[] = [];
const bench: Bench = {
  root: REPOSITORY_ROOT,
  threads: 2,
  peers: existsSync(python(REPOSITORY_ROOT)),
  row(row) {
    rows.push(row);
    console.log(
      options.json
        ? JSON.stringify(row)
        : `${row.work.padEnd(40)} ${row.system.padEnd(20)} ${row.median.toFixed(1)} ${row.unit} (${row.runs} runs)`,
    );
  },
  note(text) {
    if (!options.json) console.log(text);
  },
};
for (const [name, run] of Object.entries(parts))
  if (options.only === undefined || options.only === name) await run(bench);
