// A real VS Code in the browser (code-server) from the npm registry alone, installed once per user into a cache folder:
// for tests, and for `npm start` on machines without a desktop VS Code. About 0.8 GB and under a minute.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { npm, root } from './dependencies.mjs';

const recipe = path.join(root, 'test/vscode/host');

export function cacheFolder() {
  const { AUTODIDACT_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (AUTODIDACT_CACHE) return AUTODIDACT_CACHE;
  return path.join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? path.join(os.homedir(), '.cache'), 'autodidact');
}

/** Installs VS Code if it is not there yet; returns the Node it runs on and its entry point. */
export function installVsCode() {
  if (process.platform === 'win32')
    throw new Error('code-server does not run on Windows: install VS Code and have `code` on PATH.');
  const key = createHash('sha256')
    .update(readFileSync(path.join(recipe, 'package-lock.json')))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheFolder(), `vscode-${key}`);
  if (!existsSync(path.join(folder, 'complete'))) install(folder);
  return locate(folder);
}

function locate(folder) {
  const modules = path.join(folder, 'node_modules');
  const bundledNode = path.join(modules, `node-${process.platform}-${process.arch}/bin/node`);
  const node = existsSync(bundledNode) ? bundledNode : process.execPath;
  return { node, entry: path.join(modules, 'code-server/out/node/entry.js'), folder };
}

function install(folder) {
  console.log('Installing a VS Code for the browser (code-server) into the cache; this happens once …');
  const work = `${folder}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  cpSync(recipe, work, { recursive: true });
  const { node } = locate(work);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const inner = ['ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps', ...quiet];
  npm(['ci', '--ignore-scripts', ...quiet], { cwd: work });
  const vscode = path.join(work, 'node_modules/code-server/lib/vscode');
  npm(inner, { cwd: vscode });
  npm(inner, { cwd: path.join(vscode, 'extensions') });
  buildLogger(vscode, node);
  writeFileSync(path.join(work, 'complete'), '');
  try {
    renameSync(work, folder);
  } catch (error) {
    // Another process was faster, which is as good.
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(path.join(folder, 'complete'))) throw error;
  }
}

/** Output channels need one native module. Without a compiler VS Code still works, without them. */
function buildLogger(vscode, node) {
  const nodedir = path.dirname(path.dirname(node));
  const args = [
    'rebuild',
    '@vscode/spdlog',
    '@vscode/native-watchdog',
    '--ignore-scripts=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    npm(args, {
      cwd: vscode,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, npm_config_nodedir: nodedir },
    });
  } catch {
    console.log('No C++ compiler found: this VS Code will have no Output channels. Everything else works.');
  }
}

if (process.argv[1] === import.meta.filename) {
  console.log(execFileSync(installVsCode().node, ['--version'], { encoding: 'utf8' }).trim());
}
