import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { type MaskOptions, maskTokens, treatments } from '../augment/mask-tokens.js';
import { sentencePair } from '../augment/sentence-pair.js';
import type {
  Batch,
  BuildContext,
  Example,
  ExampleFigures,
  MethodInfo,
  MethodModel,
  Mode,
  NdArray,
  OpenData,
  Passage,
  TokenFeatures,
  ViewContext,
  Vocabulary,
} from '../experiment/contracts.js';
import { textInput } from '../experiment/encoder-input.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { maskedCrossEntropy } from '../losses/masked-cross-entropy.js';
import { gelu } from '../nn/gelu.js';
import { layerNorm } from '../nn/layer-norm.js';
import { linear } from '../nn/layers.js';
import { deviationFor } from '../nn/transformer.js';
import { BIAS, namedVariable, variablesOf } from '../nn/variables.js';
import type { Block } from '../protocol/figure.js';
import { compareTexts, type ShownText, shownTokens, verdicts } from './figures/tokens.js';

const info: MethodInfo = {
  title: 'BERT',
  family: 'context',
  paper: {
    authors: 'Devlin, Chang, Lee & Toutanova',
    year: 2019,
    title: 'BERT: Pre-training of deep bidirectional transformers for language understanding',
    arxiv: '1810.04805',
  },
  inputs: ['text'],
  summary: 'Hidden tokens are predicted from both sides, and whether one stretch of text follows another.',
};

