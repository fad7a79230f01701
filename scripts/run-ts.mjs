// Runs a TypeScript program of this repository: `node scripts/run-ts.mjs bench/ui.ts [arguments]`.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { installDependencies, root } from './dependencies.mjs';

const [entry, ...rest] = process.argv.slice(2);
installDependencies();
const outfile = path.join(root, '.cache/run-ts', `${path.basename(entry, '.ts')}.mjs`);
await build({
  entryPoints: [path.resolve(root, entry)],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  sourcemap: 'inline',
  logLevel: 'error',
  // Programs find their files from the root of the repository, wherever they are bundled to.
  define: { REPOSITORY_ROOT: JSON.stringify(root), AUTODIDACT_VERSION: '"bench"' },
});
process.argv = [process.argv[0], outfile, ...rest];
await import(pathToFileURL(outfile).href);
