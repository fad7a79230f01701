import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EvaluationContext, Features } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { fitLogistic, predictLogistic } from './logistic.js';
import { accuracy, labelledRows } from './rows.js';

/** Weight decays that are tried; features are standardized, so one range serves all encoders. */
const WEIGHT_DECAYS = [1e-2, 1e-3, 1e-4] as const;
const SEARCH_STEPS = 100;
const FINAL_STEPS = 300;

export const linearProbe = definePart({
  kind: 'evaluation',
  use: 'linearProbe',
  doc: [
    'Accuracy of a linear classifier on the frozen features (before the projector): how much of the classes the encoder',
    'has laid out linearly. Features are computed once, without augmentation, and standardized by the training mean and',
    'deviation; logistic regression by L-BFGS, weight decay chosen on a tenth of the training pictures.',
    'Zhang et al., "Colorful image colorization" (ECCV 2016); Chen et al., SimCLR (ICML 2020).',
  ].join('\n'),
  options: z.object({
    weightDecay: z
      .number()
      .min(0)
      .optional()
      .describe(
        `Factor of half the squared weights, 0 or more. Default: the best of ${WEIGHT_DECAYS.join(', ')} on held-out training pictures.`,
      ),
    when: z
      .enum(['epoch', 'end'])
      .default('end')
      .describe('After every epoch, or only before and after training. Default `end`.'),
  }),
  create: ({ weightDecay, when }) => ({
    when,
    needsLabels: true,
    metrics: ({ classes }: { classes: number }) => ({
      accuracy: {
        title: 'Linear probe accuracy',
        unit: 'fraction' as const,
        chance: 1 / classes,
        better: 'higher' as const,
      },
    }),
    run: async ({ data, features, random, signal }: EvaluationContext) => {
      const train = labelledRows(await features('train'));
      const test = labelledRows(await features('test'));
      const classes = data.classes.length;
      const [x, xTest] = standardized(train.features, test.features);
      try {
        const labelled = { features: x, labels: train.labels };
        const chosen = weightDecay ?? (await chooseWeightDecay(labelled, classes, random, signal));
        const options = { classes, weightDecay: chosen, steps: FINAL_STEPS, signal };
        const weights = await fitLogistic(labelled, options);
        return { accuracy: accuracy(await predictLogistic(xTest, weights, classes), test.labels) };
      } finally {
        tf.dispose([train.features, test.features, x, xTest]);
      }
    },
  }),
});

/** Both matrices shifted and scaled so that the columns of the first have mean 0 and deviation 1. */
export function standardized(train: tf.Tensor2D, test: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(train, 0);
    // A dead feature has no deviation: it becomes 0, not infinity.
    const scale = tf.maximum(tf.sqrt(variance), 1e-6);
    return [tf.div(tf.sub(train, mean), scale), tf.div(tf.sub(test, mean), scale)];
  });
}

/** The weight decay whose classifier, fitted on nine tenths, does best on the other tenth; the greatest one of equals. */
async function chooseWeightDecay(
  { features, labels }: Features,
  classes: number,
  random: Random,
  signal: AbortSignal,
): Promise<number> {
  const order = Int32Array.from(random.permutation(labels.length));
  const held = Math.max(1, Math.floor(labels.length / 10));
  const pick = (rows: Int32Array): Features => ({
    features: tf.tidy(() => tf.gather(features, tf.tensor1d(rows, 'int32'))),
    labels: rows.map((i) => labels[i] as number),
  });
  const validation = pick(order.subarray(0, held));
  const train = pick(order.subarray(held));
  try {
    let best = { accuracy: -1, weightDecay: WEIGHT_DECAYS[0] as number };
    let start: Float64Array | undefined;
    for (const weightDecay of WEIGHT_DECAYS) {
      // From strong to weak decay, each from the one before: the solutions are near each other.
      start = await fitLogistic(train, { classes, weightDecay, steps: SEARCH_STEPS, start, signal });
      const right = accuracy(await predictLogistic(validation.features, start, classes), validation.labels);
      if (right > best.accuracy) best = { accuracy: right, weightDecay };
    }
    return best.weightDecay;
  } finally {
    tf.dispose([validation.features, train.features]);
  }
}
