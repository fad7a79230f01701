import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { Encoder } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { dropout, dropoutMask } from '../../../src/nn/dropout.js';
import { gelu } from '../../../src/nn/gelu.js';
import { layerNorm } from '../../../src/nn/layer-norm.js';
import { learningRateAt } from '../../../src/nn/schedule.js';
import { transformer, transformerEncoder } from '../../../src/nn/transformer.js';
import { disposeVariables } from '../../../src/nn/variables.js';
import { draws, onBackends } from '../backends.js';
import { expectGradient } from '../gradient-check.js';

const inference = { training: false };
const random = () => Random.fromSeed(7);
const small = { vocabulary: 7, length: 5, layers: 2, width: 4, heads: 2, dropout: 0, pool: 'mean' } as const;
/** A scalar that depends on every element of a tensor in its own way. */
const mixed = (y: tf.Tensor) => tf.sum(tf.mul(y, draws(99, y.shape)));
const inputs = () =>
  tf.stack(
    [
      tf.tensor2d(
        [
          [2, 5, 6, 3, 0],
          [2, 4, 3, 5, 3],
        ],
        undefined,
        'int32',
      ),
      tf.tensor2d(
        [
          [0, 0, 0, 0, 0],
          [0, 0, 0, 1, 1],
        ],
        undefined,
        'int32',
      ),
    ],
    2,
  );

/** The weights that test/golden/transformer.py computes with. */
const formula = (number: number, shape: number[], scale: boolean) => {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from(
    { length: size },
    (_, j) => Math.sin(1 + 7 * number + 0.37 * j) / 3 + (scale ? 1 : 0),
  );
  return tf.tensor(values, shape);
};

onBackends('transformer', () => {
  it('computes what PyTorch’s encoder does, and so are the gradients of all its weights', () => {
    const golden = JSON.parse(readFileSync('test/golden/transformer.json', 'utf8')) as {
      tokens: number[];
      gradients: number[][];
    };
    const encoder = transformerEncoder(random(), small);
    encoder.variables().forEach(({ name, variable }, i) => {
      variable.assign(formula(i, variable.shape, name.endsWith('scale')));
    });
    const visible = tf.expandDims(tf.cast(tf.notEqual(tf.unstack(inputs(), 2)[0]!, 0), 'float32'), 2);
    const weights = formula(500, [2, 5, 4], false);
    const tokens = () => tf.mul(encoder.tokens!.apply(inputs(), inference), visible);
    tokens()
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(golden.tokens[i]!, 4);
      });
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(tokens(), weights)));
    encoder.variables().forEach(({ variable }, i) => {
      grads[variable.name]!.dataSync().forEach((value, j) => {
        expect(value).toBeCloseTo(golden.gradients[i]![j]!, 3);
      });
    });
    disposeVariables(encoder);
  });

  it('does not look at padding, and gives it no part in the features', () => {
    const encoder = transformerEncoder(random(), { ...small, length: 8 });
    const shorter = transformerEncoder(random(), small);
    const padded = tf.pad(inputs(), [
      [0, 0],
      [0, 3],
      [0, 0],
    ]);
    // The same tables of positions, but for the last rows.
    const from = encoder.variables()[1]!.variable;
    shorter.variables()[1]!.variable.assign(tf.slice(from, [0, 0], [5, 4]));
    for (const [i, { variable }] of shorter.variables().entries())
      if (i !== 1) variable.assign(encoder.variables()[i]!.variable);
    const [long, short] = [encoder.apply(padded, inference), shorter.apply(inputs(), inference)];
    expect(long.shape).toEqual([2, 4]);
    expect(tf.max(tf.abs(tf.sub(long, short))).dataSync()[0]).toBeLessThan(1e-5);
    const attention = encoder.tokens!.attention!(padded);
    expect(attention.shape).toEqual([2, 2, 8, 8]);
    expect(tf.max(tf.slice(attention, [0, 0, 0, 5], [-1, -1, -1, 3])).dataSync()[0]).toBe(0);
    expect(tf.max(tf.abs(tf.sub(tf.sum(attention, 3), 1))).dataSync()[0]).toBeLessThan(1e-5);
    disposeVariables(encoder);
    disposeVariables(shorter);
  });

  it('learns a number for each distance and head, the same wherever the two tokens are', () => {
    const encoder = transformerEncoder(random(), { ...small, layers: 1, distances: true });
    const { variable } = encoder.variables().find(({ name }) => name.endsWith('distance'))!;
    expect(variable.shape).toEqual([9, 2]);
    // Head 0 wants the next token, head 1 the one before.
    const wanted = tf.buffer([9, 2]);
    wanted.set(50, 5, 0);
    wanted.set(50, 3, 1);
    variable.assign(wanted.toTensor());
    const weights = encoder.tokens!.attention!(inputs()).arraySync() as number[][][][];
    for (let at = 1; at < 4; at++) {
      expect(weights[1]![0]![at]![at + 1]).toBeGreaterThan(0.99);
      expect(weights[1]![1]![at]![at - 1]).toBeGreaterThan(0.99);
    }
    disposeVariables(encoder);
  });

  it('layer norm has the mean and deviation of each row, and the gradient of its definition', () => {
    const norm = layerNorm(3);
    const y = norm
      .apply(
        tf.tensor2d([
          [1, 2, 3],
          [10, 10, 40],
        ]),
        inference,
      )
      .dataSync();
    const root = Math.sqrt(1.5);
    [-root, 0, root, -Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2].forEach((value, i) => {
      expect(y[i]).toBeCloseTo(value, 4);
    });
    const [scale, offset] = norm.variables();
    scale!.variable.assign(tf.tensor1d([0.5, 2, -1]));
    offset!.variable.assign(tf.tensor1d([1, 0, 3]));
    expectGradient((x) => mixed(norm.apply(x, inference)), draws(1, [4, 3]));
    disposeVariables(norm);
  });

  it('gelu is x times the normal distribution function', () => {
    const y = gelu(tf.tensor1d([0, 1, -1, 3])).dataSync();
    [0, 0.8413447, -0.1586553, 2.9959503].forEach((value, i) => {
      expect(y[i]).toBeCloseTo(value, 5);
    });
    expectGradient((x) => mixed(gelu(x)), draws(3, [3, 4]));
  });

  it('dropout keeps the mean, repeats for the same draws and does nothing in inference', () => {
    const x = tf.ones([100, 100]);
    const once = (seed: number) => dropout(x, 0.25, { training: true, random: Random.fromSeed(seed) }).dataSync();
    const mask = once(1);
    const zeros = mask.filter((value) => value === 0).length;
    expect(Math.abs(zeros / 10_000 - 0.25)).toBeLessThan(0.02);
    expect(mask.find((value) => value !== 0)).toBeCloseTo(4 / 3, 6);
    expect(once(1)).toEqual(mask);
    expect(once(2)).not.toEqual(mask);
    expect(dropout(x, 0.25, inference)).toBe(x);
    // Masks of seeds that differ in one bit have nothing to do with each other.
    const [a, b] = [dropoutMask(10_000, 0.5, 2), dropoutMask(10_000, 0.5, 3)];
    const same = a.filter((value, i) => value === b[i]).length;
    expect(Math.abs(same / 10_000 - 0.5)).toBeLessThan(0.02);
  });
});

