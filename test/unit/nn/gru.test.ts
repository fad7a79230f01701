import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Random } from '../../../src/experiment/random.js';
import { gru } from '../../../src/nn/gru.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient, expectVariableGradient } from '../gradient-check.js';

const training = { training: true };
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const { gru: golden } = JSON.parse(readFileSync(new URL('../../golden/cpc.json', import.meta.url), 'utf8'));

onBackends('GRU', () => {
  it('gives the states of PyTorch’s GRU', () => {
    const cell = gru(Random.fromSeed(1), 2, 3);
    for (const { name, variable } of cell.variables()) variable.assign(tf.tensor(golden[name], variable.shape));
    const states = cell.apply(tf.tensor3d(golden.x, [2, 5, 2]), training).dataSync();
    golden.states.forEach((expected: number, i: number) => {
      expect(states[i]).toBeCloseTo(expected, 5);
    });
    disposeVariables(cell);
  });

  it('follows its equations, written for one unit and one input', () => {
    const cell = gru(Random.fromSeed(1), 1, 1);
    const [kernel, recurrent, bias, recurrentBias] = cell.variables().map(({ variable }) => variable);
    kernel!.assign(tf.tensor2d([[0.5, -1, 2]]));
    recurrent!.assign(tf.tensor2d([[1, 0.3, -0.7]]));
    bias!.assign(tf.tensor1d([0.1, 0.2, 0.3]));
    recurrentBias!.assign(tf.tensor1d([-0.1, 0.4, 0.6]));
    const inputs = [0.8, -1.5, 0.3];
    let h = 0;
    const expected = inputs.map((x) => {
      const r = sigmoid(0.5 * x + 0.1 + h - 0.1);
      const z = sigmoid(-x + 0.2 + 0.3 * h + 0.4);
      const n = Math.tanh(2 * x + 0.3 + r * (-0.7 * h + 0.6));
      h = (1 - z) * n + z * h;
      return h;
    });
    const states = cell.apply(tf.tensor3d(inputs, [1, 3, 1]), training).dataSync();
    expected.forEach((value, t) => {
      expect(states[t]).toBeCloseTo(value, 5);
    });
    disposeVariables(cell);
  });

  it('has the gradients that finite differences tell, through time, for the input and each variable', () => {
    const cell = gru(Random.fromSeed(2), 2, 3);
    const x = draws(1, [2, 4, 2]);
    expectGradient((input) => mixed(cell.apply(input, training)), x);
    for (const { variable } of cell.variables()) expectVariableGradient(() => mixed(cell.apply(x, training)), variable);
    disposeVariables(cell);
  });

  it('does not see the future: a state has no gradient in later inputs, and has one in its own and earlier ones', () => {
    const cell = gru(Random.fromSeed(3), 2, 3);
    const slope = tf.grad((x) => mixed(tf.slice(cell.apply(x, training), [0, 2, 0], [1, 1, 3])))(draws(5, [1, 5, 2]));
    expect(tf.greater(tf.sum(tf.abs(slope), 2), 0).arraySync()).toEqual([[1, 1, 1, 0, 0]]);
    disposeVariables(cell);
  });
});
