import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EvaluationContext } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { l2Normalize } from '../nn/l2-normalize.js';

export const embeddingStd = definePart({
  kind: 'evaluation',
  use: 'embeddingStd',
  doc: [
    'How far the vectors that the loss compares are spread: the deviation of their unit-length coordinates over the test',
    'pictures, times the root of the dimension. 1 when directions are uniform, 0 when all pictures fall on one vector.',
    'A spread within few dimensions still counts as spread: see effectiveRank. Chen & He, SimSiam (CVPR 2021), figure 2.',
  ].join('\n'),
  options: z.object({}),
  create: () => ({
    when: 'epoch' as const,
    needsLabels: false,
    metrics: { std: { title: 'Embedding std', best: 1, better: 'higher' as const } },
    run: async ({ embeddings }: EvaluationContext) => ({ std: await spread(await embeddings()) }),
  }),
});

/** Mean over the dimensions of the (unbiased) deviation of unit-length rows, times √dim. */
export async function spread(rows: tf.Tensor2D): Promise<number> {
  const [count, dim] = rows.shape;
  const deviation = tf.tidy(() => {
    const { variance } = tf.moments(l2Normalize(rows), 0);
    return tf.mean(tf.sqrt(tf.mul(variance, count / Math.max(1, count - 1))));
  });
  const [mean] = await deviation.data();
  deviation.dispose();
  return (mean as number) * Math.sqrt(dim);
}
