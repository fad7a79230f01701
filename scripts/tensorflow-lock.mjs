// What the packaged extension needs to install @tensorflow/tfjs-node elsewhere: its installer, and the part of the lock
// file that names the package and what it depends on, with their checksums.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './dependencies.mjs';

const NAME = '@tensorflow/tfjs-node';

/** Writes installer, package.json and package-lock.json to a folder. */
export function writeTensorflowInstaller(folder) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const packages = {};
  const add = (from, name) => {
    const key = resolve(lock.packages, from, name);
    if (key === undefined || key in packages) return;
    const { optional: _optional, dev: _dev, ...entry } = lock.packages[key];
    packages[key] = entry;
    for (const dependency of Object.keys({ ...entry.dependencies, ...entry.peerDependencies })) add(key, dependency);
  };
  add('', NAME);
  const own = { name: 'autodidact-tensorflow', version: '1.0.0', private: true };
  const dependencies = { [NAME]: lock.packages[`node_modules/${NAME}`].version };
  mkdirSync(folder, { recursive: true });
  const write = (file, content) => writeFileSync(path.join(folder, file), `${JSON.stringify(content, undefined, 2)}\n`);
  write('package.json', { ...own, dependencies });
  write('package-lock.json', {
    name: own.name,
    version: own.version,
    lockfileVersion: 3,
    requires: true,
    packages: { '': { ...own, dependencies }, ...packages },
  });
  copyFileSync(path.join(root, 'scripts/engine-tensorflow.mjs'), path.join(folder, 'install.mjs'));
}

/** As Node looks for a package: in the folder's own node_modules, then further up. */
function resolve(packages, from, name) {
  for (let folder = from; ; ) {
    const key = `${folder}${folder && '/'}node_modules/${name}`;
    if (key in packages) return key;
    if (folder === '') return undefined;
    const up = folder.lastIndexOf('node_modules/');
    folder = up <= 0 ? '' : folder.slice(0, up - 1);
  }
}
