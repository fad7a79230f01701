/**
 * Each method takes the same course on the onnxruntime engine as on wasm: 20 steps of its example, with the trainer as it
 * is used. What is left of rounding grows from step to step, the more so with Adam, whose first steps are as long for
 * gradients that are nearly nothing as for others: so the first steps are held to a tighter tolerance than the last.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const STEPS = 20;
const FIRST = { steps: 5, tolerance: 2e-3 };
const TOLERANCE = 3e-2;
/** Methods whose loss chooses by comparing numbers: where two are nearly alike, rounding decides, and courses part. */
const CHOOSING: Readonly<Record<string, { first: number; all: number }>> = {
  // Semi-hard negatives. Its first step agrees to seven digits, and tensorflow parts from wasm as well.
  tcn: { first: 6e-2, all: 0.3 },
};
/** Smaller settings where a look at the held-out samples, before the first step, takes minutes on wasm. */
const SMALLER: Readonly<Record<string, readonly string[]>> = { bert: ['--set', 'data.length=8'] };
const examples = fs
  .readdirSync(path.join(root, 'examples'))
  .filter((name) => name.endsWith('.ssl.ts'))
  .map((name) => name.replace('.ssl.ts', ''));

/** Losses of the first steps. */
function losses(example: string, engine: string): Promise<number[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autodidact-trajectory-'));
  const args = ['train', path.join(root, 'examples', `${example}.ssl.ts`), '--json', '--run-dir', folder];
  const set = ['--engine', engine, '--set', 'batchSize=16', '--set', 'evaluate=[]', ...(SMALLER[example] ?? [])];
  const child = spawn(process.execPath, [path.join(root, 'dist/cli.js'), ...args, ...set], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const found: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type, values } = JSON.parse(line) as { type?: string; values?: { loss: number } };
    if (type !== 'metrics' || values === undefined) return;
    found.push(values.loss);
    if (found.length === STEPS) child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      fs.rmSync(folder, { recursive: true, force: true });
      if (found.length >= STEPS) resolve(found.slice(0, STEPS));
      else reject(new Error(`${example} on ${engine} took ${found.length} steps:\n${errors}`));
    });
  });
}

describe('20 steps on onnxruntime as on wasm', () => {
  it.each(examples)('%s', { timeout: 900_000 }, async (example) => {
    const [native, reference] = await Promise.all([losses(example, 'onnxruntime'), losses(example, 'wasm')]);
    // A loss may pass through 0, as that of Deep InfoMax does: then it is measured by the loss of the first step.
    const scale = (i: number) => Math.max(1e-3, Math.abs(reference[i]!), Math.abs(reference[0]!));
    const deviations = native.map((loss, i) => Math.abs(loss - reference[i]!) / scale(i));
    console.log(`${example}: within ${Math.max(...deviations).toExponential(1)} of wasm over ${STEPS} steps`);
    const { first, all } = CHOOSING[example] ?? { first: FIRST.tolerance, all: TOLERANCE };
    expect(deviations[0]).toBeLessThan(1e-4);
    expect(Math.max(...deviations.slice(0, FIRST.steps))).toBeLessThan(first);
    expect(Math.max(...deviations)).toBeLessThan(all);
    // It moves at all: a course that stands still would agree too.
    expect(new Set(native).size).toBe(STEPS);
  });
});