it('BERT-Tiny has the published number of weights, and starts as wide ones do', () => {
  // 4,385,920 with the pooler, which belongs to the method here, and with 30,522 tokens (google-research/bert, uncased_L-2_H-128_A-2).
  const encoder = (transformer() as unknown as Encoder).build([512, 2], random(), { vocabulary: 1000 });
  const count = encoder.variables().reduce((sum, { variable }) => sum + variable.size, 0);
  expect(count).toBe(4_385_920 - (128 * 128 + 128) - (30_522 - 1000) * 128);
  const { variable } = encoder.tokens!.table;
  const deviation = tf.tidy(() => tf.sqrt(tf.mean(tf.square(variable))).dataSync()[0]!);
  // 0.02 at a width of 768. Cut off at two deviations, a normal distribution has 0.8796 of its deviation.
  const wide = 0.02 * Math.sqrt(768 / 128);
  expect(deviation / wide).toBeCloseTo(0.8796, 2);
  expect(tf.tidy(() => tf.max(tf.abs(variable)).dataSync()[0])).toBeLessThanOrEqual(2 * wide);
  disposeVariables(encoder);
});

it('says what it can be used for', () => {
  const build = (options: object, shape: number[]) => () =>
    (transformer(options) as unknown as Encoder).build(shape, random(), { vocabulary: 10 });
  expect(build({ width: 10, heads: 3 }, [8, 2])).toThrow('width 10 is no multiple of heads 3; take 12');
  expect(build({}, [28, 28, 1])).toThrow('takes texts');
});

it('the linear schedule rises in warm-up and falls to 0', () => {
  const options = { learningRate: 1, schedule: 'linear', warmupEpochs: 1, milestones: [], gamma: 0.1 } as const;
  const at = (step: number) => learningRateAt(options, step, 30, 10);
  expect([0, 9, 10, 20, 29, 30].map(at)).toEqual([0.1, 1, 1, 0.5, 1 - 19 / 20, 0]);
});
