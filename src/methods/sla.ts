import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { type ColorOrder, colorOrders, orderName, permuteColors } from '../augment/color-permutations.js';
import { horizontalFlip } from '../augment/horizontal-flip.js';
import { fourTurns, quarterTurns } from '../augment/quarter-turns.js';
import { randomCrop } from '../augment/random-crop.js';
import { stacked } from '../augment/stacked.js';
import { labelledOrDrawn, labelProblems } from '../data/labelled.js';
import type {
  Augmentation,
  Batch,
  BatchFigures,
  BuildContext,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  OpenData,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart, partOf } from '../experiment/part.js';
import { classification, labelTensor } from '../losses/classification.js';
import { aggregated, distillation, jointLabels, ownLogits } from '../losses/joint-labels.js';
import { detached } from '../nn/detached.js';
import { allPictures } from '../nn/groups.js';
import { linear } from '../nn/layers.js';
import type { Block, MatrixBlock } from '../protocol/figure.js';
import { eachOf } from './figures/pixels.js';
import { testCopies } from './held-out.js';

const info: MethodInfo = {
  title: 'SLA',
  family: 'with-labels',
  paper: {
    authors: 'Lee, Hwang & Shin',
    year: 2020,
    title: 'Self-supervised label augmentation via input transformations',
    arxiv: '1910.05872',
  },
  inputs: ['image'],
  summary: 'Classes and transformations are classified jointly; what all transformed copies say together is distilled.',
};

interface Transformation {
  readonly name: string;
  apply(image: Image): Image;
}

const turns: readonly Transformation[] = [0, 1, 2, 3].map((k) => ({
  name: `${90 * k}°`,
  apply: (image) => quarterTurns(image, k),
}));
const colors = (orders: readonly ColorOrder[]): Transformation[] =>
  orders.map((order) => ({ name: orderName(order), apply: (image) => permuteColors(image, order) }));
const combined = (first: readonly Transformation[], second: readonly Transformation[]): Transformation[] =>
  first.flatMap((a) =>
    second.map((b) => ({ name: `${a.name} ${b.name}`, apply: (image: Image) => b.apply(a.apply(image)) })),
  );

/** The unchanged picture is always the first. */
const transformationSets = {
  rotation: turns,
  colors: colors(colorOrders),
  cyclicColors: colors(colorOrders.slice(0, 3)),
  rotationAndCyclicColors: combined(turns, colors(colorOrders.slice(0, 3))),
  rotationAndColors: combined(turns, colors(colorOrders)),
} as const;

