// `npm test`: everything, on a fresh clone too. Ends with `N passed, N failed`.
// `npm test -- --only unit,process,vscode,checks` runs parts of it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, installDependencies, root } from './dependencies.mjs';

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const only = values.only?.split(',');
const wanted = (part) => only === undefined || only.includes(part);
const out = path.join(root, 'test/out');
let passed = 0;
/** What failed, by name: said again at the end, where a cut-off log still shows it. */
const failures = [];

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const bin = (name) => path.join(root, 'node_modules', name);

function run(args, env = {}) {
  return (
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0
  );
}

function check(name, work) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  let ok = false;
  try {
    ok = work() !== false;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  if (ok) passed++;
  else failures.push(name);
  console.log(`── ${name}: ${ok ? 'passed' : 'FAILED'} (${seconds(started)})`);
  return ok;
}

/** Runs one vitest project and adds its tests to the count. */
function tests(project, env = {}) {
  const started = Date.now();
  console.log(`\n── ${project} tests`);
  const tally = path.join(out, `${project}.json`);
  rmSync(tally, { force: true });
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'scripts/tally.mjs')}`];
  const ok = run([bin('vitest/vitest.mjs'), 'run', '--project', project, ...reporters, ...positionals], {
    ...env,
    TALLY: tally,
  });
  let counted = { passed: 0, failures: ['ended without counting its tests'] };
  try {
    counted = JSON.parse(readFileSync(tally, 'utf8'));
    if (!ok && counted.failures.length === 0) counted.failures.push('failed, though none of its tests did');
  } catch {
    // Counted as one failure.
  }
  passed += counted.passed;
  failures.push(...counted.failures.map((failure) => `${project}: ${failure}`));
  const outcome = counted.failures.length === 0 ? 'passed' : `${counted.failures.length} FAILED`;
  console.log(`── ${project} tests: ${outcome} (${seconds(started)})`);
}

mkdirSync(out, { recursive: true });
installDependencies();

if (wanted('checks')) {
  check('format and lint', () => run([bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '.']));
  check(
    'types',
    () =>
      run([bin('typescript/bin/tsc'), '-p', '.']) &&
      run([bin('typescript/bin/tsc'), '-p', 'webview']) &&
      run([bin('typescript/bin/tsc'), '-p', 'test']),
  );
  check('layers', () =>
    run([bin('dependency-cruiser/bin/dependency-cruise.mjs'), 'src', 'webview', '--output-type', 'err']),
  );
}
const built = check('build', () => build());
if (built && wanted('checks'))
  check(
    'snippets and README in step with methods and examples',
    () =>
      run([path.join(root, 'scripts/snippets.mjs'), '--check']) &&
      run([path.join(root, 'scripts/method-list.mjs'), '--check']),
  );
if (wanted('unit')) tests('unit');
if (built && wanted('process')) {
  const { findChromium } = await import('./chromium.mjs');
  tests('process', { CHROMIUM: await findChromium() });
}
if (built && wanted('vscode')) {
  const { findChromium } = await import('./chromium.mjs');
  const { installVsCode } = await import('./vscode-host.mjs');
  const vsix = path.join(out, 'autodidact.vsix');
  let env;
  check('VS Code, Chromium and the package are there', () => {
    const { node, entry } = installVsCode();
    env = { AUTODIDACT_VSCODE_NODE: node, AUTODIDACT_VSCODE_ENTRY: entry, AUTODIDACT_VSIX: vsix };
    return run([path.join(root, 'scripts/package.mjs'), '--no-build', '--out', vsix]);
  });
  if (env) tests('vscode', { ...env, CHROMIUM: await findChromium() });
}

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
