/** What MoCo v1 and v2 have in common: all but views, temperature and head. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { stepsPerEpoch } from '../data/order.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  ExampleFigures,
  Image,
  MethodModel,
  Mode,
  Module,
  OpenData,
  StepContext,
  ViewContext,
} from '../experiment/contracts.js';
import { partOf } from '../experiment/part.js';
import { infoNce } from '../losses/info-nce.js';
import { keyQueue } from '../nn/key-queue.js';
import { l2Normalize } from '../nn/l2-normalize.js';
import { averageVariables, distanceBetween } from '../nn/variables.js';
import type { Block } from '../protocol/figure.js';
import { queueFigure } from './figures/queue.js';
import { measureViews, viewMeasures } from './held-out-views.js';

export interface MomentumContrastOptions {
  readonly temperature: number;
  readonly dimension: number;
  readonly queue: number;
  readonly momentum: number;
  readonly normSplits: number;
  readonly symmetric: boolean;
  readonly views: readonly Augmentation[];
}

export const momentumContrastOptions = (
  temperature: { readonly value: number; readonly published: string },
  views: { readonly value: () => Augmentation[]; readonly published: string },
) => ({
  temperature: z
    .number()
    .positive()
    .max(10)
    .default(temperature.value)
    .describe(
      `Divides the similarities, above 0: small values look at the hardest negatives only. Default ${temperature.value}, as published${temperature.published}.`,
    ),
  dimension: z
    .number()
    .int()
    .min(2)
    .max(4096)
    .default(128)
    .describe('Length of queries and keys, the vectors that are compared. Default 128, as published.'),
  queue: z
    .number()
    .int()
    .min(1)
    .max(1_048_576)
    .default(4096)
    .describe(
      'Keys of earlier batches that serve as negatives; a multiple of the batch size (of twice that with `symmetric`). Default 4096, as published for CIFAR-10; 65536 for ImageNet.',
    ),
  momentum: z
    .number()
    .min(0)
    .max(1)
    .default(0.99)
    .describe(
      'Share of itself that the key encoder keeps at each step, 0 to 1: near 1 keeps the keys of the queue comparable. Default 0.99, as published for CIFAR-10; 0.999 for ImageNet.',
    ),
  normSplits: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(8)
    .describe(
      'Parts of the batch whose batch-norm statistics are kept apart, keys in shuffled order, so that statistics do not give away which key belongs to a query; must divide the batch size. Default 8, as published (GPUs on ImageNet, splits on CIFAR-10); 1 turns it off.',
    ),
  symmetric: z
    .boolean()
    .default(false)
    .describe(
      'Each view is query once and key once; the loss is the mean of both. Default false, as published; the CIFAR-10 demo offers both (and sums).',
    ),
  views: z
    .array(partOf<Augmentation>('augmentation'))
    .default(views.value)
    .describe(`Augmentations of a view, in order; query and key are drawn from them. Default: ${views.published}.`),
});

/**
 * Queries find their keys among the keys of a queue. The published order is: queries, momentum step of the key encoder,
 * keys, logits against the old queue, optimizer, enqueue. The momentum step is done at the end of a step here, which is
 * the same, since queries do not depend on it and both encoders begin equal.
 * @param makeHead A head from features to vectors; called twice, and must draw the same weights both times.
 */
