import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Features } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { accuracy, argMaxRows, inChunks, labelledRows } from './rows.js';

/** Similarities held at a time: 4 million floats are 16 MB. */
const CHUNK = 4_000_000;

export const knn = definePart({
  kind: 'evaluation',
  use: 'knn',
  doc: [
    'Weighted k-nearest-neighbor accuracy of the frozen encoder: each test picture is given the class its most similar',
    'training pictures vote for, with weight exp(cosine / temperature). No training, so it follows the features closely.',
    'Wu et al., "Unsupervised feature learning via non-parametric instance discrimination" (CVPR 2018).',
  ].join('\n'),
  options: z.object({
    k: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'Neighbors that vote, 1 or more. Default: 200 as published (ImageNet), at most a tenth of the training pictures; 20 does as well on small data.',
      ),
    temperature: z
      .number()
      .positive()
      .default(0.07)
      .describe('How much closer neighbors outweigh farther ones, above 0. Default 0.07, as published.'),
    when: z
      .enum(['epoch', 'end'])
      .default('epoch')
      .describe('After every epoch, or only before and after training. Default `epoch`.'),
  }),
  create: ({ k, temperature, when }) => ({
    when,
    needsLabels: true,
    metrics: ({ classes }: { classes: number }) => ({
      accuracy: { title: 'kNN accuracy', unit: 'fraction' as const, chance: 1 / classes, better: 'higher' as const },
    }),
    run: async (context: {
      data: { classes: readonly string[] };
      features(split: 'train' | 'test'): Promise<Features>;
    }) => {
      const train = labelledRows(await context.features('train'));
      const test = labelledRows(await context.features('test'));
      try {
        const neighbors = k ?? Math.max(1, Math.min(200, Math.floor(train.labels.length / 10)));
        const classes = context.data.classes.length;
        const predictions = await nearestNeighborClasses(train, test.features, { k: neighbors, temperature, classes });
        return { accuracy: accuracy(predictions, test.labels) };
      } finally {
        tf.dispose([train.features, test.features]);
      }
    },
  }),
});

/** The class that the `k` nearest training rows vote for, for each test row. */
export async function nearestNeighborClasses(
  train: Features,
  test: tf.Tensor2D,
  options: { readonly k: number; readonly temperature: number; readonly classes: number },
): Promise<Int32Array> {
  const { temperature, classes } = options;
  const columns = train.labels.length;
  const k = Math.min(options.k, columns);
  const [candidates, queries] = tf.tidy(() => [tf.transpose(l2Normalize(train.features)), l2Normalize(test)]);
  const votes = new Float64Array(test.shape[0] * classes);
  try {
    await inChunks(test.shape[0], Math.max(1, Math.floor(CHUNK / columns)), async (from, count) => {
      const product = tf.tidy(() => tf.matMul(tf.slice(queries, from, count), candidates));
      const similarities = (await product.data()) as Float32Array;
      product.dispose();
      for (let row = 0; row < count; row++) {
        const own = similarities.subarray(row * columns, (row + 1) * columns);
        const farthest = kthLargest(own, k);
        let above = 0;
        for (const s of own) if (s > farthest) above++;
        // Of the candidates exactly as far as the last neighbor, the first ones are taken.
        let ties = k - above;
        for (let i = 0; i < columns; i++) {
          const s = own[i] as number;
          if (s < farthest || (s === farthest && ties-- <= 0)) continue;
          // Relative to the greatest possible cosine, so that small temperatures do not overflow.
          votes[(from + row) * classes + (train.labels[i] as number)]! += Math.exp((s - 1) / temperature);
        }
      }
    });
  } finally {
    tf.dispose([candidates, queries]);
  }
  return argMaxRows(votes, classes);
}

/** The k-th largest value (k from 1), by quickselect on a copy. */
export function kthLargest(values: Float32Array, k: number): number {
  const v = values.slice();
  let low = 0;
  let high = v.length - 1;
  const wanted = k - 1;
  while (low < high) {
    const pivot = v[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((v[i] as number) > pivot) i++;
      while ((v[j] as number) < pivot) j--;
      if (i <= j) {
        const kept = v[i] as number;
        v[i++] = v[j] as number;
        v[j--] = kept;
      }
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return v[wanted] as number;
}
