// `npm run engine:tensorflow`: gets the native addon of @tensorflow/tfjs-node. Its own installer downloads TensorFlow;
// where that is refused, the addon is built from its source against the TensorFlow of the Python package index.
// `--folder DIR` installs package and addon there instead of for this repository (the extension's global storage).
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { folder: { type: 'string' } } });

/** What tfjs-node 4.22 downloads, by platform. Its installer checks nothing, so this is fetched and checked first. */
const libraries = {
  'linux-x64': [
    'tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
  ],
  'linux-arm64': [
    'tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz',
    '9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3',
  ],
  'darwin-x64': [
    'tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz',
    '56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226',
  ],
  'darwin-arm64': [
    'tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
    '13ab22b97e2af06e431aadbab42fb89981965dd01aa16da035d8210aa4183d79',
  ],
};

/** The wheel for the fallback: any Python 3 can fetch it, none has to run it. */
const wheel = {
  platform: 'linux-x64',
  requirement: 'tensorflow-cpu==2.21.0 --hash=sha256:2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  target: ['--python-version', '3.11', '--platform', 'manylinux_2_27_x86_64', '--implementation', 'cp'],
};

const platform = `${process.platform}-${process.arch}`;
const folder = values.folder === undefined ? path.dirname(here) : path.resolve(values.folder);
if (values.folder !== undefined) installPackage();
const addonPackage = packageFolder();
const deps = path.join(addonPackage, 'deps');

if (starts()) finish('is there already');
if (await installed()) finish('was installed by its own installer');
buildFromWheel();
if (starts()) finish('was built against TensorFlow of the Python package index');
fail('The addon was built, but does not start.');

function finish(how) {
  console.log(`The native addon of @tensorflow/tfjs-node ${how}: engine \`tensorflow\` can be used.`);
  process.exit(0);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** @tensorflow/tfjs-node and what it depends on, each checked against the lock file that is carried along. */
function installPackage() {
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(here, name), path.join(folder, name));
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.error) fail('npm was not found: install Node.js, which brings it, and try again.');
  if (result.status !== 0) fail('npm could not install @tensorflow/tfjs-node; its messages are above.');
}

function packageFolder() {
  try {
    return path.dirname(createRequire(path.join(folder, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return fail('@tensorflow/tfjs-node is not installed: run `npm install --include=optional` first.');
  }
}

/** Whether the addon loads and computes, tried in a process of its own. */
function starts() {
  const program = `
    require('util').isNullOrUndefined ??= (value) => value == null;
    const tf = require(${JSON.stringify(addonPackage)});
    if (tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()[0] !== 3) process.exit(1);`;
  const { status } = spawnSync(process.execPath, ['-e', program], { stdio: 'ignore', env: quiet() });
  return status === 0;
}

function quiet() {
  return { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
}

/** Fetches TensorFlow, checks it, and lets the package's installer do the rest. */
async function installed() {
  const [file, checksum] = libraries[platform] ?? [];
  try {
    if (file !== undefined) await fetchLibrary(file, checksum);
    runInstaller();
    return starts();
  } catch (error) {
    console.log(`The installer of @tensorflow/tfjs-node could not be used: ${error.message}`);
    return false;
  }
}

async function fetchLibrary(file, checksum) {
  const host = process.env.TFJS_NODE_CDN_STORAGE ?? 'https://storage.googleapis.com/';
  console.log(`Downloading ${host}${file} …`);
  const response = await fetch(host + file, { signal: AbortSignal.timeout(600_000) }).catch((error) => {
    throw new Error(`the download was refused (${error.cause?.code ?? error.message})`);
  });
  if (!response.ok) throw new Error(`the download was refused (HTTP ${response.status})`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== checksum) throw new Error(`its checksum is ${found} instead of ${checksum}; nothing was installed`);
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(deps, { recursive: true });
  const archive = path.join(deps, 'libtensorflow.tar.gz');
  writeFileSync(archive, bytes);
  execFileSync('tar', ['-xzf', archive, '-C', deps], { stdio: 'inherit' });
  rmSync(archive);
}

/** The installer: takes what lies in deps/, then finds or builds the addon. */
function runInstaller(env = {}) {
  // It rewrites its package.json while it works, and leaves it so when it fails.
  const manifest = path.join(addonPackage, 'package.json');
  const before = readFileSync(manifest);
  const bin = [path.join(folder, 'node_modules/.bin'), path.join(addonPackage, '../../.bin')].join(path.delimiter);
  try {
    const { status } = spawnSync(process.execPath, ['scripts/install.js'], {
      cwd: addonPackage,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, ...env },
    });
    if (status !== 0) throw new Error(`it ended with ${status}`);
  } finally {
    writeFileSync(manifest, before);
  }
}

/** Headers and libraries of the wheel in the places where the addon's build looks for them. */
function buildFromWheel() {
  if (platform !== wheel.platform) fail(`There is no other way to get the addon on ${platform}: use another engine.`);
  const cache = path.join(folder, '.cache/tensorflow-wheel');
  const library = path.join(cache, 'tensorflow');
  if (!existsSync(path.join(library, 'libtensorflow_cc.so.2'))) {
    console.log('Fetching TensorFlow from the Python package index …');
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    const requirements = path.join(cache, 'requirements.txt');
    writeFileSync(requirements, `${wheel.requirement}\n`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
    const { status } = spawnSync(
      'python3',
      [...pip, '--only-binary=:all:', '--target', cache, ...wheel.target, '-r', requirements],
      { stdio: 'inherit' },
    );
    if (status !== 0)
      fail('pip could not fetch TensorFlow either (python3 with pip is needed); its messages are above.');
  }
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(path.join(deps, 'lib'), { recursive: true });
  symlinkSync(path.join(library, 'include'), path.join(deps, 'include'));
  const links = {
    'libtensorflow_cc.so.2': ['libtensorflow_cc.so.2', 'libtensorflow.so', 'libtensorflow.so.2.9.1'],
    'libtensorflow_framework.so.2': ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
  };
  for (const [file, names] of Object.entries(links))
    for (const name of names) symlinkSync(path.join(library, file), path.join(deps, 'lib', name));
  // Node's headers lie beside the node that runs this, so none have to be downloaded.
  const prefix = path.dirname(path.dirname(process.execPath));
  const headers = existsSync(path.join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
  console.log('Building the addon …');
  try {
    runInstaller({ npm_config_build_from_source: 'true', ...headers });
  } catch (error) {
    fail(`The addon could not be built: ${error.message}. A C++ compiler, make and python3 are needed.`);
  }
}
