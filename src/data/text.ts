/** Texts as a dataset. */
import path from 'node:path';
import { z } from 'zod';
import {
  type DataEnvironment,
  DataError,
  type Dataset,
  type OpenData,
  type Passage,
  type Samples,
} from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { checkIndex } from './byte-samples.js';
import { findTexts } from './documents.js';
import { type Corpus, type CorpusOptions, openCorpus } from './text-corpus.js';

/** Options of all text datasets. */
export const textOptions = {
  length: z
    .number()
    .int()
    .min(8)
    .max(4096)
    .default(128)
    .describe(
      'Tokens of an input, with [CLS] and two [SEP], 8 to 4096. Default 128, as published for most of BERT’s training (512 at its end).',
    ),
  vocabulary: z
    .number()
    .int()
    .min(50)
    .max(200_000)
    .default(8000)
    .describe('Most tokens of the vocabulary that is learned, 50 to 200,000. Default 8000; published: 30,000.'),
  model: z
    .enum(['wordpiece', 'bpe'])
    .default('wordpiece')
    .describe(
      'Kind of vocabulary: `wordpiece` (default), as in BERT, or `bpe`, byte-pair encoding (arXiv:1508.07909).',
    ),
  lowercase: z
    .boolean()
    .default(true)
    .describe('Lower-case and remove accents. Default true, as in BERT’s "uncased" models.'),
};

export const text = definePart({
  kind: 'dataset',
  use: 'text',
  doc: [
    'Texts: a UTF-8 file, a JSON Lines file with a document per line, or a folder of them (each may be packed: .gz).',
    'Sub-folders name the classes, or the field `label` of JSON Lines; `train` and `test` sub-folders are taken as the splits.',
    'Documents are cut into sentences, and consecutive sentences gathered into passages that fill an input. A vocabulary of',
    'subwords is learned from the training documents and kept as tokenizer.json in the cache, which the Hugging Face',
    'tokenizers library reads. What is no UTF-8, empty or no JSON is left out and reported.',
  ].join('\n'),
  positional: 'path',
  options: z.object({
    path: z.string().min(1).describe('The file or folder; a relative path starts at the experiment file.'),
    ...textOptions,
    tokenizer: z
      .string()
      .min(1)
      .optional()
      .describe('Path of a tokenizer.json to use instead of learning a vocabulary. Default none.'),
    heldOut: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.2)
      .describe(
        'Part of the documents of each class that is kept for evaluation when there is no `test` folder, 0 to 0.9; the names decide which. Default 0.2.',
      ),
    cut: z
      .number()
      .int()
      .min(1000)
      .max(16_000_000)
      .default(100_000)
      .describe(
        'Plain text files are cut at the end of a paragraph into documents of about so many characters, 1000 to 16,000,000. Default 100,000.',
      ),
    textField: z.string().min(1).default('text').describe('Field of JSON Lines with the text. Default `text`.'),
    labelField: z.string().min(1).default('label').describe('Field of JSON Lines with the class. Default `label`.'),
  }),
  create: ({ path: given, tokenizer, ...options }): Pick<Dataset<Passage>, 'open'> => ({
    open(environment) {
      const where = path.resolve(environment.baseFolder, given);
      const file = tokenizer === undefined ? undefined : path.resolve(environment.baseFolder, tokenizer);
      return openTexts(where, path.basename(where), { ...options, tokenizer: file }, environment);
    },
  }),
});

/** Texts of a file or folder as data for training. */
export async function openTexts(
  where: string,
  title: string,
  options: CorpusOptions,
  environment: DataEnvironment,
): Promise<OpenData<Passage>> {
  const corpus = await openCorpus(where, findTexts(where), options, environment);
  if (corpus.train.length === 0)
    throw new DataError(`${where} has no text to train on. Put texts into its train folder.`);
  return {
    kind: 'text',
    title,
    shape: [options.length, 2],
    classes: corpus.classes,
    train: samplesOf(corpus, corpus.train),
    test: samplesOf(corpus, corpus.test),
    vocabulary: corpus.tokenizer.vocabulary,
    notes: [
      `${corpus.documents.length} documents, ${corpus.train.length} passages to train on and ${corpus.test.length} held out; ${corpus.tokenizer.vocabulary.tokens.length} tokens in the vocabulary, kept in ${corpus.tokenizerFile}.`,
      ...corpus.notes,
    ],
  };
}

function samplesOf({ documents, documentOf, passage }: Corpus, numbers: Uint32Array): Samples<Passage> {
  const number = (index: number) => {
    checkIndex(index, numbers.length);
    return numbers[index] as number;
  };
  return {
    length: numbers.length,
    get: (index) => passage(number(index)),
    label: (index) => documents[documentOf(number(index))]?.label ?? -1,
    name: (index) => `${documents[documentOf(number(index))]?.title}, passage ${number(index)}`,
  };
}
