import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { balancedSubset } from '../data/balanced-subset.js';
import type { EvaluationContext, Module, NamedVariable, OptimizerState } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { gradientsOf } from '../nn/gradients.js';
import { mlp } from '../nn/mlp.js';
import { adam } from '../nn/optimizers.js';
import { disposeVariables } from '../nn/variables.js';
import { accuracy, argMaxRows, inChunks } from './rows.js';

const CHUNK = 250;
/** Purposes of draws, apart from each other. */
const Draw = { subset: 0, head: 1, order: 2 } as const;

export const fineTune = definePart({
  kind: 'evaluation',
  use: 'fineTune',
  doc: [
    'Accuracy of the whole network after training it further on a few labels, beside the same network trained on the same',
    'labels from scratch: what pretraining is worth when labels are scarce. The labelled pictures are balanced over the',
    'classes and the same for both; Adam, no augmentation. Chen et al., SimCLR (ICML 2020), table 7.',
  ].join('\n'),
  options: z.object({
    labels: z
      .number()
      .positive()
      .max(1)
      .default(0.1)
      .describe('Fraction of the training labels that is used, above 0 to 1. Default 0.1; published: 0.01 and 0.1.'),
    epochs: z
      .number()
      .int()
      .min(1)
      .default(20)
      .describe('Passes over the labelled pictures, 1 or more. Default 20; published: 60 for 1 % and 30 for 10 %.'),
    batchSize: z.number().int().min(2).default(64).describe('Pictures per step, 2 or more. Default 64.'),
    learningRate: z.number().positive().default(1e-3).describe('Learning rate of Adam, above 0. Default 0.001.'),
  }),
  create: (options) => ({
    when: 'end' as const,
    needsLabels: true,
    baseline: false,
    metrics: ({ classes }: { classes: number }) => ({
      accuracy: {
        title: 'Fine-tuned accuracy',
        unit: 'fraction' as const,
        chance: 1 / classes,
        better: 'higher' as const,
      },
      scratch: {
        title: 'Accuracy from scratch',
        unit: 'fraction' as const,
        chance: 1 / classes,
        better: 'higher' as const,
      },
    }),
    run: async (context: EvaluationContext) => {
      const { train } = context.data;
      const labels = Int32Array.from({ length: train.length }, (_, i) => train.label(i));
      const subset = balancedSubset(labels, { fraction: options.labels }, context.random.at(Draw.subset));
      return {
        accuracy: await trainOn(subset, 'trained', context, options),
        scratch: await trainOn(subset, 'fresh', context, options),
      };
    },
  }),
});

/** Trains encoder and a linear head on the labelled samples; resolves with the accuracy on the test split. */
async function trainOn(
  subset: Int32Array,
  weights: 'trained' | 'fresh',
  { data, encoder: copyEncoder, inputs, random, signal }: EvaluationContext,
  options: { readonly epochs: number; readonly batchSize: number; readonly learningRate: number },
): Promise<number> {
  const classes = data.classes.length;
  const encoder = copyEncoder(weights);
  const head = mlp(random.at(Draw.head), encoder.features, [classes]);
  const trainable = [...encoder.variables(), ...head.variables()].filter((variable) => variable.trainable);
  const optimizer = adam({ learningRate: options.learningRate }).create(trainable);
  try {
    const batchSize = Math.min(options.batchSize, subset.length);
    for (let epoch = 0; epoch < options.epochs; epoch++) {
      const order = Array.from(random.at(Draw.order, epoch).permutation(subset.length), (i) => subset[i] as number);
      // Whole batches only, since batch norm needs several samples.
      for (let from = 0; from + batchSize <= order.length; from += batchSize) {
        const batch = order.slice(from, from + batchSize);
        const images = inputs('train', batch);
        const labels = batch.map((i) => data.train.label(i));
        supervisedStep(encoder, head, images, labels, classes, trainable, optimizer, options.learningRate);
        images.dispose();
        await new Promise(setImmediate);
        signal.throwIfAborted();
      }
    }
    return await testAccuracy(data, inputs, classes, (images) =>
      head.apply(encoder.apply(images, { training: false }), { training: false }),
    );
  } finally {
    optimizer.dispose();
    disposeVariables(encoder);
    disposeVariables(head);
  }
}

function supervisedStep(
  encoder: Module,
  head: Module,
  images: tf.Tensor,
  labels: readonly number[],
  classes: number,
  trainable: readonly NamedVariable[],
  optimizer: OptimizerState,
  learningRate: number,
): void {
  tf.tidy(() => {
    const targets = tf.oneHot(tf.tensor1d([...labels], 'int32'), classes);
    const mode = { training: true };
    const { gradients } = gradientsOf(trainable, () => {
      const logits = head.apply(encoder.apply(images, mode), mode);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
    });
    optimizer.apply(gradients, learningRate);
  });
}

async function testAccuracy(
  { test }: EvaluationContext['data'],
  inputs: EvaluationContext['inputs'],
  classes: number,
  predict: (images: tf.Tensor) => tf.Tensor,
): Promise<number> {
  const labelled = Array.from({ length: test.length }, (_, i) => i).filter((i) => test.label(i) >= 0);
  const predictions: number[] = [];
  await inChunks(labelled.length, CHUNK, async (from, count) => {
    const logits = tf.tidy(() => predict(inputs('test', labelled.slice(from, from + count))));
    predictions.push(...argMaxRows(await logits.data(), classes));
    logits.dispose();
  });
  return accuracy(
    predictions,
    labelled.map((i) => test.label(i)),
  );
}
