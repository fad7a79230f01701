/**
 * From text to ids, in the steps of BERT's published code: clean, lower-case, words and punctuation apart, subwords.
 * Kept as a `tokenizer.json` that the Hugging Face tokenizers libraries read.
 */
import { DataError, type Vocabulary } from '../experiment/contracts.js';
import { CONTINUATION, END_OF_WORD, joined, SPECIAL, type Subwords, symbolsOf } from './subwords.js';

export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** The words and punctuation marks of a text, which vocabularies are learned from. */
  words(text: string): string[];
  /** Ids of a text, without special tokens. */
  encode(text: string): number[];
  /** The text of a `tokenizer.json`. */
  toJson(): string;
}

const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const CONTROL = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu;
const WORD = /[^\s\p{P}!-/:-@[-`{-~]+|[\p{P}!-/:-@[-`{-~]/gu;

/** Words and punctuation marks; each Chinese character is a word. Lower-casing also removes accents, as published. */
export function wordsOf(text: string, lowercase: boolean): string[] {
  const clean = text.replace(CONTROL, '').replace(CHINESE, ' $& ');
  const folded = lowercase
    ? clean
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase()
    : clean;
  return folded.match(WORD) ?? [];
}

/** Longer words are unknown with WordPieces, as published. */
const LONGEST_WORD = 100;
/** Words whose ids are remembered. */
const REMEMBERED = 50_000;

export function createTokenizer(subwords: Subwords, lowercase: boolean): Tokenizer {
  const { model, tokens, merges } = subwords;
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const special = (token: string) => ids.get(token) as number;
  const unknown = special('[UNK]');
  const ranks = new Map(merges.map((pair, rank) => [pair.join(' '), rank]));
  const take = model === 'wordpiece' ? (word: string) => longestPieces(word, ids, unknown) : byMerges;
  const remembered = new Map<string, readonly number[]>();

  function byMerges(word: string): number[] {
    const symbols = symbolsOf(word, model);
    for (;;) {
      let best = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const rank = ranks.get(`${symbols[i]} ${symbols[i + 1]}`);
        if (rank !== undefined && rank < lowest) [best, lowest] = [i, rank];
      }
      if (best < 0) return symbols.map((symbol) => ids.get(symbol) ?? unknown);
      symbols.splice(best, 2, joined(symbols[best] as string, symbols[best + 1] as string, model));
    }
  }

  function idsOf(word: string): readonly number[] {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    if (remembered.size >= REMEMBERED) remembered.clear();
    const found = take(word);
    remembered.set(word, found);
    return found;
  }

  const words = (text: string) => wordsOf(text, lowercase);
  return {
    vocabulary: {
      tokens,
      pad: 0,
      unknown,
      cls: special('[CLS]'),
      sep: special('[SEP]'),
      mask: special('[MASK]'),
    },
    words,
    encode: (text) => words(text).flatMap(idsOf),
    toJson: () => `${JSON.stringify(toDocument(subwords, lowercase), null, 1)}\n`,
  };
}

/** WordPieces: the longest that fits, from the beginning; a word in which something fits nowhere is unknown. */
function longestPieces(word: string, ids: ReadonlyMap<string, number>, unknown: number): number[] {
  const characters = [...word];
  if (characters.length > LONGEST_WORD) return [unknown];
  const pieces: number[] = [];
  for (let start = 0; start < characters.length; ) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start && id === undefined; end--)
      id = ids.get((start > 0 ? CONTINUATION : '') + characters.slice(start, end).join(''));
    if (id === undefined) return [unknown];
    pieces.push(id);
    start = end + 1;
  }
  return pieces;
}

/** The structure of a `tokenizer.json`. */
function toDocument({ model, tokens, merges }: Subwords, lowercase: boolean) {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const place = (token: string) => [token, vocab[token]];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({ id: vocab[content] as number, content, ...flags })).sort(
      (a, b) => a.id - b.id,
    ),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: place('[SEP]'), cls: place('[CLS]') },
    decoder:
      model === 'wordpiece'
        ? { type: 'WordPiece', prefix: CONTINUATION, cleanup: true }
        : { type: 'BPEDecoder', suffix: END_OF_WORD },
    model:
      model === 'wordpiece'
        ? {
            type: 'WordPiece',
            unk_token: '[UNK]',
            continuing_subword_prefix: CONTINUATION,
            max_input_chars_per_word: LONGEST_WORD,
            vocab,
          }
        : {
            type: 'BPE',
            dropout: null,
            unk_token: '[UNK]',
            continuing_subword_prefix: null,
            end_of_word_suffix: END_OF_WORD,
            fuse_unk: false,
            byte_fallback: false,
            vocab,
            merges: merges.map((pair) => pair.join(' ')),
          },
  };
}

/**
 * A tokenizer from the text of a `tokenizer.json`: one saved here, or another of BERT's kind.
 * @param file What to call it in messages.
 * @throws DataError that says what it has and what can be used.
 */
export function parseTokenizer(json: string, file: string): Tokenizer {
  // biome-ignore lint/suspicious/noExplicitAny: a file of whatever content
  let document: any;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new DataError(`${file} is no JSON (${(error as Error).message}). Give a tokenizer.json.`);
  }
  const { model, normalizer, pre_tokenizer: splitter } = document ?? {};
  const isPiece = model?.type === 'WordPiece' && (model.continuing_subword_prefix ?? CONTINUATION) === CONTINUATION;
  const isBpe = model?.type === 'BPE' && model.end_of_word_suffix === END_OF_WORD && !model.continuing_subword_prefix;
  const usable = (isPiece || isBpe) && normalizer?.type === 'BertNormalizer' && splitter?.type === 'BertPreTokenizer';
  if (!usable || typeof model.vocab !== 'object')
    throw new DataError(
      `${file} describes a tokenizer of another kind (model ${model?.type}, normalizer ${normalizer?.type}, pre-tokenizer ${splitter?.type}). Usable are WordPiece with "##" and BPE with "</w>", with BertNormalizer and BertPreTokenizer; or leave the option out to learn a vocabulary from the texts.`,
    );
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab as Record<string, number>)) tokens[id] = token;
  const holes = tokens.length - Object.keys(model.vocab).length;
  const missing = SPECIAL.filter((token) => !tokens.includes(token));
  if (holes !== 0 || missing.length > 0 || tokens[0] !== SPECIAL[0])
    throw new DataError(
      `${file}: ${missing.length > 0 ? `its vocabulary lacks ${missing.join(', ')}` : `its ids are not 0 to ${tokens.length - 1} with [PAD] as 0`}. Take another, or leave the option out to learn a vocabulary from the texts.`,
    );
  const merges = ((model.merges ?? []) as (string | [string, string])[]).map(
    (pair) => (typeof pair === 'string' ? pair.split(' ') : pair) as [string, string],
  );
  return createTokenizer({ model: isPiece ? 'wordpiece' : 'bpe', tokens, merges }, normalizer.lowercase === true);
}
