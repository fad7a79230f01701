import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import '../../../src/engine/gradients.js';
import type { Batch, BuildContext, EncoderModule, MethodModel } from '../../../src/experiment/contracts.js';
import type { Experiment } from '../../../src/experiment/experiment.js';
import { clipped, globalNorm, gradientsOf } from '../../../src/nn/gradients.js';
import { sgd } from '../../../src/nn/optimizers.js';
import { buildModel } from '../../../src/trainer/model.js';
import { Stepper } from '../../../src/trainer/step.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

/** An encoder with one weight of shape [1], times its input. */
function scale(): EncoderModule {
  const variable = tf.variable(tf.tensor1d([3]));
  const used = { name: 'weight', variable, trainable: true, decay: true };
  const unused = { name: 'unused', variable: tf.variable(tf.tensor1d([1])), trainable: true, decay: true };
  return { features: 1, variables: () => [used, unused], apply: (input) => tf.mul(input, variable) };
}

type Build = (encoder: EncoderModule, context: { state(name: string, initial: tf.Tensor): tf.Variable }) => MethodModel;
const experimentWith = (build: Build, options: object = {}): Experiment => {
  const experiment = {
    seed: 1,
    batchSize: 2,
    epochs: 1,
    encoder: { build: () => scale() },
    method: { build: ({ encoder, state }: { encoder: EncoderModule; state: never }) => build(encoder, { state }) },
    optimizer: sgd({ learningRate: 0.1, momentum: 0, weightDecay: 0, schedule: 'constant' }),
    ...options,
  };
  return experiment as unknown as Experiment;
};
const data = { kind: 'image', shape: [1], classes: [], train: { length: 2 } } as unknown as Parameters<
  typeof buildModel
>[1];
const batch = (): Batch => ({
  tensors: { x: tf.tensor2d([[1], [2]]) },
  indices: Int32Array.of(0, 1),
  labels: Int32Array.of(-1, -1),
});
const common = { metrics: {}, embed: (x: tf.Tensor) => x, compare: async () => [] };
/** loss = mean of w x = 1.5 w, so its gradient is 1.5. */
const linear: Build = (encoder) => ({
  ...common,
  loss: ({ tensors }, _targets, { mode }) => {
    const output = encoder.apply(tensors.x!, mode);
    return { loss: tf.mean(output), logs: { greatest: tf.max(output) } };
  },
});
const take = async (experiment: Experiment, steps = 1) => {
  const built = buildModel(experiment, data, '.');
  const stepper = new Stepper(experiment, built, { stepsPerEpoch: 1, totalSteps: 10 });
  let values = {};
  for (let step = 0; step < steps; step++) values = await stepper.take(step, batch());
  const weight = stepper.variables.find(({ name }) => name === 'encoder/weight')!.variable;
  return { values, weight: weight.dataSync()[0]!, stepper };
};

test('a step moves the weights along the gradient and tells loss, norm, rate and what the method logs', async () => {
  const { values, weight } = await take(experimentWith(linear));
  expect(weight).toBeCloseTo(3 - 0.1 * 1.5, 6);
  const told = { loss: 4.5, gradientNorm: 1.5, learningRate: 0.1, greatest: 6 };
  for (const [name, value] of Object.entries(told)) expect(values).toHaveProperty(name, expect.closeTo(value, 5));
});

test('clipping bounds the step, and the norm that is told is the one before', async () => {
  const { values, weight } = await take(experimentWith(linear, { clipNorm: 0.5 }));
  expect(weight).toBeCloseTo(3 - 0.1 * 0.5, 6);
  expect(values).toHaveProperty('gradientNorm', expect.closeTo(1.5, 5));
  expect((await take(experimentWith(linear, { clipNorm: 2 }))).weight).toBeCloseTo(3 - 0.1 * 1.5, 6);
});

test('targets are constants of the loss, and state moves after the optimizer', async () => {
  const seen: number[] = [];
  const teacher: Build = (encoder, { state }) => {
    const queue = state('queue', tf.tensor1d([10]));
    return {
      ...common,
      // Twice the weight itself: without a stop-gradient the loss w (2 w) would have the gradient 4 w.
      targets: () => ({ key: tf.mul(encoder.variables()[0]!.variable, 2) }),
      loss: (_batch, { key }) => ({ loss: tf.sum(tf.mul(encoder.variables()[0]!.variable, key!)) as tf.Scalar }),
      afterStep: () => {
        seen.push(encoder.variables()[0]!.variable.dataSync()[0]!);
        queue.assign(tf.add(queue, 1));
      },
    };
  };
  const { weight, stepper } = await take(experimentWith(teacher));
  expect(weight).toBeCloseTo(3 - 0.1 * 6, 5);
  expect(seen[0]).toBeCloseTo(weight, 6);
  const queue = stepper.variables.find(({ name }) => name === 'state/queue')!;
  expect(queue.variable.dataSync()[0]).toBe(11);
});