export const sla = definePart({
  kind: 'method',
  use: 'sla',
  doc: [
    'SLA: instead of learning to ignore a transformation, the network classifies class and transformation together, N · M',
    'labels; what it says of all M copies of a picture is averaged (aggregation). With self-distillation (SLA+SD) a second',
    'classifier learns the average from the unchanged copy alone, so that one pass is enough at test time.',
    'Lee, Hwang & Shin, "Self-supervised label augmentation via input transformations" (ICML 2020).',
  ].join('\n'),
  options: z.object({
    transformations: z
      .enum(['rotation', 'colors', 'cyclicColors', 'rotationAndCyclicColors', 'rotationAndColors'])
      .default('rotation')
      .describe(
        '`rotation`: by 0, 90, 180, 270 degrees (M = 4); `colors`: all orders of the channels (6); `cyclicColors`: 3 of them; both together: 12 or 24. Default `rotation`; published: rotation for CIFAR, 3 colors for fine-grained classes.',
      ),
    distill: z
      .boolean()
      .default(true)
      .describe('Self-distillation: SLA+SD, published as the better one for a single pass. Default true.'),
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe('Softens teacher and student of the distillation, above 0. Default 1, as published.'),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => [randomCrop({ padding: 4 }), horizontalFlip()])
      .describe(
        'Augmentations before the transformations, the same for all copies. Default: shift by up to 4 pixels and flip, as published for CIFAR-10.',
      ),
  }),
  create: ({ transformations: set, distill, temperature, views }) => {
    const transformations: readonly Transformation[] = transformationSets[set];
    const M = transformations.length;
    const copiesOf = (image: Image) =>
      set === 'rotation' ? fourTurns(image) : stacked(transformations.map(({ apply }) => apply(image)));
    return {
      info,
      pipeline: views,
      problems: ({ data }: { readonly data: OpenData }) => labelProblems(data),

      views: (image: Image, context: ViewContext) => {
        const { sample, label } = labelledOrDrawn(image, context, 0);
        return { copies: copiesOf(context.augment(sample, views, 0)), label };
      },

      build({ encoder, data, classes, random, add }: BuildContext): MethodModel {
        const joint = add('joint', linear(random.at(0), encoder.features, classes * M));
        const single = distill ? add('single', linear(random.at(1), encoder.features, classes)) : undefined;
        /** Logits of all copies `[pictures * M, classes * M]`, and of the unchanged ones by the student. */
        const predict = (copies: tf.Tensor4D, mode: Mode) => {
          const features = encoder.apply(copies, mode);
          const unchanged = tf.gather(features, tf.range(0, copies.shape[0], M, 'int32'));
          return {
            jointLogits: joint.apply(features, mode) as tf.Tensor2D,
            student: single?.apply(unchanged, mode) as tf.Tensor2D | undefined,
          };
        };
        const terms = (copies: tf.Tensor4D, labels: tf.Tensor1D, mode: Mode) => {
          const { jointLogits, student } = predict(copies, mode);
          const together = classification(jointLogits, jointLabels(labels, M));
          // The joint classifier learns from its labels alone: the student's terms do not move it.
          const teacher = detached(jointLogits, (logits) => aggregated(logits as tf.Tensor2D, M));
          const unchanged = tf.slice(ownLogits(jointLogits, M), [0, 0, 0], [-1, 1, -1]);
          const logs = {
            jointLoss: together.loss,
            jointAccuracy: together.accuracy,
            singleAccuracy: classification(tf.reshape(unchanged, [-1, classes]), labels).accuracy,
            aggregatedAccuracy: classification(teacher, labels).accuracy,
          };
          if (student === undefined) return { loss: together.loss, logs };
          const own = classification(student, labels);
          const distillLoss = distillation(student, teacher, temperature);
          const loss = tf.addN([together.loss, own.loss, distillLoss]) as tf.Scalar;
          return { loss, logs: { ...logs, classLoss: own.loss, distillLoss, accuracy: own.accuracy } };
        };
        const accuracy = (title: string) =>
          ({ title, unit: 'fraction', chance: 1 / classes, better: 'higher' }) as const;
        const jointChance = Math.log(classes * M);
        return {
          metrics: {
            loss: {
              title: 'SLA loss',
              chance: distill ? jointChance + Math.log(classes) : jointChance,
              best: 0,
              better: 'lower',
            },
            jointLoss: { title: 'Joint loss', chance: jointChance, better: 'lower' },
            jointAccuracy: {
              title: 'Joint accuracy',
              unit: 'fraction',
              chance: 1 / (classes * M),
              better: 'higher',
            },
            singleAccuracy: accuracy('Accuracy from the unchanged copy'),
            aggregatedAccuracy: accuracy('Aggregated accuracy'),
            ...(distill && {
              classLoss: { title: 'Classification loss', chance: Math.log(classes), better: 'lower' },
              distillLoss: { title: 'Distillation loss', best: 0, better: 'lower' },
              accuracy: accuracy('Distilled accuracy'),
            }),
          },
          loss: ({ tensors }, _targets, { mode }) => {
            const labels = tf.cast(tensors.label as tf.Tensor1D, 'int32');
            return terms(allPictures(tensors.copies as tf.Tensor), labels, mode);
          },
          measure: ({ indices, labels }, { mode }) => {
            const { loss, logs } = terms(testCopies(data, indices, copiesOf), labelTensor(labels), mode);
            return { loss, ...logs };
          },
          embed: (pictures) => encoder.apply(pictures, { training: false }),
          compare: async ({ tensors }: Batch, { tiles }: BatchFigures) => {
            const tables = tf.tidy(() => {
              const { jointLogits, student } = predict(allPictures(tensors.copies as tf.Tensor), { training: false });
              const columns = [ownLogits(jointLogits, M), tf.expandDims(aggregated(jointLogits, M), 1)];
              if (student !== undefined) columns.push(tf.expandDims(student, 1));
              // `[pictures, classes, copies and answers]`.
              return tf.transpose(tf.softmax(tf.concat(columns, 1) as tf.Tensor3D), [0, 2, 1]);
            });
            const truth = await (tensors.label as tf.Tensor).data();
            const columns = [...transformations.map(({ name }) => name), 'together', ...(distill ? ['distilled'] : [])];
            return (await eachOf(tables))
              .slice(0, shownTables)
              .flatMap((table, i): Block[] => [
                { kind: 'images', tiles: (tiles.copies ?? []).slice(i * M, (i + 1) * M).map(named(transformations)) },
                probabilities(data.classes, columns, table.data, truth[i] as number),
              ]);
          },
        };
      },

      show: ({ label }: Example, { tiles, data }: ExampleFigures): Block[] => [
        {
          kind: 'images',
          title: `Labels: ${data.classes[label as number]} and the transformation`,
          tiles: (tiles.copies ?? []).map(named(transformations)),
        },
      ],
    };
  },
});

/** Tables of this many pictures are shown. */
const shownTables = 6;

const named =
  (transformations: readonly Transformation[]) =>
  <T extends object>(tile: T, i: number) => ({
    ...tile,
    caption: transformations[i]?.name ?? '',
  });

function probabilities(
  classes: readonly string[],
  columns: readonly string[],
  values: Float32Array,
  truth: number,
): MatrixBlock {
  return {
    kind: 'matrix',
    title: `Probability of each class, given the transformation; true is ${classes[truth] ?? 'unknown'}`,
    rowTitle: 'class',
    columnTitle: 'copy',
    rows: classes.map((name, i) => (i === truth ? `${name} (true)` : name)),
    columns,
    values,
    unit: 'fraction',
    range: [0, 1],
  };
}
