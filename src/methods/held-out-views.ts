/**
 * A measure for methods whose own task needs a row of a memory bank or a full queue, which held-out samples do not have:
 * two views of each sample have to find each other among those of the other samples of a batch.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Augmentation, Image, MetricInfos, ViewContext } from '../experiment/contracts.js';
import { mutualInfoNce } from '../losses/info-nce.js';

/** What `measure` returns; in place of the training metrics of the same names. */
export const viewMeasures = (batchSize: number): MetricInfos => ({
  loss: { title: 'InfoNCE among the views of a batch', chance: Math.log(batchSize), better: 'lower' },
  accuracy: {
    title: 'Accuracy among the views of a batch',
    unit: 'fraction',
    chance: 1 / batchSize,
    better: 'higher',
  },
  positiveSimilarity: { title: 'Similarity of two views', chance: 0, best: 1, better: 'higher' },
});

/** Vectors of the two views, `[batch, dim]` each. */
export const measureViews = (
  first: tf.Tensor2D,
  second: tf.Tensor2D,
  temperature: number,
): Record<string, tf.Scalar> => ({ ...mutualInfoNce(first, second, temperature) });

/** One view of a training sample; of a held-out one two, since it has no row in the bank to be compared with. */
export function bankViews(
  image: Image,
  context: ViewContext,
  pipeline: readonly Augmentation[],
): { view: Image; other?: Image } {
  const view = context.augment(image, pipeline, 0);
  return context.samples === context.data.test ? { view, other: context.augment(image, pipeline, 1) } : { view };
}
