/** TensorFlow.js core ships the tests of its ops: a conformance suite for any backend. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

describe('the onnxruntime engine', () => {
  it("passes TensorFlow.js core's op tests", { timeout: 300_000 }, async () => {
    const outfile = path.join(root, 'test/out/conformance.mjs');
    mkdirSync(path.dirname(outfile), { recursive: true });
    await build({
      entryPoints: [path.join(root, 'test/conformance/main.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['onnxruntime-node', 'onnxruntime-common', 'node-fetch'],
      // Test files have no exports to use: without this they would be dropped as unused.
      ignoreAnnotations: true,
      logLevel: 'error',
      banner: {
        js: [
          "import { createRequire as __createRequire } from 'node:module';",
          'const require = __createRequire(import.meta.url);',
          'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
        ].join(' '),
      },
    });
    const output = execFileSync(process.execPath, [outfile], {
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const report = JSON.parse(output.trim().split('\n').at(-1) as string) as {
      passed: number;
      failed: string[];
      excluded: string[];
    };
    console.log(
      `op tests of TensorFlow.js core: ${report.passed} passed, ${report.failed.length} failed, ${report.excluded.length} excluded`,
    );
    expect(report.failed).toEqual([]);
    expect(report.passed).toBeGreaterThan(2400);
    // An exclusion that matches more than it was written for would hide failures.
    expect(report.excluded.length).toBeLessThan(60);
  });
});
