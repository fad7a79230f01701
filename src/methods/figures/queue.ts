import type * as tf from '@tensorflow/tfjs-core';
import type { BatchFigures } from '../../experiment/contracts.js';
import type { KeyQueue } from '../../nn/key-queue.js';
import type { Block, Tile } from '../../protocol/figure.js';
import { blankTile, nearest } from './nearest.js';

/** Keys shown beside each query. */
const SHOWN = 4;

/**
 * Each query beside its key and the keys of the queue that are most similar to it, with their ages.
 * @param positive `[batch]`, similarity of each query to its key.
 * @param negatives `[batch, queue]`.
 * @param perStep Keys that a step adds to the queue. @param stepsPerEpoch To tell the age of the queue in epochs.
 */
export async function queueFigure(
  { positive, negatives }: { readonly positive: tf.Tensor1D; readonly negatives: tf.Tensor2D },
  queue: KeyQueue,
  { perStep, stepsPerEpoch }: { readonly perStep: number; readonly stepsPerEpoch: number },
  { tiles, sample }: BatchFigures,
): Promise<Block[]> {
  const [own, others, samples] = (await Promise.all([positive.data(), negatives.data(), queue.samples.data()])) as [
    Float32Array,
    Float32Array,
    Int32Array,
  ];
  const size = samples.length;
  const hardest = nearest(others, size, SHOWN);
  const filled = samples.reduce((count, index) => count + (index >= 0 ? 1 : 0), 0);
  const steps = size / perStep;
  const caption = (similarity: number, place: number) =>
    `${similarity.toFixed(2)}, ${plural(Math.floor(place / perStep) + 1, 'step')} old`;
  const rows = (tiles.query ?? []).flatMap((query, i): Tile[] => {
    const key = tiles.key?.[i] ?? query;
    return [
      { ...query, role: 'anchor' },
      { ...key, caption: `${key.caption}: ${(own[i] as number).toFixed(2)}`, role: 'positive' },
      ...(hardest[i] ?? []).map(({ index, similarity }): Tile => {
        const whose = samples[index] as number;
        const found = whose < 0 ? undefined : sample(whose);
        if (found === undefined) return blankTile(query.image, `${similarity.toFixed(2)}, random start`);
        return { ...found, caption: `${found.caption}: ${caption(similarity, index)}`, role: 'negative' };
      }),
    ];
  });
  return [
    {
      kind: 'images',
      title: 'Queries, their keys and the hardest keys of the queue, with similarities',
      columns: ['query', 'its key', ...Array.from({ length: Math.min(SHOWN, size) }, (_, i) => `negative ${i + 1}`)],
      tiles: rows,
    },
    {
      kind: 'text',
      text:
        filled === 0
          ? `The queue holds ${size} random vectors, which are easy to tell from any key: it takes ${plural(steps, 'step')} of training to fill it.`
          : `The queue holds ${filled} keys of the last ${plural(Math.ceil(filled / perStep), 'step')} (${(filled / perStep / stepsPerEpoch).toFixed(1)} epochs)${filled < size ? ` and ${size - filled} random vectors` : ''}. A negative of the query’s own class is a false one.`,
    },
  ];
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