export const bert = definePart({
  kind: 'method',
  use: 'bert',
  doc: [
    'BERT: some tokens are hidden and predicted from both sides (masked language model), and the network tells whether the',
    'second stretch of text really follows the first (next-sentence prediction). Wants an encoder of texts: transformer(…).',
    'Published: adamW with weight decay 0.01 and epsilon 1e-6, without bias correction (here it is corrected, which matters',
    'in the first steps only), 10,000 steps of warm-up, then linear decay to 0, clipNorm 1, dropout 0.1, batches of 256.',
    'Devlin et al., "BERT: Pre-training of deep bidirectional transformers for language understanding" (NAACL 2019).',
  ].join('\n'),
  options: z.object({
    fraction: z
      .number()
      .positive()
      .max(0.9)
      .default(0.15)
      .describe('Part of the tokens that is predicted, above 0 to 0.9. Default 0.15, as published.'),
    masked: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('Of the predicted tokens, the part that is shown as [MASK], 0 to 1. Default 0.8, as published.'),
    random: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        'Of the predicted tokens, the part that is shown as a random token, 0 to 1; what is left stays as it is. Default 0.1, as published.',
      ),
    predictions: z
      .number()
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe(
        'Most tokens predicted per text, 1 to 1024. Default: `fraction` of the length, rounded up; published: 20 of 128.',
      ),
    short: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Probability that a text is shorter than what the network takes, 0 to 1. Default 0.1, as published.'),
    nextSentence: z
      .boolean()
      .default(true)
      .describe(
        'Predict whether the second stretch follows the first. Default true, as published; later work leaves it out (RoBERTa, arXiv:1907.11692).',
      ),
  }),
  create: ({ fraction, masked, random: randomized, predictions, short, nextSentence }) => ({
    info,
    pipeline: [],

    /** Masks are drawn anew in every epoch; the published code draws ten for each text and keeps them. */
    views(passage: Passage, { data, samples, random }: ViewContext<Passage>): Example {
      const [length] = data.shape as [number, number];
      const vocabulary = data.vocabulary as Vocabulary;
      const pair = sentencePair(passage, samples, { room: length - 3, short, strangers: nextSentence }, random(0));
      const whole = textInput([[pair.first], [pair.second]], length, vocabulary);
      const options: MaskOptions = {
        fraction,
        masked,
        random: Math.min(randomized, 1 - masked),
        slots: predictions ?? Math.ceil(fraction * length),
      };
      const { input, ...slots } = maskTokens(
        whole.data,
        { ...vocabulary, tokens: vocabulary.tokens.length },
        options,
        random(1),
      );
      const list = (values: Int32Array | Float32Array): NdArray => ({ data: values, shape: [options.slots] });
      return {
        input: { data: input, shape: whole.shape },
        positions: list(slots.positions),
        truth: list(slots.truth),
        weights: list(slots.weights),
        treatment: list(slots.treatment),
        // As published: 0 is the true next one.
        next: { data: Int32Array.of(pair.isNext ? 0 : 1), shape: [] },
      };
    },

    build({ encoder, data, random, add }: BuildContext<Passage>): MethodModel {
      const { tokens: reader, features: width } = encoder;
      const names = data.vocabulary?.tokens ?? [];
      if (reader === undefined)
        throw new Error('bert needs an encoder that tells the features of single tokens: transformer(…)');
      const baseline = unigram(data, names.length);
      const predictor = add('predictor', tokenPredictor(random.at(0), reader, width, baseline.logProbabilities));
      const pooler = linear(random.at(1), width, width, { deviation: deviationFor(width) });
      const classifier = linear(random.at(2), width, 2, { deviation: deviationFor(width) });
      const verdict = nextSentence
        ? add('verdict', {
            variables: () => variablesOf({ pooler, classifier }),
            /** `[batch, width]` at [CLS] to `[batch, 2]`. */
            apply: (x: tf.Tensor, mode: Mode) => classifier.apply(tf.tanh(pooler.apply(x, mode)), mode),
          })
        : undefined;

      /** Of each slot `[batch * slots, V]`, of each text `[batch, 2]`. */
      const predict = ({ tensors }: Batch, mode: Mode) => {
        const hidden = reader.apply(tensors.input as tf.Tensor, mode);
        const [batch, length] = hidden.shape;
        const rows = tf.reshape(hidden, [-1, width]);
        const starts = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32'));
        const places = tf.reshape(tf.add(tensors.positions as tf.Tensor, tf.expandDims(starts, 1)), [-1]);
        return {
          tokenLogits: predictor.apply(tf.gather(rows, places as tf.Tensor1D), mode) as tf.Tensor2D,
          nextLogits: verdict?.apply(tf.gather(rows, starts as tf.Tensor1D), mode) as tf.Tensor2D | undefined,
        };
      };
      const flat = (tensor: tf.Tensor | undefined) => tf.reshape(tensor as tf.Tensor, [-1]) as tf.Tensor1D;
      const everyText = (next: tf.Tensor1D) => tf.onesLike(tf.cast(next, 'float32')) as tf.Tensor1D;

      const losses = (batch: Batch, mode: Mode) => {
        const { truth, weights, treatment, next } = batch.tensors;
        const { tokenLogits, nextLogits } = predict(batch, mode);
        const words = maskedCrossEntropy(tokenLogits, flat(truth), flat(weights));
        // Two losses of their own, since the labels of both begin at 0 and neither is padding.
        const follows = nextLogits && maskedCrossEntropy(nextLogits, flat(next), everyText(flat(next)));
        const counts = treatments
          .slice(1)
          .map((name, i) => [name, tf.sum(tf.cast(tf.equal(treatment as tf.Tensor, i + 1), 'float32'))] as const);
        return {
          loss: follows === undefined ? words.loss : (tf.add(words.loss, follows.loss) as tf.Scalar),
          logs: {
            maskedLoss: words.loss,
            accuracy: words.accuracy,
            ...(follows && { nextLoss: follows.loss, nextAccuracy: follows.accuracy }),
            ...(Object.fromEntries(counts) as Record<string, tf.Scalar>),
          },
        };
      };

      const guessed = Math.log(Math.max(1, names.length));
      return {
        metrics: {
          loss: { title: 'BERT loss', chance: guessed + (nextSentence ? Math.LN2 : 0), better: 'lower' },
          maskedLoss: { title: 'Masked-token loss', chance: guessed, better: 'lower' },
          accuracy: { title: 'Masked-token accuracy', unit: 'fraction', chance: 1 / names.length, better: 'higher' },
          ...(nextSentence && {
            nextLoss: { title: 'Next-sentence loss', chance: Math.LN2, better: 'lower' },
            nextAccuracy: { title: 'Next-sentence accuracy', unit: 'fraction', chance: 0.5, better: 'higher' },
          }),
          masked: { title: 'Tokens shown as [MASK]' },
          unchanged: { title: 'Tokens to predict that stayed' },
          random: { title: 'Tokens shown as a random one' },
        },
        measures: {
          unigramAccuracy: { title: 'Accuracy of always saying the most frequent token', unit: 'fraction' },
          unigramLoss: { title: 'Masked-token loss of saying how frequent each token is' },
        },
        loss: (batch, _targets, { mode }) => losses(batch, mode),
        measure(batch, { mode }) {
          const { loss, logs } = losses(batch, mode);
          const [truth, weights] = [flat(batch.tensors.truth), flat(batch.tensors.weights)];
          const mean = (values: tf.Tensor) =>
            tf.div(tf.sum(tf.mul(values, weights)), tf.add(tf.sum(weights), 1e-5)) as tf.Scalar;
          const frequencies = tf.tensor1d(baseline.logProbabilities);
          return {
            loss,
            ...logs,
            unigramAccuracy: mean(tf.cast(tf.equal(truth, baseline.top), 'float32')),
            unigramLoss: tf.neg(mean(tf.gather(frequencies, truth))),
          };
        },
        embed: (inputs) => encoder.apply(inputs, { training: false }),
        compare: (batch) =>
          compareTexts(batch, data.vocabulary as Vocabulary, reader, () => predict(batch, { training: false })),
      };
    },

    show(example: Example, { data }: ExampleFigures<Passage>): readonly Block[] {
      const array = (name: string) => (example[name] as NdArray).data as Int32Array;
      const text: ShownText = {
        ids: array('input'),
        positions: array('positions'),
        truth: array('truth'),
        treatment: array('treatment'),
      };
      const caption = nextSentence ? verdicts[array('next')[0] as 0 | 1] : undefined;
      return [{ kind: 'tokens', lines: [{ caption, tokens: shownTokens(text, data.vocabulary as Vocabulary) }] }];
    },
  }),
});

