// Builds everything into dist/. `node esbuild.mjs` once, `--watch` while developing, `--production` for the package.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, context } from 'esbuild';
import compileKernels from './scripts/kernels.mjs';
import { writeUserTypes } from './scripts/user-types.mjs';

const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: true,
  logLevel: 'warning',
  define: { AUTODIDACT_VERSION: JSON.stringify(version) },
};

/** Node programs share one tfjs and one registry of parts, so they are split into common chunks beside each other. */
const programs = {
  ...common,
  entryPoints: {
    autodidact: 'src/autodidact.ts',
    trainer: 'src/trainer/main.ts',
    previewer: 'src/trainer/previewer.ts',
    'view-worker': 'src/trainer/view-worker.ts',
    'decode-worker': 'src/data/decode-worker.ts',
    cli: 'src/cli/main.ts',
  },
  outdir: 'dist',
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  splitting: true,
  platform: 'node',
  target: 'node20',
  external: ['esbuild', '@tensorflow/tfjs-node', 'onnxruntime-node'],
  // ES modules first: one copy of TensorFlow.js, whose gradients and chained operations exist as ES modules only.
  mainFields: ['module', 'main'],
  // Some dependencies are written for CommonJS: they call require() for Node's own modules and look at their folder.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      "import { dirname as __folderOf } from 'node:path';",
      "import { fileURLToPath as __fileURLToPath } from 'node:url';",
      'const require = __createRequire(import.meta.url);',
      'const __filename = __fileURLToPath(import.meta.url);',
      'const __dirname = __folderOf(__filename);',
    ].join('\n'),
  },
};

const extension = {
  ...common,
  entryPoints: { extension: 'src/extension/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
};

const webviews = {
  ...common,
  entryPoints: { preview: 'webview/preview/main.ts', pairs: 'webview/pairs/main.ts', charts: 'webview/charts/main.ts' },
  outdir: 'dist/webview',
  format: 'esm',
  platform: 'browser',
  target: 'chrome128',
  tsconfig: 'webview/tsconfig.json',
  loader: { '.ttf': 'file' },
};

/** TypeScript's language server loads it by its name from the extension's node_modules. */
const pluginFolder = 'node_modules/autodidact-typescript-plugin';
const plugin = {
  ...common,
  entryPoints: { index: 'src/extension/typescript-plugin.ts' },
  outdir: pluginFolder,
  sourcemap: false,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  footer: { js: 'module.exports = module.exports.default;' },
};

async function writePluginManifest() {
  const manifest = { name: 'autodidact-typescript-plugin', version, main: './index.js', license: 'MIT' };
  await mkdir(path.join(root, pluginFolder), { recursive: true });
  await writeFile(path.join(root, pluginFolder, 'package.json'), `${JSON.stringify(manifest)}\n`);
}

async function copyAssets() {
  await mkdir(path.join(root, 'dist/wasm'), { recursive: true });
  for (const file of [
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    '@jsquash/webp/codec/dec/webp_dec.wasm',
  ]) {
    await cp(path.join(root, 'node_modules', file), path.join(root, 'dist/wasm', path.basename(file)));
  }
}

await rm(path.join(root, 'dist'), { recursive: true, force: true });
await copyAssets();
await compileKernels();
await writePluginManifest();
for (const target of [programs, extension, webviews, plugin]) {
  if (watch) await (await context(target)).watch();
  else await build(target);
}
await writeUserTypes(programs);
if (watch) console.log('[watch] build finished');
