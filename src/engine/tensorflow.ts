/** The `tensorflow` engine: @tensorflow/tfjs-node, whose native addon has an installer of its own. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine, Problem } from './engine.js';

const require = createRequire(import.meta.url);

/** Beside the program, or in the folder where the extension installs it, whose path it hands to its processes. */
function resolve(name: string): string {
  const folder = process.env.AUTODIDACT_TENSORFLOW;
  if (folder !== undefined && existsSync(path.join(folder, 'node_modules', '@tensorflow/tfjs-node')))
    return createRequire(path.join(folder, 'package.json')).resolve(name);
  return require.resolve(name);
}

const REMEDY =
  'Run `npm run engine:tensorflow`, or in VS Code the command "Autodidact: Install TensorFlow Engine": both download TensorFlow.';

/** Why the addon cannot be loaded, if so. */
function problem(): Problem | undefined {
  let root: string;
  try {
    root = path.dirname(resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return { reason: '@tensorflow/tfjs-node is not installed', remedy: REMEDY };
  }
  // The addon is built against a version of Node's interface that its package.json lists; 8 is the newest.
  if (existsSync(path.join(root, 'lib', 'napi-v8', 'tfjs_binding.node'))) return undefined;
  return {
    reason: 'the native addon of @tensorflow/tfjs-node is not installed',
    remedy: REMEDY,
  };
}

export const tensorflow: Engine = {
  name: 'tensorflow',
  problem: async () => problem(),
  trial: () => `
    require('node:util').isNullOrUndefined ??= (value) => value == null;
    const tf = require(${JSON.stringify(resolve('@tensorflow/tfjs-node'))});
    tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync();`,
  async start() {
    const missing = problem();
    if (missing !== undefined) throw new Error(missing.reason);
    // tfjs-node 4.22 calls this function, which Node 23 removed.
    const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    const { version } = require(resolve('@tensorflow/tfjs-node')) as { version: Record<string, string> };
    if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow did not start');
    await tf.ready();
    return { version: version['tfjs-node'] ?? '', threads: availableParallelism() };
  },
};
