import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { startEngine } from '../../src/engine/index.js';
import { Random } from '../../src/experiment/random.js';

/** Runs a suite on the wasm engine and on TensorFlow.js's reference backend. No test may leave a tensor behind. */
export function onBackends(name: string, suite: () => void): void {
  describe.each(['wasm', 'cpu'])(`${name} on %s`, (backend) => {
    let before = 0;
    beforeAll(async () => {
      tf.enableProdMode();
      if (backend === 'wasm') await startEngine('wasm');
      else await tf.setBackend(backend);
    });
    beforeEach(() => {
      tf.engine().startScope();
      before = tf.memory().numTensors;
    });
    afterEach(() => {
      tf.engine().endScope();
      expect(tf.memory().numTensors).toBe(before);
    });
    suite();
  });
}

/** Normal draws of this shape. */
export function draws(seed: number, shape: number[]): tf.Tensor {
  const random = Random.fromSeed(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
    'float32',
  );
}
