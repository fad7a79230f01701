import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Module } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { batchNorm } from '../../../src/nn/batch-norm.js';
import { convnet } from '../../../src/nn/convnet.js';
import { detached } from '../../../src/nn/detached.js';
import { l2Normalize } from '../../../src/nn/l2-normalize.js';
import { conv2d, globalAveragePool, linear } from '../../../src/nn/layers.js';
import { mlp } from '../../../src/nn/mlp.js';
import { resnet18 } from '../../../src/nn/resnet.js';
import { averageVariables, copyVariables, disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const training = { training: true };
const inference = { training: false };
const random = () => Random.fromSeed(7);
const names = (module: Module) => module.variables().map(({ name }) => name);
const valuesOf = (module: Module, name: string) =>
  Array.from(
    module
      .variables()
      .find((named) => named.name === name)!
      .variable.dataSync(),
  );

/** A scalar that depends on every element of a tensor in its own way. */
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));

onBackends('layers', () => {
  it('linear computes x kernel + bias', () => {
    const layer = linear(random(), 3, 2);
    const [kernel, bias] = layer.variables();
    kernel!.variable.assign(
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    bias!.variable.assign(tf.tensor1d([10, 20]));
    expect(
      layer
        .apply(
          tf.tensor2d([
            [1, 1, 1],
            [1, 0, -1],
          ]),
          training,
        )
        .arraySync(),
    ).toEqual([
      [19, 32],
      [6, 16],
    ]);
    disposeVariables(layer);
  });

  it('conv2d pads such that the output has ceil(length / stride) pixels', () => {
    for (const [length, stride, expected] of [
      [8, 1, 8],
      [8, 2, 4],
      [7, 2, 4],
      [28, 2, 14],
    ] as const) {
      const layer = conv2d(random(), { inputs: 1, filters: 2, stride });
      expect(layer.apply(tf.zeros([1, length, length, 1]), training).shape).toEqual([1, expected, expected, 2]);
      disposeVariables(layer);
    }
  });

  it('conv2d has the gradients that finite differences tell, for input and kernel', () => {
    for (const stride of [1, 2]) {
      const layer = conv2d(random(), { inputs: 2, filters: 3, stride, bias: true });
      const kernel = layer.variables()[0]!.variable;
      const x = draws(1, [2, 5, 5, 2]) as tf.Tensor4D;
      expectGradient((input) => mixed(layer.apply(input, training)), x);
      expectGradient((k) => mixed(tf.conv2d(x, k as tf.Tensor4D, stride, 'same')), kernel);
      disposeVariables(layer);
    }
  });

  it('globalAveragePool is the mean over pixels', () => {
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2]);
    expect(globalAveragePool().apply(x, training).arraySync()).toEqual([[3, 30]]);
    expectGradient((input) => mixed(globalAveragePool().apply(input, training)), draws(1, [2, 3, 3, 2]));
  });

  it('l2Normalize gives rows of length 1, and finite gradients at zero', () => {
    expect(
      l2Normalize(
        tf.tensor2d([
          [3, 4],
          [0, 0],
        ]),
      ).arraySync(),
    ).toEqual([
      [expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)],
      [0, 0],
    ]);
    expectGradient((x) => mixed(l2Normalize(x)), draws(1, [3, 4]));
    const gradient = tf
      .grad((x) => tf.sum(l2Normalize(x)))(tf.zeros([1, 3]))
      .dataSync();
    for (const value of gradient) expect(Number.isFinite(value)).toBe(true);
  });
});

