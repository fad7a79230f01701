import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EvaluationContext } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { inChunks } from './rows.js';

const CHUNK = 512;

export const alignmentUniformity = definePart({
  kind: 'evaluation',
  use: 'alignmentUniformity',
  doc: [
    'The two things a contrastive loss asks for, apart, on the unit-length vectors that the loss compares. Alignment: mean',
    'squared distance of two views of the same test picture (0 is perfect). Uniformity: log of the mean Gaussian potential',
    'between different test pictures (0 when all are one point, about -3.94 when uniform in 128 dimensions; lower is better).',
    'Wang & Isola, "Understanding contrastive representation learning through alignment and uniformity" (ICML 2020).',
  ].join('\n'),
  options: z.object({
    when: z
      .enum(['epoch', 'end'])
      .default('epoch')
      .describe('After every epoch, or only before and after training. Default `epoch`.'),
  }),
  create: ({ when }) => ({
    when,
    needsLabels: false,
    metrics: {
      alignment: { title: 'Alignment', best: 0, better: 'lower' as const },
      uniformity: { title: 'Uniformity', better: 'lower' as const },
    },
    run: async (context: EvaluationContext): Promise<Record<string, number>> => {
      const pair = await context.positives();
      return {
        ...(pair && { alignment: await alignment(pair.first, pair.second) }),
        uniformity: await uniformity(await context.embeddings()),
      };
    },
  }),
});

/** E‖x - y‖² over rows of unit length. */
export async function alignment(first: tf.Tensor2D, second: tf.Tensor2D): Promise<number> {
  const mean = tf.tidy(() => tf.mean(tf.sum(tf.squaredDifference(l2Normalize(first), l2Normalize(second)), 1)));
  const [value] = await mean.data();
  mean.dispose();
  return value as number;
}

/** ln of the mean over all pairs i < j of exp(-2 ‖xi - xj‖²), rows of unit length. */
export async function uniformity(rows: tf.Tensor2D): Promise<number> {
  const count = rows.shape[0];
  const [x, transposed] = tf.tidy(() => {
    const unit = l2Normalize(rows);
    return [unit, tf.transpose(unit)];
  });
  // Rows are summed in float64: for two opposite points the mean is e^-8.
  let sum = 0;
  await inChunks(count, CHUNK, async (from, size) => {
    const potentials = tf.tidy(() => {
      const cosine = tf.matMul(tf.slice(x, from, size), transposed);
      const other = tf.sub(1, tf.oneHot(tf.range(from, from + size, 1, 'int32'), count));
      return tf.sum(tf.mul(tf.exp(tf.mul(tf.sub(cosine, 1), 4)), other), 1);
    });
    for (const v of await potentials.data()) sum += v;
    potentials.dispose();
  });
  tf.dispose([x, transposed]);
  return Math.log(sum / (count * (count - 1)));
}
