import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { NamedVariable, Optimizer } from '../../../src/experiment/contracts.js';
import { adam, adamW, lars, sgd } from '../../../src/nn/optimizers.js';
import { onBackends } from '../backends.js';

const GRADIENTS = [
  [0.5, -1],
  [0.25, 2],
  [-1, 0.125],
];
const START = [1, -2];

const named = (name: string, values: number[], decay: boolean): NamedVariable => ({
  name,
  variable: tf.variable(tf.tensor1d(values)),
  trainable: true,
  decay,
});

/** Values of a kernel and of a bias that both start at START, after each of GRADIENTS. */
function trajectory(optimizer: Optimizer, rate: number): { kernel: number[][]; bias: number[][] } {
  const variables = [named('kernel', START, true), named('bias', START, false)];
  const state = optimizer.create(variables);
  const result = { kernel: [] as number[][], bias: [] as number[][] };
  for (const gradient of GRADIENTS) {
    state.apply([tf.tensor1d(gradient), tf.tensor1d(gradient)], rate);
    for (const { name, variable } of variables) result[name as 'kernel' | 'bias'].push(Array.from(variable.dataSync()));
  }
  expect(state.slots()[0]).toMatchObject({ name: 'step', trainable: false });
  expect(Array.from(state.slots()[0]!.variable.dataSync())).toEqual([3]);
  state.dispose();
  tf.dispose(variables.map(({ variable }) => variable));
  return result;
}

/** The same, element by element in plain numbers, from a rule with its own memory. */
function expected(rule: () => (weight: number, gradient: number) => number): number[][] {
  const rules = START.map(rule);
  let weights = START;
  return GRADIENTS.map((gradient) => {
    weights = weights.map((weight, i) => rules[i]!(weight, gradient[i]!));
    return weights;
  });
}

function expectClose(actual: number[][], wanted: number[][]) {
  actual.flat().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted.flat()[i]!, 5);
  });
}

