/** Jane Austen's six novels, by chapters: public-domain prose that comes with Autodidact. */
import path from 'node:path';
import { z } from 'zod';
import type { Dataset, Passage } from '../experiment/contracts.js';
import { definePart } from '../experiment/part.js';
import { openTexts, textOptions } from './text.js';

export const austen = definePart({
  kind: 'dataset',
  use: 'austen',
  doc: 'Jane Austen’s six novels (1811 to 1817): public-domain prose, 181 chapters, about 430,000 characters of each novel.\nThe class of a passage is the novel it is from; a fifth of the chapters of each is held out. A vocabulary of subwords is learned from the others.',
  options: z.object({
    ...textOptions,
    length: textOptions.length
      .default(32)
      .describe('Tokens of an input, with [CLS] and two [SEP], 8 to 4096. Default 32, for quick training.'),
    vocabulary: textOptions.vocabulary
      .default(1000)
      .describe('Most tokens of the vocabulary that is learned, 50 to 200,000. Default 1000, for quick training.'),
  }),
  create: (options): Pick<Dataset<Passage>, 'open'> => ({
    open: (environment) =>
      openTexts(
        path.join(environment.sampleFolder, 'austen/novels.jsonl.gz'),
        'Jane Austen’s novels',
        { ...options, heldOut: 0.2, cut: 100_000, textField: 'text', labelField: 'label' },
        environment,
      ),
  }),
});
