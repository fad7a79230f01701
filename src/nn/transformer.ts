/** The transformer encoder of BERT: Devlin et al. 2019, arXiv:1810.04805, on Vaswani et al. 2017, arXiv:1706.03762. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { EncoderModule, EncoderPlace, Mode, Module } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import type { Random } from '../experiment/random.js';
import { dropout } from './dropout.js';
import { gelu } from './gelu.js';
import { layerNorm } from './layer-norm.js';
import { linear } from './layers.js';
import { BIAS, constantVariable, truncatedNormalKernel, variablesOf } from './variables.js';

/** Deviation of the initial weights: 0.02, as published, at the published width of 768, and as much more as it is narrower. */
export const deviationFor = (width: number) => 0.02 * Math.sqrt(768 / width);
/** Id of padding, which nobody attends to. */
const PAD = 0;

export const transformer = definePart({
  kind: 'encoder',
  use: 'transformer',
  doc: [
    'Transformer encoder for texts: embeddings of token, position and segment, then layers of self-attention and MLP.',
    'Norms come after each residual sum, the MLP is 4 times as wide and has GELU; padding is not attended to.',
    'Devlin et al., "BERT" (NAACL 2019); published: 12 layers x 768 (Base), 4 x 256 (Mini), 2 x 128 (Tiny).',
  ].join('\n'),
  options: z.object({
    layers: z.number().int().min(1).max(48).default(2).describe('Number of layers, 1 to 48. Default 2 (BERT-Tiny).'),
    width: z
      .number()
      .int()
      .min(2)
      .max(4096)
      .default(128)
      .describe('Width of a token’s vector, a multiple of `heads`, 2 to 4096. Default 128 (BERT-Tiny).'),
    heads: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(2)
      .describe('Attention heads, 1 to 64. Default 2 (BERT-Tiny); published: one per 64 of the width.'),
    dropout: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.1)
      .describe(
        'Part of the values set to 0 in training: embeddings, attention, and what each layer adds, 0 to 0.9. Default 0.1, as published; 0 where training is short.',
      ),
    distances: z
      .boolean()
      .default(false)
      .describe(
        'Add to the attention a learned number for each head and distance between tokens (Raffel et al. 2020, T5, arXiv:1910.10683), so that neighbors are found within few steps. Default false, as published for BERT, which must find them by its table of positions.',
      ),
    pool: z
      .enum(['mean', 'cls'])
      .default('mean')
      .describe(
        'Features of a text: the `mean` over its tokens (default), or the vector at [CLS], as published, which means little before fine-tuning (Reimers & Gurevych 2019, arXiv:1908.10084).',
      ),
  }),
  create: (options) => ({
    build: (shape: readonly number[], random: Random, { vocabulary }: EncoderPlace = {}) => {
      const { width, heads } = options;
      if (width % heads !== 0)
        throw new Error(
          `transformer: width ${width} is no multiple of heads ${heads}; take ${heads * Math.ceil(width / heads)}`,
        );
      if (shape.length !== 2 || shape[1] !== 2 || vocabulary === undefined)
        throw new Error(`transformer takes texts, [tokens, 2], but samples are [${shape}]; use text(…) as data`);
      return transformerEncoder(random, { ...options, vocabulary, length: shape[0] as number });
    },
  }),
});

export interface TransformerOptions {
  /** Number of tokens in the vocabulary. */
  readonly vocabulary: number;
  /** Tokens of an input. */
  readonly length: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly dropout: number;
  readonly distances?: boolean;
  readonly pool: 'mean' | 'cls';
}

/** int32 `[batch, length, 2]`, ids and segments, to `[batch, width]`, and on the way to `[batch, length, width]`. */
export function transformerEncoder(random: Random, options: TransformerOptions): EncoderModule {
  const { length, layers, width, pool } = options;
  const embed = embeddings(random.at(0), options);
  const blocks = Array.from({ length: layers }, (_, i) => block(random.at(1, i), options));

  const run = (input: tf.Tensor, mode: Mode, count = layers): { hidden: tf.Tensor2D; visible: tf.Tensor2D } => {
    const [ids, segments] = tf.unstack(input, 2) as [tf.Tensor2D, tf.Tensor2D];
    const visible = tf.cast(tf.notEqual(ids, PAD), 'float32') as tf.Tensor2D;
    const hidden = blocks
      .slice(0, count)
      .reduce((x, layer) => layer.apply(x, visible, mode), embed.apply(ids, segments, mode));
    return { hidden, visible };
  };
  const tokens = (hidden: tf.Tensor) => tf.reshape(hidden, [-1, length, width]) as tf.Tensor3D;

  return {
    features: width,
    variables: () =>
      variablesOf({ embeddings: embed, ...Object.fromEntries(blocks.map((own, i) => [`layer${i + 1}`, own])) }),
    apply: (input, mode) =>
      tf.tidy(() => {
        const { hidden, visible } = run(input, mode);
        const all = tokens(hidden);
        if (pool === 'cls') return tf.reshape(tf.slice(all, [0, 0, 0], [-1, 1, -1]), [-1, width]);
        const weights = tf.expandDims(tf.div(visible, tf.sum(visible, 1, true)), 1);
        return tf.reshape(tf.matMul(weights, all), [-1, width]);
      }),
    tokens: {
      table: embed.table,
      apply: (input, mode) => tf.tidy(() => tokens(run(input, mode).hidden)),
      attention: (input) =>
        tf.tidy(() => {
          const mode = { training: false };
          const { hidden, visible } = run(input, mode, layers - 1);
          return (blocks.at(-1) as Block).attention(hidden, visible, mode).weights;
        }),
    },
  };
}