onBackends('batch norm', () => {
  it('gives mean 0 and variance 1 per channel in training', () => {
    const layer = batchNorm(3);
    const x = tf.add(tf.mul(draws(1, [4, 5, 5, 3]), tf.tensor1d([1, 10, 0.1])), tf.tensor1d([5, -3, 100]));
    const { mean, variance } = tf.moments(layer.apply(x, training), [0, 1, 2]);
    for (const value of mean.dataSync()) expect(Math.abs(value)).toBeLessThan(1e-3);
    // The third channel has variance 0.01, to which epsilon adds a thousandth.
    for (const value of variance.dataSync()) expect(Math.abs(value - 1)).toBeLessThan(3e-3);
    disposeVariables(layer);
  });

  it('moves running averages by a tenth, with the population variance', () => {
    const layer = batchNorm(1);
    // Mean 3, population variance 2 (the unbiased one would be 2.5).
    const x = tf.tensor2d([[1], [2], [3], [4], [5]]);
    layer.apply(x, training);
    expect(valuesOf(layer, 'mean')[0]).toBeCloseTo(0.3, 6);
    expect(valuesOf(layer, 'variance')[0]).toBeCloseTo(0.9 + 0.2, 6);
    layer.apply(x, training);
    expect(valuesOf(layer, 'mean')[0]).toBeCloseTo(0.57, 6);
    expect(valuesOf(layer, 'variance')[0]).toBeCloseTo(0.99 + 0.2, 6);
    disposeVariables(layer);
  });

  it('uses the running averages in inference, and leaves them alone', () => {
    const layer = batchNorm(1);
    const assign = (name: string, value: number) =>
      layer
        .variables()
        .find((named) => named.name === name)!
        .variable.assign(tf.tensor1d([value]));
    assign('mean', 2);
    assign('variance', 4);
    assign('scale', 3);
    assign('offset', 1);
    const [y] = layer.apply(tf.tensor2d([[6]]), inference).dataSync();
    expect(y).toBeCloseTo((3 * (6 - 2)) / Math.sqrt(4 + 1e-5) + 1, 5);
    expect(valuesOf(layer, 'mean')).toEqual([2]);
    disposeVariables(layer);
  });

  it('has the gradients that finite differences tell, for input, scale and offset', () => {
    const layer = batchNorm(2);
    const [, , scale, offset] = layer.variables();
    scale!.variable.assign(tf.tensor1d([1.5, 0.7]));
    const x = draws(1, [3, 2, 2, 2]);
    expectGradient((input) => mixed(tf.square(layer.apply(input, training))), x);
    for (const { variable } of [scale!, offset!]) {
      const { grads } = tf.variableGrads(() => mixed(tf.square(layer.apply(x, training))) as tf.Scalar, [variable]);
      const at = (change: number[]) =>
        tf.tidy(() => {
          const kept = tf.clone(variable);
          variable.assign(tf.add(kept, tf.tensor1d(change)));
          const [value] = mixed(tf.square(layer.apply(x, training))).dataSync();
          variable.assign(kept);
          return value!;
        });
      const expected = [
        [0.01, 0],
        [0, 0.01],
      ].map((step) => (at(step) - at(step.map((s) => -s))) / 0.02);
      const actual = grads[variable.name]!.dataSync();
      expected.forEach((value, i) => {
        expect(Math.abs(value - actual[i]!)).toBeLessThan(1e-2 * Math.max(...expected.map(Math.abs)));
      });
    }
    disposeVariables(layer);
  });

  it('normalizes each part of a split batch by itself, and follows the mean of their statistics', () => {
    const [whole, parted] = [batchNorm(3), batchNorm(3)];
    const x = draws(2, [6, 2, 2, 3]);
    const split = { training: true, normSplits: 3 };
    const expected = tf.concat(tf.split(x, 3).map((part) => whole.apply(part, training)));
    expect(tf.max(tf.abs(tf.sub(parted.apply(x, split), expected))).dataSync()[0]).toBeLessThan(1e-6);
    const means = tf.split(x, 3).map((part) => tf.mean(part, [0, 1, 2]).dataSync()[0]!);
    expect(valuesOf(parted, 'mean')[0]).toBeCloseTo((0.1 * (means[0]! + means[1]! + means[2]!)) / 3, 6);
    const halves = { training: true, normSplits: 2 };
    expectGradient((input) => mixed(tf.square(parted.apply(input, halves))), draws(3, [8, 3]));
    expect(() => parted.apply(x, { training: true, normSplits: 4 })).toThrow('6 samples into 4 equal parts');
    disposeVariables(whole);
    disposeVariables(parted);
  });

  it('lets NaN through, so that it is seen', () => {
    const layer = batchNorm(2);
    const y = layer
      .apply(
        tf.tensor2d([
          [1, Number.NaN],
          [2, 3],
          [4, 5],
        ]),
        training,
      )
      .arraySync() as number[][];
    expect(y.map(([, second]) => Number.isNaN(second))).toEqual([true, true, true]);
    expect(y.every(([first]) => Number.isFinite(first))).toBe(true);
    disposeVariables(layer);
  });
});

onBackends('detached', () => {
  it('lets no gradient through, and takes operations that have none', () => {
    const x = tf.tensor1d([3, 1, 2]);
    const masked = (input: tf.Tensor) => {
      const mask = detached(input, (own) => tf.cast(tf.greater(own, tf.min(tf.topk(own, 2).values)), 'float32'));
      return tf.sum(tf.mul(mask, tf.square(input)));
    };
    expect([...tf.grad(masked)(x).dataSync()]).toEqual([6, 0, 0]);
  });
});

