/**
 * Vocabularies of subwords, learned from the words of a text and their counts: the most frequent pair of neighboring
 * symbols becomes a new symbol, until there are enough. Sennrich, Haddow & Birch, "Neural machine translation of rare
 * words with subword units" (ACL 2016). WordPieces (Wu et al. 2016, arXiv:1609.08144) are learned in the same way here, as in
 * the Hugging Face tokenizers library; they differ in how words are taken apart afterwards.
 */

export type SubwordModel = 'wordpiece' | 'bpe';

/** What all vocabularies begin with; padding is 0. */
export const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
/** Begins a piece that continues a word. */
export const CONTINUATION = '##';
/** Ends the last symbol of a word, with byte-pair encoding. */
export const END_OF_WORD = '</w>';

export interface Subwords {
  readonly model: SubwordModel;
  /** By id: the special tokens, the characters, then the merges in order. */
  readonly tokens: readonly string[];
  /** Pairs in the order in which they were merged. */
  readonly merges: readonly (readonly [string, string])[];
}

/** The characters of a word as symbols. */
export function symbolsOf(word: string, model: SubwordModel): string[] {
  const characters = [...word];
  if (model === 'wordpiece') return characters.map((c, i) => (i === 0 ? c : CONTINUATION + c));
  return characters.map((c, i) => (i === characters.length - 1 ? c + END_OF_WORD : c));
}

/** Two neighboring symbols as one. */
export const joined = (left: string, right: string, model: SubwordModel) =>
  left + (model === 'wordpiece' ? right.slice(CONTINUATION.length) : right);

/** Most characters that get a symbol of their own; half of a small vocabulary. */
const MOST_CHARACTERS = 1000;
/** Pairs that occur less often are not merged. */
const LEAST_COUNT = 2;

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Learns at most `size` tokens. The result depends on the counts alone: of pairs as frequent as each other the one whose
 * symbols are older is merged first.
 */
export function learnSubwords(counts: ReadonlyMap<string, number>, size: number, model: SubwordModel): Subwords {
  const tokens: string[] = [...SPECIAL, ...frequentSymbols(counts, size, model)];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const pairs = new Pairs();
  // In an order of their own, since that of the texts must not matter.
  for (const [word, count] of [...counts].sort(([a], [b]) => byCodeUnits(a, b))) {
    const symbols = symbolsOf(word, model).map((symbol) => ids.get(symbol));
    // Words with rare characters will be unknown, whatever is learned.
    if (symbols.every((id) => id !== undefined)) pairs.addWord(symbols, count);
  }
  while (tokens.length < size) {
    const best = pairs.mostFrequent();
    if (best === undefined || best.count < LEAST_COUNT) break;
    const [left, right] = [tokens[best.left] as string, tokens[best.right] as string];
    const token = joined(left, right, model);
    // Two ways can lead to the same token.
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    merges.push([left, right]);
    pairs.merge(best.left, best.right, id);
  }
  return { model, tokens, merges };
}

/** The most frequent single symbols, in the order of their code units. */
function frequentSymbols(counts: ReadonlyMap<string, number>, size: number, model: SubwordModel): string[] {
  const seen = new Map<string, number>();
  for (const [word, count] of counts)
    for (const symbol of symbolsOf(word, model)) seen.set(symbol, (seen.get(symbol) ?? 0) + count);
  const most = Math.max(1, Math.min(MOST_CHARACTERS, Math.floor((size - SPECIAL.length) / 2)));
  return [...seen]
    .sort(([a, m], [b, n]) => n - m || byCodeUnits(a, b))
    .slice(0, most)
    .map(([symbol]) => symbol)
    .sort(byCodeUnits);
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Positions of words it occurs in; some may have lost it. */
  readonly words: Set<number>;
}

/** The words as symbols, and how often each pair of neighbors occurs in them. */
class Pairs {
  private readonly words: { symbols: number[]; readonly count: number }[] = [];
  private readonly pairs = new Map<number, Pair>();
  /** Pairs with the count they had when they were put in; the greatest first. */
  private readonly heap: { readonly pair: Pair; readonly count: number }[] = [];

  addWord(symbols: number[], count: number): void {
    this.words.push({ symbols, count });
    for (const pair of this.change(this.words.length - 1, 1)) this.push(pair);
  }

  mostFrequent(): Pair | undefined {
    for (;;) {
      const top = this.pop();
      if (top === undefined || top.count === top.pair.count) return top?.pair;
      // It has lost occurrences since; where it has gained some, it is in the heap twice.
      if (top.pair.count > 0 && top.count > top.pair.count) this.push(top.pair);
    }
  }

  /** Puts `id` in the place of the pair wherever it occurs. */
  merge(left: number, right: number, id: number): void {
    const grown = new Set<Pair>();
    const pair = this.pair(left, right);
    for (const position of [...pair.words].sort((a, b) => a - b)) {
      const word = this.words[position] as { symbols: number[] };
      this.change(position, -1);
      const symbols: number[] = [];
      for (let i = 0; i < word.symbols.length; i++) {
        const found = word.symbols[i] === left && word.symbols[i + 1] === right;
        symbols.push(found ? id : (word.symbols[i] as number));
        if (found) i++;
      }
      word.symbols = symbols;
      for (const changed of this.change(position, 1)) grown.add(changed);
    }
    for (const changed of grown) this.push(changed);
  }

  /** Adds or takes away the occurrences of all pairs of a word; returns the pairs. */
  private change(position: number, sign: 1 | -1): Pair[] {
    const { symbols, count } = this.words[position] as { symbols: number[]; count: number };
    return symbols.slice(1).map((right, i) => {
      const pair = this.pair(symbols[i] as number, right);
      pair.count += sign * count;
      if (sign > 0) pair.words.add(position);
      else pair.words.delete(position);
      return pair;
    });
  }

  private pair(left: number, right: number): Pair {
    const key = left * 2 ** 26 + right;
    const known = this.pairs.get(key) ?? { left, right, count: 0, words: new Set<number>() };
    this.pairs.set(key, known);
    return known;
  }

  private before(a: { pair: Pair; count: number }, b: { pair: Pair; count: number }): boolean {
    if (a.count !== b.count) return a.count > b.count;
    return a.pair.left !== b.pair.left ? a.pair.left < b.pair.left : a.pair.right < b.pair.right;
  }

  private push(pair: Pair): void {
    const { heap } = this;
    const entry = { pair, count: pair.count };
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): { readonly pair: Pair; readonly count: number } | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
