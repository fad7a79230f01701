/** Hides tokens of a text to be predicted: Devlin et al. 2019 (BERT), arXiv:1810.04805, appendix A.1 and published code. */
import type { Vocabulary } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

/** What was done to the token of a slot; `none` where the slot is not used. */
export const treatments = ['none', 'masked', 'unchanged', 'random'] as const;

export interface MaskOptions {
  /** Part of the tokens that is predicted. */
  readonly fraction: number;
  /** Of these the part that becomes [MASK], and the part that becomes a random token; the rest stays. */
  readonly masked: number;
  readonly random: number;
  /** Number of slots: most tokens that are predicted. */
  readonly slots: number;
}

export interface MaskedTokens {
  /** int32 `[length, 2]`: the input with its tokens hidden. */
  readonly input: Int32Array;
  /** Of each slot: its place, what stood there, 1 if it counts, and its place in `treatments`. */
  readonly positions: Int32Array;
  readonly truth: Int32Array;
  readonly weights: Float32Array;
  readonly treatment: Int32Array;
}

/**
 * Picks tokens, but for [CLS] and [SEP], and hides them.
 * @param input int32 `[length, 2]`: ids and segments.
 * @param tokens Size of the vocabulary.
 */
export function maskTokens(
  input: Int32Array,
  { pad, cls, sep, mask, tokens }: Pick<Vocabulary, 'pad' | 'cls' | 'sep' | 'mask'> & { readonly tokens: number },
  { fraction, masked, random: randomized, slots }: MaskOptions,
  random: Random,
): MaskedTokens {
  const id = (at: number) => input[2 * at] as number;
  const used = Array.from({ length: input.length / 2 }, (_, at) => at).filter((at) => id(at) !== pad);
  const candidates = used.filter((at) => id(at) !== cls && id(at) !== sep);
  const count = Math.min(slots, candidates.length, predictions(used.length, fraction));
  const order = random.permutation(candidates.length);
  const hidden: MaskedTokens = {
    input: input.slice(),
    positions: new Int32Array(slots),
    truth: new Int32Array(slots),
    weights: new Float32Array(slots),
    treatment: new Int32Array(slots),
  };
  for (let slot = 0; slot < count; slot++) {
    const at = candidates[order[slot] as number] as number;
    const chance = random.uniform();
    const treatment = chance < masked ? 'masked' : chance < masked + randomized ? 'random' : 'unchanged';
    hidden.positions[slot] = at;
    hidden.truth[slot] = id(at);
    hidden.weights[slot] = 1;
    hidden.treatment[slot] = treatments.indexOf(treatment);
    if (treatment === 'masked') hidden.input[2 * at] = mask;
    // Of the whole vocabulary as published, but for padding, which attention would not look at.
    if (treatment === 'random') hidden.input[2 * at] = 1 + random.integer(tokens - 1);
  }
  return hidden;
}

/** How many of `length` tokens, special ones among them, are predicted: 1 at least, halves rounded to even. */
export const predictions = (length: number, fraction: number) => Math.max(1, roundHalfEven(fraction * length));

/** As Python rounds, in which the published code is written. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