test('steps leave no tensor behind', async () => {
  const experiment = experimentWith(linear, { clipNorm: 0.5 });
  const built = buildModel(experiment, data, '.');
  const stepper = new Stepper(experiment, built, { stepsPerEpoch: 1, totalSteps: 10 });
  await stepper.take(0, batch());
  const before = tf.memory().numTensors;
  for (let step = 1; step < 4; step++) await stepper.take(step, batch());
  expect(tf.memory().numTensors).toBe(before);
});

test('a variable that the loss does not reach gets a gradient of zeros', () => {
  const [used, unused] = scale().variables() as [never, never];
  const { gradients } = gradientsOf([used, unused], () =>
    tf.sum(tf.square((used as { variable: tf.Variable }).variable)),
  );
  expect(gradients.map((g) => g.dataSync()[0])).toEqual([6, 0]);
});

test('the global norm is that of all gradients as one vector', () => {
  const gradients = () => [tf.tensor1d([3, 0]), tf.tensor2d([[4]])];
  const norm = globalNorm(gradients());
  expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
  const values = (limit: number) => clipped(gradients(), norm, limit).flatMap((g) => [...g.dataSync()]);
  expect(values(1).map((v) => Number(v.toFixed(5)))).toEqual([0.6, 0, 0.8]);
  expect(values(7)).toEqual([3, 0, 4]);
});

test('two variables of one name are refused', () => {
  const twice: Build = (_encoder, { state }) => {
    state('queue', tf.scalar(0));
    state('queue', tf.scalar(0));
    return linear(_encoder, { state });
  };
  expect(() => buildModel(experimentWith(twice), data, '.')).toThrow('state/queue');
});

test('an adversary follows its own loss, and neither gradient reaches the other', async () => {
  // Player w (3) minimizes mean(w x) d, the adversary d (5) minimizes -mean(w x) d: gradients 1.5 * 5 and -1.5 * 3.
  const play = {
    method: {
      build: ({ encoder, add }: { encoder: EncoderModule; add: BuildContext['add'] }): MethodModel => {
        const variable = tf.variable(tf.scalar(5));
        const own = { name: 'weight', variable, trainable: true, decay: true };
        add('critic', { variables: () => [own], apply: (x: tf.Tensor) => tf.mul(x, variable) }, 'adversary');
        const value: MethodModel['loss'] = ({ tensors }, _targets, { mode }) => {
          const output = tf.mul(encoder.apply(tensors.x!, mode), variable);
          return { loss: tf.mean(output) };
        };
        return {
          ...common,
          loss: value,
          adversary: (...args) => {
            const { loss } = value(...args);
            return { loss: tf.neg(loss), logs: { critic: loss } };
          },
        };
      },
    },
  };
  const { values, weight, stepper } = await take(experimentWith(linear, play));
  const critic = stepper.variables.find(({ name }) => name === 'critic/weight')!.variable;
  expect(weight).toBeCloseTo(3 - 0.1 * 7.5, 5);
  expect(critic.dataSync()[0]).toBeCloseTo(5 + 0.1 * 4.5, 5);
  expect(values).toMatchObject({ loss: 22.5, critic: 22.5 });
});

test('what the loss keeps reaches afterStep beside the targets, and is freed', async () => {
  const seen: Record<string, number[]> = {};
  const experiment = experimentWith((encoder) => ({
    ...linear(encoder, undefined as never),
    targets: () => ({ given: tf.tensor1d([7]) }),
    loss: ({ tensors }, _targets, { mode }) => {
      const output = encoder.apply(tensors.x!, mode);
      return { loss: tf.mean(output), kept: { output } };
    },
    afterStep: (_batch, values) => {
      for (const [name, value] of Object.entries(values)) seen[name] = [...value.dataSync()];
    },
  }));
  const built = buildModel(experiment, data, '.');
  const stepper = new Stepper(experiment, built, { stepsPerEpoch: 1, totalSteps: 10 });
  await stepper.take(0, batch());
  const { numTensors } = tf.memory();
  await stepper.take(1, batch());
  expect(tf.memory().numTensors).toBe(numTensors);
  // The weight was 3, then 3 - 0.1 * 1.5: the features are those of before the step.
  expect(seen.given).toEqual([7]);
  expect(seen.output![0]).toBeCloseTo(2.85, 5);
});
