/** Pairs of segments for next-sentence prediction: Devlin et al. 2019 (BERT), arXiv:1810.04805, and its published code. */
import type { Passage, Samples } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

export interface SentencePair {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** False where the second is from another document. */
  readonly isNext: boolean;
}

export interface PairOptions {
  /** Most tokens of both. */
  readonly room: number;
  /** Probability of a shorter pair, of 2 to `room` tokens. */
  readonly short: number;
  /** Whether the second may be from another document. */
  readonly strangers: boolean;
}

/**
 * Cuts a passage after one of its sentences. With probability 0.5, and where it is only one sentence, the second half is
 * replaced by as much of another document. Both kinds are cut to the same length, and a short pair still takes two
 * sentences where there are two: in the published code it may have one only, which gives away that it is replaced.
 */
export function sentencePair(
  { sentences, document }: Passage,
  samples: Samples<Passage>,
  { room, short, strangers }: PairOptions,
  random: Random,
): SentencePair {
  const target = random.chance(short) ? 2 + random.integer(Math.max(1, room - 1)) : room;
  const chunk = take(sentences, target, 2);
  const cut = chunk.length > 1 ? 1 + random.integer(chunk.length - 1) : 1;
  const first = chunk.slice(0, cut);
  const isNext = !strangers || (random.chance(0.5) && chunk.length > 1);
  const second = isNext ? chunk.slice(cut) : stranger(document, samples, target - tokensOf(first), random);
  return { ...shortened(joined(first), joined(second), target, random), isNext };
}

/** Sentences from the beginning until there are `target` tokens, and so many sentences at least. */
function take(sentences: readonly Int32Array[], target: number, least: number): Int32Array[] {
  const taken: Int32Array[] = [];
  for (let i = 0, length = 0; i < sentences.length && (i < least || length < target); i++) {
    taken.push(sentences[i] as Int32Array);
    length += sentences[i]?.length ?? 0;
  }
  return taken;
}

const tokensOf = (sentences: readonly Int32Array[]) => sentences.reduce((sum, { length }) => sum + length, 0);
const joined = (sentences: readonly Int32Array[]) => Int32Array.from(sentences.flatMap((ids) => [...ids]));

/** About `target` tokens from somewhere in another document. */
function stranger(document: number, samples: Samples<Passage>, target: number, random: Random): Int32Array[] {
  let index = otherDocument(document, samples, random);
  const found = samples.get(index);
  const sentences = found.sentences.slice(random.integer(found.sentences.length));
  while (tokensOf(sentences) < target && ++index < samples.length) {
    const following = samples.get(index);
    if (following.document !== found.document) break;
    sentences.push(...following.sentences);
  }
  return take(sentences, target, 1);
}

function otherDocument(document: number, samples: Samples<Passage>, random: Random): number {
  const start = random.integer(samples.length);
  for (let tries = 0, index = start; tries < 10; tries++, index = random.integer(samples.length))
    if (samples.get(index).document !== document) return index;
  // Nearly everything is of the same document.
  for (let i = 0; i < samples.length; i++) {
    const index = (start + i) % samples.length;
    if (samples.get(index).document !== document) return index;
  }
  throw new Error(
    'next-sentence prediction needs two documents, but this data has one: cut it with the option `cut` of text(…), or set nextSentence: false',
  );
}

/** Tokens are taken from the longer of the two, from either of its ends, until both have `target` together. */
function shortened(first: Int32Array, second: Int32Array, target: number, random: Random) {
  let [a, b] = [first, second];
  const less = (ids: Int32Array) => (random.chance(0.5) ? ids.subarray(1) : ids.subarray(0, -1));
  while (a.length + b.length > target) {
    if (a.length > b.length) a = less(a);
    else b = less(b);
  }
  return { first: a, second: b };
}