type Variables = Pick<Module, 'variables'>;

/** Sum of the embeddings of token, position and segment, normalized: `[batch * length, width]`. */
function embeddings(random: Random, { vocabulary, length, width, dropout: rate }: TransformerOptions) {
  const table = (name: string, rows: number, number: number) =>
    truncatedNormalKernel(name, [rows, width], deviationFor(width), random.at(number));
  const token = table('token', vocabulary, 0);
  const position = table('position', length, 1);
  const segment = table('segment', 2, 2);
  const norm = layerNorm(width);
  return {
    table: token,
    variables: () => [token, position, segment, ...variablesOf({ norm })],
    apply(ids: tf.Tensor2D, segments: tf.Tensor2D, mode: Mode): tf.Tensor2D {
      const flat = (x: tf.Tensor) => tf.reshape(x, [-1]) as tf.Tensor1D;
      const ofToken = tf.gather(token.variable, flat(ids));
      const ofSegment = tf.matMul(
        tf.oneHot(flat(segments), 2) as tf.Tensor2D,
        segment.variable as tf.Variable<tf.Rank.R2>,
      );
      const ofPosition = tf.add(tf.reshape(tf.add(ofToken, ofSegment), [-1, length, width]), position.variable);
      return dropout(norm.apply(tf.reshape(ofPosition, [-1, width]), mode), rate, mode) as tf.Tensor2D;
    },
  };
}

interface Block extends Variables {
  /** `[batch * length, width]` to the same; `visible` is `[batch, length]`, 0 at padding. */
  apply(x: tf.Tensor2D, visible: tf.Tensor2D, mode: Mode): tf.Tensor2D;
  attention: Attention['apply'];
}

/** One layer: attention and an MLP, each added to its input and then normalized. */
function block(random: Random, options: TransformerOptions): Block {
  const { width, dropout: rate } = options;
  const attention = selfAttention(random.at(0), options);
  const norm1 = layerNorm(width);
  const widen = linear(random.at(1), width, 4 * width, { deviation: deviationFor(width) });
  const narrow = linear(random.at(2), 4 * width, width, { deviation: deviationFor(width) });
  const norm2 = layerNorm(width);
  return {
    variables: () => variablesOf({ attention, norm1, mlp1: widen, mlp2: narrow, norm2 }),
    attention: attention.apply,
    apply(x, visible, mode) {
      const attended = attention.apply(x, visible, mode).output;
      const y = norm1.apply(tf.add(x, dropout(attended, rate, mode)), mode);
      const changed = narrow.apply(gelu(widen.apply(y, mode)), mode);
      return norm2.apply(tf.add(y, dropout(changed, rate, mode)), mode) as tf.Tensor2D;
    },
  };
}

interface Attention extends Variables {
  apply(
    x: tf.Tensor2D,
    visible: tf.Tensor2D,
    mode: Mode,
  ): { readonly output: tf.Tensor2D /** `[batch, heads, length, length]`. */; readonly weights: tf.Tensor4D };
}

/** Each token takes from the others, by the softmax of query times key: `[batch * length, width]` to the same. */
function selfAttention(random: Random, options: TransformerOptions): Attention {
  const { length, width, heads, dropout: rate } = options;
  // Queries, keys and values in one product.
  const project = linear(random.at(0), width, 3 * width, { deviation: deviationFor(width) });
  const merge = linear(random.at(1), width, width, { deviation: deviationFor(width) });
  const bias = options.distances ? distanceBias(length, heads) : undefined;
  const size = width / heads;
  return {
    variables: () => variablesOf(bias === undefined ? { project, merge } : { project, merge, bias }),
    apply(x, visible, mode) {
      const parts = tf.reshape(project.apply(x, mode), [-1, length, 3, heads, size]);
      const [query, key, value] = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const products = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size));
      const scores = bias === undefined ? products : tf.add(products, bias.all());
      // -10,000 for padding, as in the published code.
      const barred = tf.reshape(tf.mul(tf.sub(visible, 1), 10_000), [-1, 1, 1, length]);
      const weights = tf.softmax(tf.add(scores, barred)) as tf.Tensor4D;
      const taken = tf.transpose(tf.matMul(dropout(weights, rate, mode), value), [0, 2, 1, 3]);
      return { output: merge.apply(tf.reshape(taken, [-1, width]), mode) as tf.Tensor2D, weights };
    },
  };
}

/** A learned number for each head and distance, as `[heads, length, length]`. */
function distanceBias(length: number, heads: number) {
  const table = constantVariable('distance', [2 * length - 1, heads], 0, BIAS);
  const distances = Int32Array.from({ length: length ** 2 }, (_, i) => {
    const [from, to] = [Math.floor(i / length), i % length];
    return to - from + length - 1;
  });
  return {
    variables: () => [table],
    all() {
      const rows = tf.gather(table.variable, tf.tensor1d(distances, 'int32'));
      return tf.reshape(tf.transpose(rows), [heads, length, length]);
    },
  };
}
