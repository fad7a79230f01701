import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type {
  Batch,
  BatchFigures,
  BuildContext,
  EncoderContext,
  EncoderModule,
  Example,
  ExampleFigures,
  Image,
  MethodInfo,
  MethodModel,
  Mode,
  Module,
  OpenData,
  Signal,
  StepContext,
  ViewContext,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import {
  candidateCount,
  drawCandidates,
  futureLabels,
  futureLoss,
  futureScores,
  type LatentGrid,
} from '../losses/future.js';
import { gru } from '../nn/gru.js';
import { linear } from '../nn/layers.js';
import { maskedContext } from '../nn/masked-context.js';
import { type PatchGridEncoder, patchGridEncoder } from '../nn/patch-grid-encoder.js';
import type { Block } from '../protocol/figure.js';
import type { MetricInfo } from '../protocol/run.js';
import { type Ahead, accuracyBars, type FuturePictures, rankedFutures } from './figures/futures.js';
import { waveform } from './figures/waveform.js';
import {
  gridProblems,
  overlappingRows,
  patchesOf,
  patchLatents,
  patchOptions,
  patchPictures,
  showPatches,
} from './patch-views.js';

const info: MethodInfo = {
  title: 'CPC',
  family: 'contrastive',
  paper: {
    authors: 'van den Oord, Li & Vinyals',
    year: 2018,
    title: 'Representation learning with contrastive predictive coding',
    arxiv: '1807.03748',
  },
  inputs: ['sequence', 'image'],
  summary: 'What came before has to pick what comes next among candidates from elsewhere.',
};

export const cpc = definePart({
  kind: 'method',
  use: 'cpc',
  doc: [
    'Contrastive predictive coding: a context made of what came before (a GRU over a signal; masked convolutions over the rows of',
    'a grid of patches) has to pick the latents that come next among candidates from elsewhere (InfoNCE). The encoder must',
    'have no batch norm, which would tell of the future: signalEncoder(), or convnet({ norm: "layer" }) for patches.',
    'van den Oord, Li & Vinyals, "Representation learning with contrastive predictive coding" (2018), arXiv:1807.03748.',
  ].join('\n'),
  options: z.object({
    steps: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(4)
      .describe(
        'How many latents ahead are predicted, at most. Default 4; published: 12 for audio, 5 rows for pictures.',
      ),
    skip: z
      .number()
      .int()
      .min(0)
      .max(63)
      .optional()
      .describe(
        'How many of the nearest are left out. Default: for signals none, for pictures the rows that share pixels with the context; published: none.',
      ),
    negatives: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(10)
      .describe(
        'Wrong candidates of each prediction, 1 or more, at most all there are. Default 10, as published for audio.',
      ),
    negativesFrom: z
      .enum(['batch', 'sample'])
      .default('batch')
      .describe('Where they are drawn from: the whole `batch` (default), or the same `sample`, which is harder.'),
    context: z
      .number()
      .int()
      .min(1)
      .max(4096)
      .default(64)
      .describe('Units of the GRU, or width of the masked convolutions. Default 64; published: 256 for audio.'),
    blocks: z
      .number()
      .int()
      .min(1)
      .max(16)
      .default(2)
      .describe('For pictures: blocks of masked convolutions; each looks one row further up. Default 2.'),
    ...patchOptions,
  }),
  create: (options) => {
    const { steps, negatives, negativesFrom: from, context: units, blocks } = options;
    const skipped = (kind: OpenData['kind']) => options.skip ?? (kind === 'image' ? overlappingRows(options) : 0);

    return {
      info,
      pipeline: [...options.views, ...options.patchViews],

      problems: ({ data }: { data: OpenData<Image | Signal> }) =>
        data.kind === 'image' ? gridProblems(data, options, skipped('image') + 1, steps) : [],

      views: (sample: Image | Signal, context: ViewContext<Image | Signal>): Example =>
        context.data.kind === 'image'
          ? { patches: patchesOf(sample as Image, options, context as ViewContext<never>) }
          : { signal: sample },

      encoder: (context: EncoderContext): EncoderModule =>
        context.shape.length === 3 ? patchGridEncoder(context, options) : context.make(context.shape),

      build({ encoder, data, shape, batchSize, random, add }: BuildContext<Image | Signal>): MethodModel {
        const { network, rows, columns } = latentsOf(encoder, data.kind, shape);
        const features = data.kind === 'image' ? encoder.features : (encoder.maps?.stages.at(-1)?.channels ?? 0);
        const aheads = Array.from({ length: steps - skipped(data.kind) }, (_, i) => skipped(data.kind) + 1 + i);
        if (rows <= steps)
          throw new Error(
            `cpc: a signal of ${shape[0]} values makes ${rows} latents, too few to predict ${steps} ahead. Take longer signals, fewer steps or smaller strides in the encoder.`,
          );
        const summary = add(
          'context',
          data.kind === 'image'
            ? maskedContext(random.at(0), features, { blocks, width: units })
            : overTime(gru(random.at(0), features, units)),
        );
        const width = data.kind === 'image' ? features : units;
        const predictors = aheads.map((ahead) =>
          add(`ahead${ahead}`, linear(random.at(1, ahead), width, features, { bias: false, deviation: 1 / width })),
        );

        const gridOf = (batch: number): LatentGrid => ({ batch, rows, columns });
        const count = (batch: number) => candidateCount(gridOf(batch), { negatives, from });

        /** For each step ahead, the products of all predictions with all latents of the batch. */
        const scoresOf = ({ tensors }: Batch, mode: Mode): tf.Tensor2D[] => {
          const latents = network((tensors.patches ?? tensors.signal) as tf.Tensor, mode);
          const contexts = summary.apply(latents, mode) as tf.Tensor4D;
          const [batch] = latents.shape;
          return aheads.map((ahead, i) => {
            const from = tf.reshape(tf.slice(contexts, [0, 0, 0, 0], [batch, rows - ahead, columns, width]), [
              -1,
              width,
            ]);
            return futureScores((predictors[i] as Module).apply(from, mode), latents);
          });
        };
        const labelsOf = (batch: number) => aheads.map((ahead) => futureLabels(gridOf(batch), ahead));
        const masks = (batch: number, { random }: Pick<StepContext, 'random'>): tf.NamedTensorMap =>
          Object.fromEntries(
            labelsOf(batch).map((labels, i) => {
              const drawn = drawCandidates(gridOf(batch), labels, { negatives, from }, random.at(1, i));
              return [`candidates${aheads[i]}`, tf.tensor2d(drawn, [labels.length, batch * rows * columns])];
            }),
          );

        const guess = count(batchSize);
        const perAhead = (title: string, rest: Omit<MetricInfo, 'title'>) => (ahead: number) => ({
          ...rest,
          title: `${title}, ${ahead} ahead`,
        });
        const accuracyInfo = perAhead('Accuracy', { unit: 'fraction', chance: 1 / guess, better: 'higher' });
        const boundInfo = perAhead('Information bound (nats)', { chance: 0, best: Math.log(guess), better: 'higher' });

        return {
          metrics: {
            loss: { title: 'InfoNCE loss', chance: Math.log(guess), better: 'lower' },
            accuracy: { title: 'Future picked', unit: 'fraction', chance: 1 / guess, better: 'higher' },
            ...Object.fromEntries(
              aheads.flatMap((ahead) => [
                [`accuracy${ahead}`, accuracyInfo(ahead)],
                [`information${ahead}`, boundInfo(ahead)],
              ]),
            ),
          },

          targets: (batch, step) => masks(batch.indices.length, step),

          loss(batch, targets, { mode }) {
            const size = batch.indices.length;
            const labels = labelsOf(size);
            const terms = scoresOf(batch, mode).map((scores, i) =>
              futureLoss(scores, labels[i] as Int32Array, targets[`candidates${aheads[i]}`]),
            );
            const mean = (values: readonly tf.Scalar[]) => tf.div<tf.Scalar>(tf.addN([...values]), values.length);
            return {
              loss: mean(terms.map(({ loss }) => loss)),
              logs: {
                accuracy: mean(terms.map(({ accuracy }) => accuracy)),
                ...Object.fromEntries(
                  terms.flatMap(({ loss, accuracy }, i) => [
                    [`accuracy${aheads[i]}`, accuracy],
                    // I(future; context) >= ln(candidates) - loss.
                    [`information${aheads[i]}`, tf.sub<tf.Scalar>(Math.log(count(size)), loss)],
                  ]),
                ),
              },
            };
          },

          embed: (inputs) => encoder.apply(inputs, { training: false }),

          async compare(batch: Batch, figures: BatchFigures): Promise<readonly Block[]> {
            const size = batch.indices.length;
            const read = tf.tidy(() => scoresOf(batch, { training: false }));
            const all = await Promise.all(read.map((scores) => scores.data()));
            tf.dispose(read);
            const found = labelsOf(size).map(
              (labels, i): Ahead => ({
                label: `${aheads[i]} ahead`,
                ahead: aheads[i] as number,
                scores: all[i] as Float32Array,
                labels,
                chance: 1 / (size * rows * columns),
              }),
            );
            const { patches } = batch.tensors;
            const pictures =
              patches === undefined ? await signalPictures(batch, rows) : patchPictures(figures, options, columns);
            return [accuracyBars(found), ...found.map((ahead) => rankedFutures(ahead, gridOf(size), pictures))];
          },
        };
      },

      show: (example: Example, figures: ExampleFigures<Image | Signal>): readonly Block[] =>
        'patches' in example
          ? showPatches(options, example, figures as unknown as ExampleFigures)
          : [
              {
                kind: 'images',
                tiles: [{ image: waveform(example.signal as Signal), caption: figures.samples.name(figures.index) }],
              },
            ],
    };
  },
});

/** The latents of a batch as a grid: of patches, or of the moments of signals in one column. */
function latentsOf(encoder: EncoderModule, kind: OpenData['kind'], shape: readonly number[]) {
  if (kind === 'image') {
    const grid = encoder as PatchGridEncoder;
    return {
      rows: grid.rows,
      columns: grid.columns,
      network: (patches: tf.Tensor, mode: Mode) => patchLatents(grid, patches, mode),
    };
  }
  const { maps } = encoder;
  const stage = maps?.stages.at(-1);
  if (maps === undefined || stage === undefined)
    throw new Error('cpc needs an encoder that tells the latents of each moment of a signal. Take signalEncoder()');
  return {
    rows: Math.ceil((shape[0] as number) / stage.stride),
    columns: 1,
    network: (signals: tf.Tensor, mode: Mode) => maps.apply(signals, mode).at(-1) as tf.Tensor4D,
  };
}

/** A recurrent network over the rows of a grid that has one column. */
function overTime(network: Module): Module {
  return {
    variables: network.variables,
    apply(grid, mode) {
      const [batch, rows, , features] = grid.shape as [number, number, number, number];
      const states = network.apply(tf.reshape(grid, [batch, rows, features]), mode);
      return tf.reshape(states, [batch, rows, 1, states.shape[2] as number]);
    },
  };
}

/** Each latent as the stretch of its signal, and a context as the signal up to it. */
async function signalPictures({ tensors }: Batch, rows: number): Promise<FuturePictures> {
  const signal = tensors.signal as tf.Tensor3D;
  const [, length, channels] = signal.shape;
  const data = (await signal.data()) as Float32Array;
  const hop = Math.ceil(length / rows);
  const part = (sample: number, from: number, to: number): Signal => {
    const end = Math.min(to, length);
    const start = (sample * length + from) * channels;
    return { data: data.subarray(start, start + (end - from) * channels), shape: [end - from, channels] };
  };
  return {
    latent(index) {
      const [sample, moment] = [Math.floor(index / rows), index % rows];
      return { image: waveform(part(sample, moment * hop, (moment + 1) * hop)), caption: '' };
    },
    context(sample, row, _column, ahead) {
      const image = waveform(part(sample, 0, length), (row + 1) * hop);
      const pixels = image.width / length;
      const left = (row + ahead) * hop * pixels;
      return {
        image,
        caption: `sample ${sample + 1}`,
        boxes: [{ left, top: 0, width: hop * pixels, height: image.height, role: 'target' }],
      };
    },
  };
}
