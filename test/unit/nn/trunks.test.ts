import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../../src/engine/index.js';
import { Random } from '../../../src/experiment/random.js';
import { alexnet } from '../../../src/nn/alexnet.js';
import { gradientsOf } from '../../../src/nn/gradients.js';
import { resnet34 } from '../../../src/nn/resnet.js';

beforeAll(async () => {
  await startEngine('wasm');
});

test.each([
  ['alexnet', alexnet({ width: 1 / 32 }), 8, [3, 8, 12, 12, 8]],
  ['resnet34', resnet34({ width: 2 }), 16, [2, 4, 8, 16]],
] as const)(
  '%s gives features and maps of the sizes it says, and every variable takes part',
  (_, part, features, channels) => {
    const encoder = part.build([12, 12, 3], Random.fromSeed(1));
    const input = tf.randomNormal([4, 12, 12, 3], 0, 1, 'float32', 3);
    expect(encoder.features).toBe(features);
    expect(encoder.apply(input, { training: true }).shape).toEqual([4, features]);
    expect(encoder.maps?.stages.map((stage) => stage.channels)).toEqual(channels);
    encoder.maps?.apply(input, { training: false }).forEach(({ shape }, i) => {
      const { stride, channels: depth } = encoder.maps!.stages[i]!;
      expect(shape).toEqual([4, Math.ceil(12 / stride), Math.ceil(12 / stride), depth]);
    });
    const trainable = encoder.variables().filter((variable) => variable.trainable);
    const { gradients } = gradientsOf(trainable, () =>
      tf.sum(tf.square(tf.sub(encoder.apply(input, { training: true }), 1))),
    );
    gradients.forEach((gradient, i) => {
      expect(tf.max(tf.abs(gradient)).dataSync()[0], trainable[i]!.name).toBeGreaterThan(0);
    });
  },
);
