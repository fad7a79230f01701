import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EvaluationContext, MultiView } from '../experiment/contracts.js';
import { camera } from '../experiment/encoder-input.js';
import { definePart } from '../experiment/part.js';

export const alignmentError = definePart({
  kind: 'evaluation',
  use: 'alignmentError',
  doc: [
    'How well an embedding tells at which moment of a recording a frame was taken, whatever the camera: each frame of one',
    'camera is matched with the nearest frame (Euclidean distance of what the loss compares) of another camera of the same',
    'held-out recording. Error: mean of |found - true| / frames, 0 when all moments agree, a third when guessing. Top 1: the',
    'share of frames whose moment is found exactly. Sermanet et al., "Time-contrastive networks" (ICRA 2018).',
  ].join('\n'),
  options: z.object({
    recordings: z
      .number()
      .int()
      .min(1)
      .default(40)
      .describe('Test recordings that are looked at, from the first on; 1 or more. Default 40.'),
    when: z
      .enum(['epoch', 'end'])
      .default('epoch')
      .describe('After every epoch, or only before and after training. Default `epoch`.'),
  }),
  create: ({ recordings, when }) => ({
    when,
    needsLabels: false,
    inputs: ['views'] as const,
    metrics: {
      error: { title: 'Alignment error', unit: 'fraction' as const, chance: 1 / 3, best: 0, better: 'lower' as const },
      top1: { title: 'Moments found exactly', unit: 'fraction' as const, better: 'higher' as const },
    },
    async run({ data, model, signal }: EvaluationContext): Promise<Record<string, number>> {
      const count = Math.min(recordings, data.test.length);
      let [error, top1, pairs] = [0, 0, 0];
      for (let i = 0; i < count; i++) {
        const films = await embedFilms(data.test.get(i) as MultiView, (frames) => model.embed(frames));
        for (const [a, first] of films.entries()) {
          for (const [b, second] of films.entries()) {
            if (a === b) continue;
            const found = nearestMoments(first, second);
            error += meanDistance(found);
            top1 += found.filter((t, truth) => t === truth).length / found.length;
            pairs++;
          }
        }
        // Others get a turn: control, status.
        await new Promise(setImmediate);
        signal.throwIfAborted();
      }
      return { error: error / pairs, top1: top1 / pairs };
    },
  }),
});

/** The vectors of the frames of each camera, frame by frame. */
export async function embedFilms(
  recording: MultiView,
  embed: (frames: tf.Tensor) => tf.Tensor,
): Promise<Float32Array[][]> {
  const films: Float32Array[][] = [];
  for (let i = 0; i < recording.shape[0]; i++) {
    const { data, shape } = camera(recording, i);
    const vectors = tf.tidy(() => embed(tf.tensor4d(data, [...shape] as [number, number, number, number])));
    const values = (await vectors.data()) as Float32Array;
    const dim = vectors.shape[1] as number;
    vectors.dispose();
    films.push(Array.from({ length: shape[0] }, (_, t) => values.slice(t * dim, (t + 1) * dim)));
  }
  return films;
}

export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}

/** For each vector of the first film the place of the nearest one of the second; the first one of equals. */
export function nearestMoments(first: readonly Float32Array[], second: readonly Float32Array[]): Int32Array {
  return Int32Array.from(first, (own) => {
    const distances = second.map((other) => squaredDistance(own, other));
    return distances.indexOf(Math.min(...distances));
  });
}

/** Mean of |found - true| / frames, where frame t should be matched with t. */
export function meanDistance(found: Int32Array): number {
  return found.reduce((sum, t, truth) => sum + Math.abs(t - truth), 0) / found.length ** 2;
}
