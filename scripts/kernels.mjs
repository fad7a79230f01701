// Compiles src/augment/kernels (AssemblyScript) to dist/wasm/augment.wasm, unless that is newer than they are.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { main } from 'assemblyscript/asc';
import { root } from './dependencies.mjs';

const sources = path.join(root, 'src/augment/kernels');
const outFile = path.join(root, 'dist/wasm/augment.wasm');
const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--use', 'abort='];

// Unit tests, which run the sources, have it as their global setup.
export default async function compileKernels() {
  const changed = Math.max(...readdirSync(sources).map((name) => statSync(path.join(sources, name)).mtimeMs));
  if (existsSync(outFile) && statSync(outFile).mtimeMs > changed) return;
  mkdirSync(path.dirname(outFile), { recursive: true });
  const { error, stderr } = await main([
    'src/augment/kernels/index.ts',
    '--baseDir',
    root,
    '--outFile',
    outFile,
    ...options,
  ]);
  if (error) throw new Error(`${stderr}`, { cause: error });
}
