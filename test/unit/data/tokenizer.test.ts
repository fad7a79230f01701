import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { learnSubwords, SPECIAL, type SubwordModel } from '../../../src/data/subwords.js';
import { createTokenizer, parseTokenizer, wordsOf } from '../../../src/data/tokenizer.js';

const TEXT = `It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want
of a wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood, this
truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful property of some
one or other of their daughters. "My dear Mr. Bennet," said his lady to him one day, "have you heard that Netherfield Park
is let at last?" Café, naïve, ÉCOLE: 東京 x² don't re-use 3.14 — “quotes” … done`;
const counted = (text: string) => {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text, true)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};
const learn = (model: SubwordModel, size = 95) => learnSubwords(counted(TEXT), size, model);
const models = ['wordpiece', 'bpe'] as const;

describe('learning subwords', () => {
  it('merges the most frequent pairs first, as the published example does', () => {
    // Sennrich et al. 2016, algorithm 1: es, est, est</w>, lo, low.
    const counts = new Map([
      ['low', 5],
      ['lower', 2],
      ['newest', 6],
      ['widest', 3],
    ]);
    const { merges, tokens } = learnSubwords(counts, 1000, 'bpe');
    // Here the end of a word is part of its last letter, so `t` is `t</w>` from the beginning.
    expect(merges.slice(0, 4).map((pair) => pair.join('+'))).toEqual(['e+s', 'es+t</w>', 'l+o', 'e+w']);
    expect(tokens).toContain('newest</w>');
    expect(tokens).not.toContain('low');
    expect(learnSubwords(counts, 1000, 'wordpiece').tokens).toContain('low');
  });

  it.each(models)(
    '%s: begins with special tokens and characters, has each token once, and stops at its size',
    (model) => {
      const { tokens, merges } = learn(model);
      expect(tokens.slice(0, 5)).toEqual([...SPECIAL]);
      expect(tokens.length).toBe(95);
      expect(new Set(tokens).size).toBe(95);
      expect(merges.length).toBeGreaterThan(30);
    },
  );

  it.each(models)('%s: depends on the counts alone, not on the order in which words came', (model) => {
    const backwards = new Map([...counted(TEXT)].reverse());
    expect(learnSubwords(backwards, 95, model)).toEqual(learn(model));
  });

  it('gives pairs their true counts after many merges', () => {
    // Each merge is checked against counting anew.
    const counts = new Map([...counted(TEXT)].sort());
    const { merges, tokens } = learn('bpe', 110);
    const start = tokens.length - merges.length;
    const rank = new Map(tokens.map((token, id) => [token, id]));
    const words = [...counts]
      .map(([word, count]) => ({
        symbols: [...word].map((c, i, all) => (i === all.length - 1 ? `${c}</w>` : c)),
        count,
      }))
      .filter(({ symbols }) => symbols.every((symbol) => rank.get(symbol)! < start));
    for (const [left, right] of merges) {
      const pairs = new Map<string, number>();
      for (const { symbols, count } of words)
        symbols.slice(1).forEach((next, i) => {
          const key = `${symbols[i]} ${next}`;
          pairs.set(key, (pairs.get(key) ?? 0) + count);
        });
      expect(pairs.get(`${left} ${right}`)).toBe(Math.max(...pairs.values()));
      for (const word of words)
        for (let i = 0; i + 1 < word.symbols.length; i++)
          if (word.symbols[i] === left && word.symbols[i + 1] === right) word.symbols.splice(i, 2, left + right);
    }
  });
});

describe('tokenizers', () => {
  const samples = [
    'It is a truth, universally acknowledged!',
    "ÉCOLE  naïve\tcafé\n(don't) re-use",
    '東京 is 3.14 — “quotes” …',
    'unknown ☃ letters жук ok',
    'x'.repeat(101),
    'a\u0000b\u200bc \ufffd d',
    '',
  ];

  it.each(models)('%s: tokenizer.json gives the same ids in the Hugging Face library', (model) => {
    const own = createTokenizer(learn(model), true);
    const theirs = new HuggingFace(JSON.parse(own.toJson()), {});
    const { cls, sep } = own.vocabulary;
    for (const sample of [...samples, TEXT]) {
      expect([cls, ...own.encode(sample), sep]).toEqual([...theirs.encode(sample).ids]);
    }
    expect(theirs.decode([...own.encode('it is a truth')])).toBe('it is a truth');
  });

  it.each(models)('%s: reads what it has written', (model) => {
    const own = createTokenizer(learn(model), false);
    const again = parseTokenizer(own.toJson(), 'tokenizer.json');
    expect(again.vocabulary).toEqual(own.vocabulary);
    for (const sample of samples) expect(again.encode(sample)).toEqual(own.encode(sample));
  });

  it('WordPieces are the longest that fit; a word in which something fits nowhere is unknown', () => {
    // google-research/bert, tokenization.py: un ##aff ##able.
    const tokens = [...SPECIAL, 'un', '##aff', '##able', 'want', '##want', '##ed', 'wa'];
    const { encode } = createTokenizer({ model: 'wordpiece', tokens, merges: [] }, true);
    const named = (text: string) => encode(text).map((id) => tokens[id]);
    expect(named('unwanted UNAFFABLE')).toEqual(['un', '##want', '##ed', 'un', '##aff', '##able']);
    expect(named('unwantedX running')).toEqual(['[UNK]', '[UNK]']);
  });

  it('says what cannot be used', () => {
    const changed = (change: (document: never) => void) => () => {
      const document = JSON.parse(createTokenizer(learn('wordpiece'), true).toJson()) as never;
      change(document);
      parseTokenizer(JSON.stringify(document), 't.json');
    };
    // biome-ignore lint/suspicious/noExplicitAny: spoiling the document
    const spoil = (change: (document: any) => void) => changed(change as never);
    expect(() => parseTokenizer('{', 't.json')).toThrow(/t\.json is no JSON/);
    expect(spoil((document) => (document.model.type = 'Unigram'))).toThrow(/another kind \(model Unigram/);
    expect(spoil((document) => delete document.model.vocab['[MASK]'])).toThrow(/lacks \[MASK\]/);
    expect(spoil((document) => (document.model.vocab.the = 9999))).toThrow(/ids are not 0 to/);
  });
});