export function momentumContrast(
  options: MomentumContrastOptions,
  makeHead: (context: BuildContext) => Module,
): {
  views(image: Image, context: ViewContext): { query: Image; key: Image };
  problems(place: { data: OpenData; batchSize: number }): readonly string[];
  build(context: BuildContext): MethodModel;
  show(example: unknown, figures: ExampleFigures): readonly Block[];
} {
  const { temperature, queue: size, momentum, normSplits, symmetric, views } = options;
  const problems = ({ batchSize }: { batchSize: number }) => {
    const perStep = symmetric ? 2 * batchSize : batchSize;
    const found: string[] = [];
    if (size % perStep !== 0)
      found.push(
        `queue is ${size}, but each step adds ${perStep} keys: take a multiple of that, such as ${Math.max(1, Math.round(size / perStep)) * perStep}`,
      );
    if (batchSize % normSplits !== 0)
      found.push(
        `normSplits is ${normSplits}, which does not divide the batch size ${batchSize}: take ${divisorNear(batchSize, normSplits)}`,
      );
    return found;
  };
  return {
    views: (image, context) => ({ query: context.augment(image, views, 0), key: context.augment(image, views, 1) }),

    problems,

    build(context) {
      const { encoder, samples, batchSize, random, add } = context;
      const [problem] = problems({ batchSize });
      if (problem !== undefined) throw new Error(problem);
      const queryPath = chain(encoder, add('head', makeHead(context)));
      const keyPath = chain(
        add('keyEncoder', context.copyEncoder(), 'frozen'),
        add('keyHead', makeHead(context), 'frozen'),
      );
      const queue = keyQueue(size, options.dimension, { random: random.at(1), state: context.state });
      const perStep = symmetric ? 2 * batchSize : batchSize;

      const splitNorm = (mode: Mode): Mode => (mode.training ? { ...mode, normSplits } : mode);
      const embed = (path: Module, images: tf.Tensor, mode: Mode) =>
        l2Normalize(path.apply(images, splitNorm(mode)) as tf.Tensor2D);
      /** Keys, computed in shuffled order, so that a key meets other samples in batch norm than its query does. */
      const shuffledKeys = (images: tf.Tensor, { mode, random }: StepContext) => {
        const order = Int32Array.from(random.at(1).permutation(images.shape[0] as number));
        const back = Int32Array.from(order);
        order.forEach((from, to) => {
          back[from] = to;
        });
        return tf.gather(embed(keyPath, tf.gather(images, order), mode), back);
      };
      const keysOf = (images: tf.Tensor, step: StepContext) =>
        step.mode.training && normSplits > 1 ? shuffledKeys(images, step) : embed(keyPath, images, step.mode);
      const scores = (queries: tf.Tensor2D, keys: tf.Tensor) => ({
        positive: tf.sum<tf.Tensor1D>(tf.mul(queries, keys), 1),
        negatives: tf.matMul<tf.Tensor2D>(queries, queue.keys, false, true),
      });
      const contrast = (images: tf.Tensor, keys: tf.Tensor, mode: Mode) => {
        const { positive, negatives } = scores(embed(queryPath, images, mode), keys);
        return { ...infoNce(positive, negatives, temperature), positiveSimilarity: tf.mean<tf.Scalar>(positive) };
      };

      return {
        metrics: {
          loss: { title: 'InfoNCE loss', chance: Math.log(1 + size), better: 'lower' },
          accuracy: { title: 'Contrastive accuracy', unit: 'fraction', chance: 1 / (1 + size), better: 'higher' },
          positiveSimilarity: { title: 'Similarity of query and key', chance: 0, best: 1, better: 'higher' },
          keyDistance: { title: 'Distance of the key encoder' },
        },
        positives: ['query', 'key'],
        targets: ({ tensors }, step) => ({
          keys: keysOf(tensors.key as tf.Tensor, step),
          ...(symmetric && { queryKeys: keysOf(tensors.query as tf.Tensor, step) }),
        }),
        loss({ tensors }, { keys, queryKeys }, { mode }) {
          const forward = contrast(tensors.query as tf.Tensor, keys as tf.Tensor, mode);
          const { loss, ...logs } = queryKeys
            ? meanOf(forward, contrast(tensors.key as tf.Tensor, queryKeys, mode))
            : forward;
          return { loss, logs: { ...logs, keyDistance: distanceBetween(queryPath, keyPath) } };
        },
        afterStep({ indices }, { keys, queryKeys }) {
          if (queryKeys) queue.enqueue(tf.concat([keys as tf.Tensor2D, queryKeys as tf.Tensor2D]), twice(indices));
          else queue.enqueue(keys as tf.Tensor2D, indices);
          averageVariables(queryPath, keyPath, momentum);
        },
        embed: (images) => queryPath.apply(images, { training: false }),
        // Before training the queue is random and easy to tell from keys, so held-out views are to find each other.
        measures: viewMeasures(batchSize),
        measure({ tensors }, { mode }) {
          const queries = embed(queryPath, tensors.query as tf.Tensor, mode);
          const keys = embed(keyPath, tensors.key as tf.Tensor, mode);
          return measureViews(queries, keys, temperature);
        },
        async compare({ tensors }: Batch, figures: BatchFigures) {
          const mode = { training: false };
          const found = tf.tidy(() =>
            scores(embed(queryPath, tensors.query as tf.Tensor, mode), embed(keyPath, tensors.key as tf.Tensor, mode)),
          );
          const pace = { perStep, stepsPerEpoch: stepsPerEpoch(samples, batchSize) };
          try {
            return await queueFigure(found, queue, pace, figures);
          } finally {
            tf.dispose(found);
          }
        },
      };
    },

    show: (_example, { tiles }) => [
      {
        kind: 'images',
        tiles: [
          ...(tiles.query ?? []).map((tile) => ({ ...tile, role: 'anchor' as const })),
          ...(tiles.key ?? []).map((tile) => ({ ...tile, role: 'positive' as const })),
        ],
      },
    ],
  };
}

/** An encoder and its head as one module. */
function chain(encoder: Module, head: Module): Module {
  return {
    apply: (input, mode) => head.apply(encoder.apply(input, mode), mode),
    variables: () => [
      ...encoder.variables().map((own) => ({ ...own, name: `encoder/${own.name}` })),
      ...head.variables().map((own) => ({ ...own, name: `head/${own.name}` })),
    ],
  };
}

const twice = (indices: Int32Array) => Int32Array.from([...indices, ...indices]);

function meanOf<T extends Record<string, tf.Scalar>>(a: T, b: T): T {
  return Object.fromEntries(
    Object.entries(a).map(([name, value]) => [name, tf.div(tf.add(value, b[name] as tf.Scalar), 2)]),
  ) as T;
}

/** The divisor of `total` that is nearest to `wanted`. */
function divisorNear(total: number, wanted: number): number {
  const divisors = Array.from({ length: total }, (_, i) => i + 1).filter((n) => total % n === 0);
  return divisors.reduce((best, n) => (Math.abs(n - wanted) < Math.abs(best - wanted) ? n : best));
}
