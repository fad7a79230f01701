// Installs the project's own dependencies when they are missing or older than the lock file. Uses nothing but Node.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.dirname(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname));

/** Runs npm; its output goes to the terminal. */
export function npm(args, options = {}) {
  execFileSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    ...options,
  });
}

export function installDependencies() {
  const folder = path.join(root, 'node_modules');
  // A link leads to the folder of another work tree: `npm ci` would empty that one.
  if (existsSync(folder) && lstatSync(folder).isSymbolicLink()) return;
  const installed = path.join(folder, '.package-lock.json');
  const wanted = path.join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.log('Installing dependencies (npm ci) …');
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** The built-in methods, as the built command line lists them. */
export function listMethods() {
  const args = [path.join(root, 'dist/cli.js'), 'methods', '--json'];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  } catch (cause) {
    throw new Error('the list of methods cannot be had; run `npm run build` first', { cause });
  }
}

export function build(...args) {
  execFileSync(process.execPath, [path.join(root, 'esbuild.mjs'), ...args], { cwd: root, stdio: 'inherit' });
}
