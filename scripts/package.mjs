// Makes the VSIX for this platform: stages exactly what the extension needs, then packs it.
// `npm run package` writes autodidact-<platform>-<version>.vsix; `--out FILE` names another place.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, installDependencies, root } from './dependencies.mjs';
import { writeTensorflowInstaller } from './tensorflow-lock.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' }, 'no-build': { type: 'boolean' } } });
const platform = `${process.platform}-${process.arch}`;

installDependencies();
if (!values['no-build']) build('--production');

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const stage = path.join(root, '.cache/package');
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });

const files = [
  'dist',
  'media',
  'snippets',
  'l10n',
  'examples',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
];
files.push(...readdirSync(root).filter((name) => /^package\.nls.*\.json$/.test(name)));
const unwanted = /(^|[\\/])(\.autodidact|node_modules)([\\/]|$)|\.map$/;
for (const name of files) {
  const from = path.join(root, name);
  if (existsSync(from))
    cpSync(from, path.join(stage, name), {
      recursive: true,
      filter: (file) => !unwanted.test(path.relative(root, file)),
    });
}

writeTensorflowInstaller(path.join(stage, 'dist/tensorflow'));

// What dist/ does not contain: native libraries (esbuild, ONNX Runtime), and the plugin that VS Code looks for in node_modules.
const carried = [
  'esbuild',
  `@esbuild/${platform}`,
  'onnxruntime-node',
  'onnxruntime-common',
  'autodidact-typescript-plugin',
];
// Of these packages only the library for this platform is used, not launchers, installers, or the other platforms'.
const library = `onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;
const unused = [
  /^esbuild\/(bin|install\.js)/,
  /^onnxruntime-(node|common)\/(script|lib|__commit\.txt)/,
  /\.(map|d\.ts|md)$/,
  /.\/node_modules\//,
];
const used = (file) => {
  const name = path.relative(path.join(root, 'node_modules'), file).split(path.sep).join('/');
  if (unused.some((pattern) => pattern.test(name))) return false;
  return !name.startsWith('onnxruntime-node/bin/') || library.startsWith(name) || name.startsWith(`${library}/`);
};
const dependencies = {};
for (const name of carried) {
  const from = path.join(root, 'node_modules', name);
  if (!existsSync(from)) continue; // ONNX Runtime is optional: it does not exist for every platform
  const to = path.join(stage, 'node_modules', name);
  cpSync(from, to, { recursive: true, dereference: true, filter: used });
  const {
    dependencies: theirs = {},
    scripts: _scripts,
    devDependencies: _development,
    ...kept
  } = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8'));
  const present = Object.fromEntries(Object.entries(theirs).filter(([dependency]) => carried.includes(dependency)));
  writeFileSync(path.join(to, 'package.json'), `${JSON.stringify({ ...kept, dependencies: present }, undefined, 2)}\n`);
  dependencies[name] = kept.version;
}

const { scripts, devDependencies, optionalDependencies, private: _private, ...published } = manifest;
writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify({ ...published, dependencies }, undefined, 2)}\n`);

const out = path.resolve(root, values.out ?? `autodidact-${platform}-${manifest.version}.vsix`);
const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
execFileSync(
  process.execPath,
  [
    vsce,
    'package',
    '--target',
    platform,
    '--out',
    out,
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
  ],
  { cwd: stage, stdio: ['ignore', 'inherit', 'inherit'] },
);
