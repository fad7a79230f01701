import { describe, expect, it } from 'vitest';
import { maskTokens, predictions, treatments } from '../../../src/augment/mask-tokens.js';
import { sentencePair } from '../../../src/augment/sentence-pair.js';
import type { Passage, Samples } from '../../../src/experiment/contracts.js';
import { textInput } from '../../../src/experiment/encoder-input.js';
import { Random } from '../../../src/experiment/random.js';

const vocabulary = { pad: 0, unknown: 1, cls: 2, sep: 3, mask: 4, tokens: 1000 } as const;
const published = { fraction: 0.15, masked: 0.8, random: 0.1, slots: 20 };

describe('hiding tokens', () => {
  const text = () =>
    textInput([[Int32Array.from({ length: 60 }, (_, i) => 10 + i)], [Int32Array.of(500, 501)]], 80, vocabulary);

  it('predicts as many tokens as the published code', () => {
    // Sheet, 3.1 (8); Python rounds halves to even, so 30 gives 4 and not 5.
    expect([10, 16, 30, 32, 64, 70, 128].map((length) => predictions(length, 0.15))).toEqual([2, 2, 4, 5, 10, 10, 19]);
    expect(predictions(3, 0.15)).toBe(1);
  });

  it('hides only words, tells what stood there, and changes nothing else', () => {
    const { data } = text();
    for (let seed = 0; seed < 50; seed++) {
      const hidden = maskTokens(data, vocabulary, published, Random.fromSeed(seed));
      const used = hidden.weights.filter((weight) => weight === 1).length;
      // 65 tokens with [CLS] and two [SEP].
      expect(used).toBe(10);
      const places = [...hidden.positions.subarray(0, used)];
      expect(new Set(places).size).toBe(used);
      for (let slot = 0; slot < used; slot++) {
        const at = places[slot]!;
        expect(hidden.truth[slot]).toBe(data[2 * at]);
        expect(hidden.truth[slot]).toBeGreaterThan(4);
        const shown = hidden.input[2 * at];
        const treatment = treatments[hidden.treatment[slot]!];
        if (treatment === 'masked') expect(shown).toBe(vocabulary.mask);
        if (treatment === 'unchanged') expect(shown).toBe(data[2 * at]);
        expect(shown).not.toBe(0);
      }
      hidden.input.forEach((value, i) => {
        if (i % 2 === 1 || !places.includes(i / 2)) expect(value).toBe(data[i]);
      });
      expect([...hidden.weights.subarray(used), ...hidden.treatment.subarray(used)].every((value) => value === 0)).toBe(
        true,
      );
    }
  });

  it('80, 10 and 10 % are of the 15 %, so 13.5 % of the tokens change', () => {
    const ids = Int32Array.from({ length: 1000 }, (_, i) => 5 + (i % 990));
    const { data } = textInput([[ids]], 1002, vocabulary);
    const counts = { masked: 0, unchanged: 0, random: 0, none: 0, changed: 0 };
    const rounds = 200;
    for (let seed = 0; seed < rounds; seed++) {
      const hidden = maskTokens(data, vocabulary, { ...published, slots: 200 }, Random.fromSeed(seed));
      for (const treatment of hidden.treatment) counts[treatments[treatment]!]++;
      hidden.input.forEach((value, i) => {
        if (value !== data[i]) counts.changed++;
      });
    }
    const picked = counts.masked + counts.unchanged + counts.random;
    expect(picked).toBe(150 * rounds);
    expect(counts.masked / picked).toBeCloseTo(0.8, 1.7);
    expect(counts.random / picked).toBeCloseTo(0.1, 1.7);
    // Sheet, 3.1 (8): 0.15 (0.8 + 0.1 (1 - 1/V)) = 0.134985 of all tokens.
    expect(Math.abs(counts.changed / (1002 * rounds) - 0.134985)).toBeLessThan(0.002);
  });

  it('has room for no more than its slots', () => {
    const hidden = maskTokens(text().data, vocabulary, { ...published, slots: 3 }, Random.fromSeed(1));
    expect([...hidden.weights]).toEqual([1, 1, 1]);
  });
});

describe('pairs of segments', () => {
  /** Documents 0 to 2: token ids tell document, passage, sentence. */
  const passages: Passage[] = [0, 1, 2].flatMap((document) =>
    [0, 1, 2, 3].map((passage) => ({
      document,
      sentences: [0, 1, 2].map((sentence) =>
        Int32Array.from({ length: 6 }, (_, i) => 1000 * (document + 1) + 100 * passage + 10 * sentence + i),
      ),
    })),
  );
  const samplesOf = (list: Passage[]): Samples<Passage> => ({
    length: list.length,
    get: (index) => list[index]!,
    label: () => -1,
    name: String,
  });
  const samples = samplesOf(passages);
  const options = { room: 17, short: 0.1, strangers: true };
  const drawn = Array.from({ length: 400 }, (_, seed) =>
    sentencePair(passages[seed % 12]!, samples, options, Random.fromSeed(seed)),
  );
  const documents = (ids: Int32Array) => [...new Set([...ids].map((id) => Math.floor(id / 1000)))];

  it('the second is the rest of the passage, or of another document, each half of the time', () => {
    const share = drawn.filter(({ isNext }) => isNext).length / drawn.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.08);
    drawn.forEach(({ first, second, isNext }, seed) => {
      const own = passages[seed % 12]!.document + 1;
      expect(documents(first)).toEqual([own]);
      expect(documents(second).length).toBe(1);
      expect(documents(second)[0] === own).toBe(isNext);
      if (isNext) expect(Math.floor(second[0]! / 100)).toBe(Math.floor(first[0]! / 100));
      if (isNext) expect(second[0]!).toBeGreaterThan(first.at(-1)!);
    });
  });

  it('fits, has both halves, and its length does not tell which it is', () => {
    const length = ({ first, second }: (typeof drawn)[number]) => first.length + second.length;
    for (const pair of drawn) {
      expect(length(pair)).toBeLessThanOrEqual(17);
      expect(pair.first.length).toBeGreaterThan(0);
      expect(pair.second.length).toBeGreaterThan(0);
    }
    expect(drawn.filter((pair) => length(pair) === 17).length / drawn.length).toBeGreaterThan(0.85);
    const mean = (next: boolean) => {
      const own = drawn.filter(({ isNext }) => isNext === next);
      return own.reduce((sum, pair) => sum + length(pair), 0) / own.length;
    };
    expect(Math.abs(mean(true) - mean(false))).toBeLessThan(0.7);
  });

  it('a passage of one sentence is always followed by a stranger', () => {
    const lonely = { document: 7, sentences: [Int32Array.of(1, 2)] };
    for (let seed = 0; seed < 20; seed++)
      expect(sentencePair(lonely, samples, options, Random.fromSeed(seed)).isNext).toBe(false);
  });

  it('says so where there is one document only, and does without if asked', () => {
    const single = samplesOf(passages.slice(0, 4));
    const draw = (strangers: boolean) => () =>
      Array.from({ length: 20 }, (_, seed) =>
        sentencePair(passages[0]!, single, { ...options, strangers }, Random.fromSeed(seed)),
      );
    expect(draw(true)).toThrow(/needs two documents.*nextSentence: false/);
    expect(draw(false)().every(({ isNext }) => isNext)).toBe(true);
  });
});
