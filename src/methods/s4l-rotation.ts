import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { cropAndFlip } from '../augment/presets.js';
import { fourTurns } from '../augment/quarter-turns.js';
import { drawLabelled, labelProblems } from '../data/labelled.js';
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
import { allPictures, repeated } from '../nn/groups.js';
import { linear } from '../nn/layers.js';
import type { Block } from '../protocol/figure.js';
import { judgedTiles } from './figures/judged-tiles.js';
import { testCopies } from './held-out.js';

const info: MethodInfo = {
  title: 'S4L-Rotation',
  family: 'with-labels',
  paper: {
    authors: 'Zhai, Oliver, Kolesnikov & Beyer',
    year: 2019,
    title: 'S4L: Self-supervised semi-supervised learning',
    arxiv: '1905.03670',
  },
  inputs: ['image'],
  summary: 'Classifies the few pictures that have a label, and tells of all pictures by how much they were turned.',
};

const angles = ['0°', '90°', '180°', '270°'];

export const s4lRotation = definePart({
  kind: 'method',
  use: 's4lRotation',
  doc: [
    'S4L-Rotation: supervised learning on the samples with a label, and on all samples, with or without one, the pretext task',
    'of RotNet, through one encoder. Every sample of the batch is joined by one that has a label, drawn at random; of both there',
    'are four turned copies, so a step computes eight times as many pictures as `batchSize`. Pictures must be square.',
    'Zhai, Oliver, Kolesnikov & Beyer, "S4L: Self-supervised semi-supervised learning" (ICCV 2019).',
  ].join('\n'),
  options: z.object({
    weight: z
      .number()
      .min(0)
      .default(1)
      .describe(
        'Factor of the rotation loss beside the classification loss, 0 or more. Default 1, as published; 0 is supervised training on turned copies.',
      ),
    classify: z
      .enum(['turned', 'upright'])
      .default('turned')
      .describe(
        'Which copies of the labelled samples learn their class: `turned`, all four, as published; `upright`, the unturned one, so that a small network need not know its classes lying and upside down. Default `turned`.',
      ),
    views: z
      .array(partOf<Augmentation>('augmentation'))
      .default(() => cropAndFlip())
      .describe(
        'Augmentations before the turns, the same for all four copies. Default: crop of 20 to 100 % of the area and flip; published: Inception crop (5 to 100 %) and flip.',
      ),
  }),
  create: ({ weight, classify, views }) => ({
    info,
    pipeline: views,
    problems: ({ data }: { readonly data: OpenData }) => labelProblems(data),

    views: (image: Image, context: ViewContext) => {
      const { sample, label } = drawLabelled(context, 0);
      return {
        turned: fourTurns(context.augment(image, views, 0)),
        labelled: fourTurns(context.augment(sample, views, 1)),
        label,
      };
    },

    build({ encoder, data, classes, random, add }: BuildContext): MethodModel {
      const classifier = add('classifier', linear(random.at(0), encoder.features, classes));
      const angle = add('rotation', linear(random.at(1), encoder.features, angles.length));
      const features = (pictures: tf.Tensor4D, mode: Mode) => encoder.apply(pictures, mode) as tf.Tensor2D;
      const turn = (own: tf.Tensor2D, mode: Mode) =>
        classification(angle.apply(own, mode) as tf.Tensor2D, turnLabels(own.shape[0]));
      const averaged = (own: tf.Tensor2D, truth: tf.Tensor1D, mode: Mode) => {
        const logits = tf.reshape(classifier.apply(own, mode), [-1, 4, classes]);
        return classification(tf.mean(logits, 1) as tf.Tensor2D, truth).accuracy;
      };
      const rotationChance = Math.log(4);
      return {
        metrics: {
          loss: {
            title: 'S4L-Rotation loss',
            chance: Math.log(classes) + weight * rotationChance,
            best: 0,
            better: 'lower',
          },
          classLoss: { title: 'Classification loss', chance: Math.log(classes), better: 'lower' },
          rotationLoss: { title: 'Rotation loss', chance: rotationChance, better: 'lower' },
          accuracy: { title: 'Classification accuracy', unit: 'fraction', chance: 1 / classes, better: 'higher' },
          rotationAccuracy: { title: 'Rotation accuracy', unit: 'fraction', chance: 1 / 4, better: 'higher' },
          labelledRotationAccuracy: {
            title: 'Rotation accuracy, samples with a label',
            unit: 'fraction',
            chance: 1 / 4,
            better: 'higher',
          },
        },
        measures: {
          ...(classify === 'turned' && {
            averagedAccuracy: {
              title: 'Accuracy of the mean over four turns',
              unit: 'fraction',
              chance: 1 / classes,
              better: 'higher',
            },
          }),
        },
        loss: ({ tensors }, _targets, { mode }) => {
          // Both parts in one pass, so that batch norm sees them together.
          const turned = allPictures(tensors.turned as tf.Tensor);
          const all = features(tf.concat4d([turned, allPictures(tensors.labelled as tf.Tensor)], 0), mode);
          const [own, labelled] = tf.split(all, 2) as [tf.Tensor2D, tf.Tensor2D];
          const label = tf.cast(tensors.label as tf.Tensor1D, 'int32');
          const classes =
            classify === 'turned'
              ? classification(classifier.apply(labelled, mode) as tf.Tensor2D, repeated(label, 4))
              : classification(classifier.apply(upright(labelled), mode) as tf.Tensor2D, label);
          const [rotation, labelledRotation] = [turn(own, mode), turn(labelled, mode)];
          const rotationLoss = tf.div<tf.Scalar>(tf.add(rotation.loss, labelledRotation.loss), 2);
          return {
            loss: tf.add<tf.Scalar>(classes.loss, tf.mul(rotationLoss, weight)),
            logs: {
              classLoss: classes.loss,
              rotationLoss,
              accuracy: classes.accuracy,
              rotationAccuracy: rotation.accuracy,
              labelledRotationAccuracy: labelledRotation.accuracy,
            },
          };
        },
        measure: ({ indices, labels }, { mode }) => {
          const own = features(testCopies(data, indices, fourTurns), mode);
          const truth = labelTensor(labels);
          const rotation = turn(own, mode);
          const { loss: classLoss, accuracy } = classification(
            classifier.apply(upright(own), mode) as tf.Tensor2D,
            truth,
          );
          return {
            classLoss,
            accuracy,
            ...(classify === 'turned' && { averagedAccuracy: averaged(own, truth, mode) }),
            rotationLoss: rotation.loss,
            rotationAccuracy: rotation.accuracy,
          };
        },
        embed: (pictures) => encoder.apply(pictures, { training: false }),
        compare: async ({ tensors, labels }: Batch, { tiles }: BatchFigures) => {
          const answers = tf.tidy(() =>
            [tensors.turned, tensors.labelled].flatMap((pictures) => {
              const own = features(allPictures(pictures as tf.Tensor), { training: false });
              return [angle, classifier].map((head) => tf.argMax(head.apply(own, { training: false }), 1));
            }),
          );
          const [turns, classes, labelledTurns, labelledClasses] = await Promise.all(answers.map((own) => own.data()));
          tf.dispose(answers);
          const drawn = await (tensors.label as tf.Tensor).data();
          const judged = (array: 'turned' | 'labelled', said: Said, named: Said, truth: ArrayLike<number>) =>
            judgedTiles(tiles[array] ?? [], turnsOf(said.length), said, angles).map((tile, i) => {
              const own = truth[Math.floor(i / 4)] as number;
              // A classifier of upright pictures has nothing to say of turned ones.
              if (classify === 'upright' && i % 4 !== 0) return { ...tile, label: data.classes[own] };
              const name = data.classes[named[i] as number] ?? '?';
              const verdict =
                own < 0 ? name : own === named[i] ? `${name}, right` : `${name}, not ${data.classes[own]}`;
              return { ...tile, caption: `${tile.caption} · ${verdict}`, label: data.classes[own] };
            });
          return [
            {
              kind: 'images',
              title: 'With a label: angle and class, as the network says',
              columns: angles,
              tiles: judged('labelled', labelledTurns as Said, labelledClasses as Said, drawn),
            },
            {
              kind: 'images',
              title: 'All samples: their label is not used',
              columns: angles,
              tiles: judged('turned', turns as Said, classes as Said, labels),
            },
          ];
        },
      };
    },

    show: ({ label }: Example, { tiles, data }: ExampleFigures): Block[] => [
      {
        kind: 'images',
        title: 'Without a label: by how much is it turned?',
        columns: angles,
        tiles: (tiles.turned ?? []).map((tile, i) => ({ ...tile, caption: angles[i] ?? '' })),
      },
      {
        kind: 'images',
        title: 'With a label: by how much is it turned, and what is it?',
        columns: angles,
        tiles: (tiles.labelled ?? []).map((tile, i) => ({
          ...tile,
          caption: `${angles[i]} · ${data.classes[label as number]}`,
        })),
      },
    ],
  }),
});

type Said = Int32Array;

/** Of four turned copies each, `[4 * samples, features]`, the unturned ones. */
const upright = (copies: tf.Tensor2D) => tf.gather(copies, tf.range(0, copies.shape[0], 4, 'int32'));

/** 0, 1, 2, 3, 0, 1, …: the turns of all copies. */
const turnsOf = (count: number) => Array.from({ length: count }, (_, i) => i % 4);
const turnLabels = (count: number) => labelTensor(turnsOf(count));