onBackends('networks', () => {
  it('convnet: shapes, names and features', () => {
    const net = convnet({ widths: [4, 6], strides: [1, 2] }).build([9, 9, 3], random());
    expect(net.features).toBe(6);
    expect(net.apply(draws(1, [2, 9, 9, 3]), training).shape).toEqual([2, 6]);
    expect(names(net)).toEqual([
      'conv1/kernel',
      'norm1/mean',
      'norm1/variance',
      'norm1/scale',
      'norm1/offset',
      'conv2/kernel',
      'norm2/mean',
      'norm2/variance',
      'norm2/scale',
      'norm2/offset',
    ]);
    expect(
      net
        .variables()
        .filter(({ decay }) => decay)
        .map(({ name }) => name),
    ).toEqual(['conv1/kernel', 'conv2/kernel']);
    disposeVariables(net);
  });

  it('resnet18: 20 convolutions, 8 times its width as features, spatial size / 8', () => {
    const net = resnet18({ width: 2 }).build([16, 16, 3], random());
    expect(net.features).toBe(16);
    expect(net.apply(draws(1, [2, 16, 16, 3]), training).shape).toEqual([2, 16]);
    // Stem, 8 blocks of two, and 3 shortcuts that change the shape.
    expect(net.variables().filter(({ decay }) => decay)).toHaveLength(1 + 16 + 3);
    expect(new Set(names(net)).size).toBe(net.variables().length);
    disposeVariables(net);
  });

  it('resnet18 of the published width has 11.2 million weights', () => {
    const net = resnet18().build([32, 32, 3], random());
    const count = net.variables().reduce((sum, { variable, trainable }) => sum + (trainable ? variable.size : 0), 0);
    // torchvision's resnet18 without its classifier, 11,176,512, whose 7x7 stem has 64 * 3 * (49 - 9) more.
    expect(count).toBe(11_176_512 - 64 * 3 * (49 - 9));
    disposeVariables(net);
  });

  it('mlp: norms replace biases', () => {
    const plain = mlp(random(), 5, [4, 3]);
    expect(names(plain)).toEqual(['linear1/kernel', 'linear1/bias', 'linear2/kernel', 'linear2/bias']);
    const normed = mlp(random(), 5, [4, 3], { norm: true, lastNorm: false });
    expect(names(normed).filter((name) => name.startsWith('linear'))).toEqual([
      'linear1/kernel',
      'linear2/kernel',
      'linear2/bias',
    ]);
    expect(normed.apply(draws(1, [2, 5]), training).shape).toEqual([2, 3]);
    const lastToo = mlp(random(), 5, [4, 3], { norm: true });
    expect(names(lastToo).filter((name) => name.endsWith('scale'))).toHaveLength(2);
    for (const module of [plain, normed, lastToo]) disposeVariables(module);
  });

  it('gradients reach every trainable variable', () => {
    const net = resnet18({ width: 2 }).build([8, 8, 1], random());
    const trainable = net.variables().filter(({ trainable }) => trainable);
    const { grads } = tf.variableGrads(
      () => mixed(net.apply(draws(1, [4, 8, 8, 1]), training)) as tf.Scalar,
      trainable.map(({ variable }) => variable),
    );
    for (const { name, variable } of trainable)
      expect([name, grads[variable.name]!.dataSync().some((value) => value !== 0)]).toEqual([name, true]);
    disposeVariables(net);
  });

  it('the same seed gives the same weights, another seed others; their variance is 2 / fanIn', () => {
    const weights = (seed: number) => {
      const net = convnet({ widths: [8, 64] }).build([8, 8, 3], Random.fromSeed(seed));
      const values = valuesOf(net, 'conv2/kernel');
      disposeVariables(net);
      return values;
    };
    const values = weights(1);
    expect(weights(1)).toEqual(values);
    expect(weights(2)).not.toEqual(values);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(variance / (2 / (9 * 8))).toBeCloseTo(1, 1);
  });

  it('copies and averages the variables of a network', () => {
    const [source, target] = [1, 2].map((seed) => convnet({ widths: [2] }).build([4, 4, 1], Random.fromSeed(seed)));
    const initial = valuesOf(target!, 'conv1/kernel');
    source!.apply(draws(1, [3, 4, 4, 1]), training);
    averageVariables(source!, target!, 0.9);
    valuesOf(target!, 'conv1/kernel').forEach((value, i) => {
      expect(value).toBeCloseTo(0.9 * initial[i]! + 0.1 * valuesOf(source!, 'conv1/kernel')[i]!, 6);
    });
    expect(valuesOf(target!, 'norm1/mean')).toEqual([0, 0]);
    copyVariables(source!, target!);
    for (const name of names(source!)) expect(valuesOf(target!, name)).toEqual(valuesOf(source!, name));
    const other = convnet({ widths: [2, 2] }).build([4, 4, 1], random());
    expect(() => copyVariables(source!, other)).toThrow('same variables');
    for (const module of [source!, target!, other]) disposeVariables(module);
  });
});

describe('encoders', () => {
  it('name what they do not take', () => {
    expect(() => convnet().build([784], random())).toThrow('pictures');
    expect(() => convnet({ widths: [] })).toThrow('widths');
    expect(() => resnet18({ width: 0 })).toThrow('width');
  });
});
