/** Texts with hidden tokens as figures. */

import * as tf from '@tensorflow/tfjs-core';
import { treatments } from '../../augment/mask-tokens.js';
import type { Batch, TokenFeatures, Vocabulary } from '../../experiment/contracts.js';
import type { Block, Token } from '../../protocol/figure.js';

/** What is true of the second stretch of a text, by `next`. */
export const verdicts = ['B follows A', 'B is from another document'] as const;

export interface ShownText {
  /** Ids and segments, `[length, 2]`. */
  readonly ids: ArrayLike<number>;
  /** Of each slot: place, true id, and place in `treatments`. */
  readonly positions: ArrayLike<number>;
  readonly truth: ArrayLike<number>;
  readonly treatment: ArrayLike<number>;
  /** Of each slot, the probability of each token. */
  readonly probabilities?: readonly Float32Array[];
}

/** Guesses that are shown. */
const SHOWN = 3;

/** The tokens of a text as the network is shown them, without padding; what was hidden with its truth and the guesses. */
export function shownTokens(
  { ids, positions, truth, treatment, probabilities }: ShownText,
  vocabulary: Vocabulary,
): Token[] {
  const name = (id: number) => vocabulary.tokens[id] ?? `#${id}`;
  const special = new Set([vocabulary.cls, vocabulary.sep]);
  const slots = new Map<number, number>();
  for (let slot = 0; slot < positions.length; slot++)
    if (treatment[slot] !== 0) slots.set(positions[slot] as number, slot);
  const tokens: Token[] = [];
  for (let at = 0; at < ids.length / 2; at++) {
    const id = ids[2 * at] as number;
    const slot = slots.get(at);
    if (slot === undefined && id === vocabulary.pad) continue;
    if (slot === undefined) {
      tokens.push({ text: name(id), treatment: special.has(id) ? 'special' : 'plain' });
      continue;
    }
    const kind = treatments[treatment[slot] as number] as 'masked' | 'unchanged' | 'random';
    const own = probabilities?.[slot];
    tokens.push({
      text: name(id),
      treatment: kind,
      truth: name(truth[slot] as number),
      ...(own && {
        guesses: most(own, SHOWN).map((guess) => ({ text: name(guess), probability: own[guess] as number })),
      }),
    });
  }
  return tokens;
}

/** Indices of the greatest values, the greatest first. */
function most(values: Float32Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number))
    .slice(0, count);
}

/** Texts of a batch that are shown in the Pairs panel. */
const SHOWN_TEXTS = 8;

/** What the network makes of the texts of a batch: guesses for hidden tokens, verdicts, and where it looks. */
export async function compareTexts(
  { tensors }: Batch,
  vocabulary: Vocabulary,
  reader: TokenFeatures,
  predict: () => { readonly tokenLogits: tf.Tensor2D; readonly nextLogits?: tf.Tensor2D | undefined },
): Promise<readonly Block[]> {
  const [tokenOdds, nextOdds] = tf.tidy(() => {
    const { tokenLogits, nextLogits } = predict();
    return [tf.softmax(tokenLogits), nextLogits && tf.softmax(nextLogits)];
  });
  const rows = async (tensor: tf.Tensor | undefined, count: number) => {
    const values = (await tensor?.data()) ?? [];
    const size = values.length / count;
    return (i: number) => values.slice(i * size, (i + 1) * size) as Float32Array;
  };
  const [texts, slots] = (tensors.positions as tf.Tensor).shape as [number, number];
  const [ids, positions, truth, treatment, next, odds, verdict] = await Promise.all([
    ...['input', 'positions', 'truth', 'treatment', 'next'].map((name) => rows(tensors[name], texts)),
    rows(tokenOdds, texts * slots),
    rows(nextOdds, texts),
  ] as Promise<(i: number) => Float32Array>[]);
  tf.dispose([tokenOdds, nextOdds]);
  const shown = (i: number): ShownText => ({
    ids: ids!(i),
    positions: positions!(i),
    truth: truth!(i),
    treatment: treatment!(i),
    probabilities: Array.from({ length: slots }, (_, slot) => odds!(i * slots + slot)),
  });
  const lines = Array.from({ length: Math.min(texts, SHOWN_TEXTS) }, (_, i) => {
    const [follows] = verdict!(i);
    const isNext = next!(i)[0] as 0 | 1;
    const says =
      follows === undefined
        ? ''
        : `; says ${Math.round(100 * follows)} % follows, ${follows > 0.5 === (isNext === 0) ? 'right' : 'wrong'}`;
    return { caption: `${verdicts[isNext]}${says}`, tokens: shownTokens(shown(i), vocabulary) };
  });
  return [
    { kind: 'tokens', lines },
    ...(await attentionBlocks(tensors.input as tf.Tensor, shown(0), vocabulary, reader)),
  ];
}

/** Where the first hidden token of the first text looks, one row per head of the last layer. */
async function attentionBlocks(
  input: tf.Tensor,
  { ids, positions, treatment, truth }: ShownText,
  vocabulary: Vocabulary,
  reader: TokenFeatures,
): Promise<Block[]> {
  if (reader.attention === undefined || treatment[0] === 0) return [];
  const at = positions[0] as number;
  const used = Array.from({ length: ids.length / 2 }, (_, i) => i).filter((i) => ids[2 * i] !== vocabulary.pad).length;
  const name = (id: number) => vocabulary.tokens[id] as string;
  const rows = tf.tidy(() => {
    const weights = reader.attention?.(tf.slice(input, 0, 1)) as tf.Tensor4D;
    return tf.slice(weights, [0, 0, at, 0], [1, -1, 1, used]);
  });
  const values = Float32Array.from(await rows.data());
  rows.dispose();
  return [
    {
      kind: 'matrix',
      title: `Attention of the last layer at the hidden token ${at + 1} of the first text, in truth "${name(truth[0] as number)}"`,
      rowTitle: 'head',
      columnTitle: 'token',
      rows: Array.from({ length: values.length / used }, (_, head) => `head ${head + 1}`),
      columns: Array.from({ length: used }, (_, i) => name(ids[2 * i] as number)),
      values,
      unit: 'fraction',
      marks: new Int32Array(values.length / used).fill(at),
    },
  ];
}
