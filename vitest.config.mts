import { defineConfig } from 'vitest/config';

// Node cannot load the modules of TensorFlow.js one by one, and its gradients are only to be had that way.
const tensorflow = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core/dist/register_all_gradients.js',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
];

export default defineConfig({
  define: { AUTODIDACT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', globalSetup: 'scripts/kernels.mjs', silent: 'passed-only', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, deps: { optimizer: { ssr: { enabled: true, include: tensorflow } } } } },
      // Tests of real processes use dist/: `npm run build` first.
      // A real VS Code in headless Chromium: `npm run test:vscode` prepares it.
      { extends: true, test: { name: 'vscode', include: ['test/vscode/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false, expect: { poll: { timeout: 60_000, interval: 200 } } } },
      { extends: true, test: { name: 'process', include: ['test/process/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