onBackends('optimizers', () => {
  it('sgd: v = 0.9 v + g, weights -= rate v; weight decay for kernels only', () => {
    // Momentum 0.9, gradients 0.5, 0.25, -1: v = 0.5, 0.7, -0.37; weights 1 - 0.05, - 0.07, + 0.037.
    const { bias, kernel } = trajectory(sgd({ weightDecay: 0.1 }), 0.1);
    expectClose(
      bias.map(([first]) => [first!]),
      [[0.95], [0.88], [0.917]],
    );
    const rule = (decay: number) => () => {
      let v = 0;
      return (w: number, g: number) => {
        v = 0.9 * v + g + decay * w;
        return w - 0.1 * v;
      };
    };
    expectClose(bias, expected(rule(0)));
    expectClose(kernel, expected(rule(0.1)));
  });

  it('sgd with Nesterov momentum looks ahead', () => {
    const { bias } = trajectory(sgd({ nesterov: true, momentum: 0.8, weightDecay: 0 }), 0.1);
    const rule = () => {
      let v = 0;
      return (w: number, g: number) => {
        v = 0.8 * v + g;
        return w - 0.1 * (g + 0.8 * v);
      };
    };
    expectClose(bias, expected(rule));
  });

  /** Kingma & Ba, algorithm 1, with the order of operations of torch.optim.Adam. */
  const adamRule = (rate: number, penalty: number, decoupled: number) => () => {
    let [m, v, t] = [0, 0, 0];
    return (w: number, gradient: number) => {
      const g = gradient + penalty * w;
      t += 1;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const shrunk = w * (1 - rate * decoupled);
      return shrunk - (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    };
  };

  it('adam: the first step is one learning rate against the sign, whatever the gradient', () => {
    const { bias, kernel } = trajectory(adam({ weightDecay: 0.1 }), 0.01);
    expectClose([bias[0]!], [[1 - 0.01, -2 + 0.01]]);
    expectClose(bias, expected(adamRule(0.01, 0, 0)));
    expectClose(kernel, expected(adamRule(0.01, 0.1, 0)));
  });

  it('adamW: weights shrink apart from the gradient, kernels only', () => {
    const { bias, kernel } = trajectory(adamW({ weightDecay: 0.1 }), 0.01);
    expectClose([kernel[0]!], [[1 * 0.999 - 0.01, -2 * 0.999 + 0.01]]);
    expectClose(bias, expected(adamRule(0.01, 0, 0)));
    expectClose(kernel, expected(adamRule(0.01, 0, 0.1)));
  });

  it('lars: steps of kernels are trust x rate x |w| / |g| long; biases take momentum steps', () => {
    const { bias, kernel } = trajectory(lars({ trust: 0.1, weightDecay: 0 }), 0.5);
    // The first step: |w| = sqrt(5), |g| = sqrt(1.25), so the rate is 0.5 x 0.1 x 2.
    expectClose([kernel[0]!], [[1 - 0.1 * 0.5, -2 + 0.1 * 1]]);
    let w = START;
    let v = [0, 0];
    const steps = GRADIENTS.map((g) => {
      const rate = (0.5 * 0.1 * Math.hypot(...w)) / Math.hypot(...g);
      v = v.map((x, i) => 0.9 * x + rate * g[i]!);
      w = w.map((x, i) => x - v[i]!);
      return w;
    });
    expectClose(kernel, steps);
    const rule = () => {
      let v = 0;
      return (w: number, g: number) => {
        v = 0.9 * v + 0.5 * g;
        return w - v;
      };
    };
    expectClose(bias, expected(rule));
  });

  it('lars takes a plain step where weights or gradient are 0', () => {
    for (const [weights, gradient] of [
      [
        [0, 0],
        [1, 1],
      ],
      [
        [1, 1],
        [0, 0],
      ],
    ] as [number[], number[]][]) {
      const variable = named('kernel', weights, true);
      const state = lars({ weightDecay: 0 }).create([variable]);
      state.apply([tf.tensor1d(gradient)], 0.5);
      expectClose([Array.from(variable.variable.dataSync())], [weights.map((w, i) => w - 0.5 * gradient[i]!)]);
      state.dispose();
      variable.variable.dispose();
    }
  });

  it('goes on from saved slots as if it had not stopped', () => {
    for (const optimizer of [sgd(), adam(), adamW(), lars()]) {
      const steps = (count: number, from?: number[][]) => {
        const variable = named('kernel', from?.[0] ?? START, true);
        const state = optimizer.create([variable]);
        const all = [variable, ...state.slots()];
        from?.forEach((values, i) => {
          all[i]!.variable.assign(tf.tensor(values, all[i]!.variable.shape));
        });
        for (let i = 3 - count; i < 3; i++) state.apply([tf.tensor1d(GRADIENTS[i]!)], 0.01);
        const values = all.map(({ variable }) => Array.from(variable.dataSync()));
        state.dispose();
        variable.variable.dispose();
        return values;
      };
      const variable = named('kernel', START, true);
      const state = optimizer.create([variable]);
      state.apply([tf.tensor1d(GRADIENTS[0]!)], 0.01);
      const saved = [variable, ...state.slots()].map(({ variable }) => Array.from(variable.dataSync()));
      expect(steps(2, saved)).toEqual(steps(3));
      expect(new Set(state.slots().map(({ name }) => name)).size).toBe(state.slots().length);
      state.dispose();
      variable.variable.dispose();
    }
  });

  it('does not grow: as many tensors after ten steps as after one', () => {
    for (const optimizer of [sgd({ nesterov: true }), adam(), adamW(), lars()]) {
      const variable = named('kernel', START, true);
      const state = optimizer.create([variable]);
      const gradient = tf.tensor1d([0.1, 0.2]);
      state.apply([gradient], 0.1);
      const { numTensors, numDataBuffers } = tf.memory();
      for (let i = 0; i < 10; i++) state.apply([gradient], 0.1);
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
      state.dispose();
      variable.variable.dispose();
    }
  });
});

describe('schedules', () => {
  const rates = (optimizer: Optimizer, steps: number[]) => steps.map((step) => optimizer.learningRate(step, 100, 10));

  it('cosine falls from the full rate to 0 at the end', () => {
    const [start, quarter, half, end] = rates(sgd({ learningRate: 2 }), [0, 25, 50, 100]);
    expect(start).toBe(2);
    expect(quarter).toBeCloseTo(1 + Math.SQRT1_2, 12);
    expect(half).toBeCloseTo(1, 12);
    expect(end).toBeCloseTo(0, 12);
  });

  it('warm-up rises linearly, then the schedule begins', () => {
    const [first, second, last, full, half] = rates(adam({ learningRate: 1, warmupEpochs: 2 }), [0, 1, 19, 20, 60]);
    expect([first, second, last, full]).toEqual([0.05, 0.1, 1, 1]);
    expect(half).toBeCloseTo(0.5, 12);
    expect(rates(adam({ learningRate: 1, warmupEpochs: 2, schedule: 'constant' }), [20, 99])).toEqual([1, 1]);
  });

  it('steps at milestones, counted in epochs', () => {
    const optimizer = sgd({ learningRate: 1, schedule: 'step', milestones: [3, 5], gamma: 0.5 });
    expect(rates(optimizer, [0, 29, 30, 49, 50, 99])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('SimCLR with LARS: base rate 0.3 and ten epochs of warm-up', () => {
    expect(lars().learningRate(9, 1000, 1)).toBe(0.3);
    expect(lars().learningRate(0, 1000, 1)).toBeCloseTo(0.03, 12);
  });
});
