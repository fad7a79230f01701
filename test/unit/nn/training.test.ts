import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { NamedVariable, Optimizer } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { ntXent } from '../../../src/losses/nt-xent.js';
import { convnet } from '../../../src/nn/convnet.js';
import { mlp } from '../../../src/nn/mlp.js';
import { adam, lars, sgd } from '../../../src/nn/optimizers.js';
import { resnet18 } from '../../../src/nn/resnet.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';

/** Trains a small network on one batch with NT-Xent; losses of all steps, and weights in the end. */
function train(network: 'convnet' | 'resnet', optimizer: Optimizer, rate: number, steps: number) {
  const random = Random.fromSeed(3);
  const shape = [8, 8, 2];
  const part = network === 'convnet' ? convnet({ widths: [4, 8] }) : resnet18({ width: 2 });
  const encoder = part.build(shape, random.at(0));
  const head = mlp(random.at(1), encoder.features, [8, 4], { norm: true });
  const variables: NamedVariable[] = [encoder, head].flatMap((module, m) =>
    module.variables().map((named) => ({ ...named, name: `${m}/${named.name}` })),
  );
  const trainable = variables.filter(({ trainable }) => trainable);
  const state = optimizer.create(trainable);
  const pictures = draws(5, [8, ...shape]);
  const batch = tf.concat([pictures, tf.add(pictures, tf.mul(draws(6, [8, ...shape]), 0.3))]);
  const tensors: number[] = [];
  const losses = Array.from({ length: steps }, () => {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => ntXent(head.apply(encoder.apply(batch, { training: true }), { training: true }) as tf.Tensor2D, 0.5).loss,
        trainable.map(({ variable }) => variable),
      );
      state.apply(
        trainable.map(({ variable }) => grads[variable.name]!),
        rate,
      );
      return value.dataSync()[0]!;
    });
    tensors.push(tf.memory().numTensors);
    return loss;
  });
  expect(new Set(tensors).size).toBe(1);
  const weights = variables.map(({ variable }) => Array.from(variable.dataSync()));
  state.dispose();
  for (const module of [encoder, head]) disposeVariables(module);
  return { losses, weights };
}

onBackends('training', () => {
  it.each([
    ['convnet', adam(), 1e-2],
    ['convnet', sgd(), 0.05],
    ['convnet', lars({ trust: 0.02 }), 0.5],
    ['resnet', adam(), 1e-2],
  ] as const)('a %s learns a batch, and no tensor stays behind (%#)', (network, optimizer, rate) => {
    const { losses } = train(network, optimizer, rate, 12);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.3);
  });

  it('gives the same weights twice', () => {
    const [first, second] = [1, 2].map(() => train('convnet', adam(), 1e-2, 4));
    expect(second).toEqual(first);
  });

  it('takes the same course on every engine', () => {
    // Computed with the wasm engine; the reference backend has to agree within rounding.
    const { losses } = train('convnet', sgd(), 0.01, 4);
    courses.push(losses);
    for (const course of courses) {
      course.forEach((loss, step) => {
        expect(loss).toBeCloseTo(courses[0]![step]!, 4);
      });
    }
  });
});

const courses: number[][] = [];
