// `npm start`: install, build, train examples/simclr.ssl.ts, and open VS Code on examples/, where the run is live.
// `--headless` (also without a terminal, or with CI set): train, print a summary, exit. Other arguments go to `train`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { build, installDependencies, root } from './dependencies.mjs';

const args = process.argv.slice(2);
const headless = args.includes('--headless') || !process.stdout.isTTY || Boolean(process.env.CI);
const passed = args.filter((arg) => arg !== '--headless');
const examples = path.join(root, 'examples');

installDependencies();
build();

// Training must not depend on VS Code: it starts first and goes on whatever happens below.
const training = spawn(
  process.execPath,
  [path.join(root, 'dist/cli.js'), 'train', 'simclr.ssl.ts', '--run-dir', '.autodidact/runs', ...passed],
  { cwd: examples, stdio: 'inherit' },
);
const trained = new Promise((resolve) => training.once('exit', (code) => resolve(code ?? 1)));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {}); // the CLI below us decides what they mean

let editor;
if (!headless) {
  try {
    editor = await openVsCode();
  } catch (error) {
    console.log(
      `VS Code could not be opened: ${error instanceof Error ? error.message : error}\nTraining goes on without it.`,
    );
  }
}
const code = await trained;
if (editor) {
  console.log('The run is in the sidebar of VS Code. Press Ctrl-C to close the server.');
  await editor.closed();
}
process.exit(code);

/** Desktop VS Code if `code` is on PATH, else the same VS Code in the browser. */
async function openVsCode() {
  const desktop = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, process.platform === 'win32' ? 'code.cmd' : 'code'))
    .find((file) => existsSync(file));
  if (desktop) {
    spawn(desktop, ['--new-window', `--extensionDevelopmentPath=${root}`, examples], {
      stdio: 'ignore',
      detached: true,
      shell: process.platform === 'win32',
    }).unref();
    console.log('Opening VS Code on examples/ …');
    return undefined;
  }
  const { installVsCode, cacheFolder } = await import('./vscode-host.mjs');
  const { node, entry } = installVsCode();
  const vsix = path.join(root, '.cache/autodidact.vsix');
  await run(process.execPath, [path.join(root, 'scripts/package.mjs'), '--no-build', '--out', vsix]);
  mkdirSync(cacheFolder(), { recursive: true });
  const home = mkdtempSync(path.join(os.tmpdir(), 'autodidact-'));
  const user = path.join(cacheFolder(), 'user');
  const extensions = path.join(home, 'x');
  mkdirSync(user, { recursive: true });
  const config = path.join(home, 'config.yaml');
  writeFileSync(config, 'auth: none\ncert: false\n');
  const base = [entry, '--config', config, '--user-data-dir', user, '--extensions-dir', extensions];
  await run(node, [...base, '--install-extension', vsix]);
  const origin = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    node,
    [
      ...base,
      '--auth',
      'none',
      '--bind-addr',
      origin,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-workspace-trust',
    ],
    { stdio: 'ignore', detached: process.platform !== 'win32' },
  );
  const exited = new Promise((resolve) => server.once('exit', resolve));
  process.once('exit', () => end(server));
  console.log(`\nVS Code with Autodidact: http://${origin}/?folder=${encodeURIComponent(examples)}\n`);
  return {
    closed: () =>
      new Promise((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
        exited.then(resolve);
      }).then(() => end(server)),
  };
}

function end(server) {
  try {
    if (process.platform === 'win32') server.kill();
    else process.kill(-server.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

function run(command, argv) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`${path.basename(argv[0])} ended with ${status}`)),
    );
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
