/** Bundles a program of the benchmark as the product is bundled: one copy of TensorFlow.js, its ES modules. */
import path from 'node:path';
import { build } from 'esbuild';

export async function bundle(root: string, program: string): Promise<string> {
  const outfile = path.join(root, '.cache/bench', `${program}.mjs`);
  await build({
    entryPoints: [path.join(root, 'bench/programs', `${program}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['esbuild', '@tensorflow/tfjs-node', 'onnxruntime-node'],
    define: { AUTODIDACT_VERSION: '"bench"' },
    logLevel: 'error',
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        'const require = __createRequire(import.meta.url);',
        "import { fileURLToPath as __fileURLToPath } from 'node:url';",
        "const __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));",
      ].join('\n'),
    },
  });
  return outfile;
}