/**
 * Features of slots to logits of tokens: a layer, then the products with the encoder's own table, plus a bias. The bias
 * starts from how frequent the tokens are (published: from 0): otherwise all rows of the table first move together to learn
 * that, and at the learning rates of short trainings nothing that tells tokens apart is left of them.
 */
function tokenPredictor(random: Random, reader: TokenFeatures, width: number, logProbabilities: Float32Array) {
  const transform = linear(random, width, width, { deviation: deviationFor(width) });
  const norm = layerNorm(width);
  const bias = namedVariable('bias', tf.tensor1d(logProbabilities), BIAS);
  return {
    variables: () => [...variablesOf({ transform, norm }), bias],
    apply(features: tf.Tensor, mode: Mode) {
      const changed = norm.apply(gelu(transform.apply(features, mode)), mode) as tf.Tensor2D;
      return tf.add(tf.matMul(changed, reader.table.variable as tf.Variable<tf.Rank.R2>, false, true), bias.variable);
    },
  };
}

/** Passages that are counted, spread over the training split. */
const COUNTED = 20_000;

/** How often each token occurs in the training texts: what can be said without looking at the text. */
function unigram({ train }: OpenData<Passage>, tokens: number) {
  // One more for each, so that none is impossible.
  const counts = new Float64Array(tokens).fill(1);
  const step = Math.max(1, train.length / COUNTED);
  for (let i = 0; i < train.length; i += step)
    for (const ids of train.get(Math.floor(i)).sentences) for (const id of ids) counts[id]!++;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    top: counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0)),
    logProbabilities: Float32Array.from(counts, (count) => Math.log(count / total)),
  };
}
