// TensorFlow.js's own declarations, copied so that they resolve by relative paths alone, whatever a user's tsconfig says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Copies what `index.d.ts` needs to `folder`. */
export function copyTensorFlowTypes(root, folder) {
  const dist = path.join(root, 'node_modules/@tensorflow/tfjs-core/dist');
  // Chained operations (`x.add(y)`) augment the class Tensor.
  const chained = 'public/chained_ops/register_all_chained_ops';
  const waiting = ['index.d.ts', `${chained}.d.ts`];
  const done = new Set();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    const resolve = (specifier) => resolved(dist, file, specifier);
    let text = readFileSync(path.join(dist, file), 'utf8')
      // Comments of the tool that made the files; their names would be seen as modules.
      .replace(/^\/\/\/ <(amd-module|reference)[^>]*>\r?\n/gm, '')
      // These types come from packages that are not there; no engine of ours uses them.
      .replace(/\bGPUBuffer(?:UsageFlags)?\b|(?<=: )Long\b/g, 'unknown')
      .replace(/((?:\bfrom|\bimport|\bdeclare module) ?\(?['"])([^'"\n]+)(?=['"])/g, (all, before, specifier) => {
        const target = resolve(specifier);
        if (target === undefined) return all;
        waiting.push(target);
        return before + relative(file, target);
      });
    if (file === 'index.d.ts') text += `import './${chained}.js';\n`;
    const out = path.join(folder, file);
    mkdirSync(path.dirname(out), { recursive: true });
    writeFileSync(out, text);
  }
  const { version } = JSON.parse(readFileSync(path.join(dist, '../package.json'), 'utf8'));
  const notice = `Type declarations of TensorFlow.js ${version}, copyright Google LLC, Apache License 2.0.\n`;
  writeFileSync(path.join(folder, 'NOTICE'), `${notice}https://github.com/tensorflow/tfjs\n`);
}

/** The declaration file, relative to `dist`, that an import means; undefined for what is no file there. */
function resolved(dist, file, specifier) {
  const own = specifier.replace(/^@tensorflow\/tfjs-core\/dist\//, '');
  if (own === specifier && !specifier.startsWith('.')) return undefined;
  const target = own === specifier ? path.posix.join(path.posix.dirname(file), specifier) : own;
  return [`${target}.d.ts`, `${target}/index.d.ts`].find((name) => existsSync(path.join(dist, name)));
}

function relative(from, to) {
  const way = path.posix.relative(path.posix.dirname(from), to).replace(/[.]d[.]ts$/, '.js');
  return way.startsWith('.') ? way : `./${way}`;
}
