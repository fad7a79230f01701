/** Optimizers: how weights follow their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { NamedVariable, OptimizerState } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { optimizerState, type Situation } from './optimizer-state.js';
import { learningRateAt, type ScheduleOptions, scheduleOptions } from './schedule.js';

const learningRate = (value: number, remark: string) =>
  z.number().min(0).max(1000).default(value).describe(`Highest learning rate, 0 or more. Default ${value}${remark}.`);
const weightDecay = (value: number, how: string) =>
  z
    .number()
    .min(0)
    .max(10)
    .default(value)
    .describe(`${how} Biases and norm parameters are left out. Default ${value}.`);
const beta = (value: number, of: string) =>
  z
    .number()
    .min(0)
    .lt(1)
    .default(value)
    .describe(`Share of the ${of} kept at each step, 0 to below 1. Default ${value}.`);

/** Options that the Adam family shares. */
const adamOptions = {
  beta1: beta(0.9, 'average of gradients'),
  beta2: beta(0.999, 'average of squared gradients'),
  epsilon: z.number().positive().max(1).default(1e-8).describe('Added to the root of that average. Default 1e-8.'),
  ...scheduleOptions,
};

/** The two halves of an optimizer. */
const optimizer = (schedule: ScheduleOptions, create: (variables: readonly NamedVariable[]) => OptimizerState) => ({
  learningRate: (step: number, totalSteps: number, stepsPerEpoch: number) =>
    learningRateAt(schedule, step, totalSteps, stepsPerEpoch),
  create,
});

export const sgd = definePart({
  kind: 'optimizer',
  use: 'sgd',
  doc: [
    'Stochastic gradient descent with momentum: v = momentum v + g; weights -= learningRate v.',
    'Defaults are those of the CIFAR-10 benchmark of lightly, for batches of 128; scale the learning rate with the batch.',
  ].join('\n'),
  options: z.object({
    learningRate: learningRate(0.06, ' for batches of 128'),
    momentum: beta(0.9, 'velocity'),
    nesterov: z.boolean().default(false).describe('Look ahead along the velocity. Default false.'),
    weightDecay: weightDecay(5e-4, 'L2 penalty: this times the weights is added to the gradient.'),
    ...scheduleOptions,
  }),
  create: (options) => {
    const { momentum, nesterov, weightDecay } = options;
    return optimizer(options, (variables) =>
      optimizerState(variables, ['velocity'], (situation, slots) => {
        const { weights, learningRate } = situation;
        const gradient = penalized(situation, weightDecay);
        const velocity = tf.add(tf.mul(slots.velocity, momentum), gradient);
        const direction = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
        return { weights: tf.sub(weights, tf.mul(direction, learningRate)), slots: { velocity } };
      }),
    );
  },
});

export const adam = definePart({
  kind: 'optimizer',
  use: 'adam',
  doc: [
    'Adam: steps of about one learning rate per weight, from averages of gradients and of their squares.',
    'Kingma & Ba, "Adam: a method for stochastic optimization" (ICLR 2015).',
  ].join('\n'),
  options: z.object({
    learningRate: learningRate(1e-3, ', as published'),
    weightDecay: weightDecay(0, 'L2 penalty: this times the weights is added to the gradient (see also adamW).'),
    ...adamOptions,
  }),
  create: (options) =>
    optimizer(options, (variables) =>
      optimizerState(variables, ['mean', 'square'], (situation, slots) =>
        adamStep(situation.weights, penalized(situation, options.weightDecay), situation, slots, options),
      ),
    ),
});

export const adamW = definePart({
  kind: 'optimizer',
  use: 'adamW',
  doc: [
    'Adam with weight decay apart from the gradient: weights also shrink by learningRate x weightDecay at each step.',
    'Loshchilov & Hutter, "Decoupled weight decay regularization" (ICLR 2019).',
  ].join('\n'),
  options: z.object({
    learningRate: learningRate(1e-3, ', as published for Adam'),
    weightDecay: weightDecay(0.01, 'Share of the weights lost per step, times the learning rate.'),
    ...adamOptions,
  }),
  create: (options) =>
    optimizer(options, (variables) =>
      optimizerState(variables, ['mean', 'square'], (situation, slots) => {
        const { weights, learningRate, decay, gradient } = situation;
        const shrunk = decay ? tf.mul(weights, tf.sub(1, tf.mul(learningRate, options.weightDecay))) : weights;
        return adamStep(shrunk, gradient, situation, slots, options);
      }),
    ),
});

export const lars = definePart({
  kind: 'optimizer',
  use: 'lars',
  doc: [
    'SGD with momentum whose learning rate follows, layer by layer, the ratio of the norms of weights and gradient.',
    'For large batches. You, Gitman & Ginsburg, "Large batch training of convolutional networks" (2017), as in the',
    'published code of SimCLR: biases and norm parameters take plain momentum steps.',
  ].join('\n'),
  options: z.object({
    learningRate: learningRate(0.3, ' x batch size / 256 in SimCLR'),
    momentum: beta(0.9, 'velocity'),
    trust: z
      .number()
      .positive()
      .max(1)
      .default(1e-3)
      .describe('Trust coefficient: length of a step relative to the weights, above 0 to 1. Default 0.001.'),
    weightDecay: weightDecay(1e-6, 'L2 penalty: this times the weights is added to the gradient.'),
    ...scheduleOptions,
    warmupEpochs: scheduleOptions.warmupEpochs
      .default(10)
      .describe('Epochs of linear warm-up. Default 10, as in SimCLR.'),
  }),
  create: (options) => {
    const { momentum, trust, weightDecay } = options;
    return optimizer(options, (variables) =>
      optimizerState(variables, ['velocity'], (situation, slots) => {
        const { weights, decay, learningRate } = situation;
        const gradient = penalized(situation, weightDecay);
        const rate = decay ? tf.mul(learningRate, trustRatio(weights, gradient, trust)) : learningRate;
        const velocity = tf.add(tf.mul(slots.velocity, momentum), tf.mul(gradient, rate));
        return { weights: tf.sub(weights, velocity), slots: { velocity } };
      }),
    );
  },
});

/** The gradient of the loss with an L2 penalty. */
function penalized({ weights, gradient, decay }: Situation, weightDecay: number): tf.Tensor {
  return decay && weightDecay > 0 ? tf.add(gradient, tf.mul(weights, weightDecay)) : gradient;
}

/** trust |weights| / |gradient|, and 1 where either is 0. */
function trustRatio(weights: tf.Tensor, gradient: tf.Tensor, trust: number): tf.Tensor {
  const length = (x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x)));
  const [w, g] = [length(weights), length(gradient)];
  const both = tf.greater(tf.mul(w, g), 0);
  return tf.where(both, tf.div(tf.mul(w, trust), tf.where(both, g, tf.onesLike(g))), tf.onesLike(w));
}

function adamStep(
  weights: tf.Tensor,
  gradient: tf.Tensor,
  { learningRate, step }: Situation,
  slots: Readonly<Record<'mean' | 'square', tf.Tensor>>,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
) {
  const mean = tf.add(tf.mul(slots.mean, beta1), tf.mul(gradient, 1 - beta1));
  const square = tf.add(tf.mul(slots.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  // Both averages start from 0, which the first steps make up for.
  const correction = (b: number) => tf.sub(1, tf.pow(b, step));
  const denominator = tf.add(tf.sqrt(tf.div(square, correction(beta2))), epsilon);
  const direction = tf.div(tf.div(mean, correction(beta1)), denominator);
  return { weights: tf.sub(weights, tf.mul(direction, learningRate)), slots: { mean, square } };
}
