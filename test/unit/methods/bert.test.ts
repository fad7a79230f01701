import '@tensorflow/tfjs-backend-cpu';
import '../../../src/engine/gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Batch, Encoder, Passage } from '../../../src/experiment/contracts.js';
import { Random } from '../../../src/experiment/random.js';
import { bert } from '../../../src/methods/bert.js';
import { convnet } from '../../../src/nn/convnet.js';
import { transformer } from '../../../src/nn/transformer.js';
import type { MatrixBlock, TokensBlock } from '../../../src/protocol/figure.js';
import { buildMethod, memoryData, stepContext } from '../../support/method.js';

const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...Array.from({ length: 35 }, (_, i) => `w${i}`)];
const vocabulary = { tokens, pad: 0, unknown: 1, cls: 2, sep: 3, mask: 4 } as const;
/** Two kinds of documents, with words of their own that follow each other in order. */
const passages: Passage[] = Array.from({ length: 16 }, (_, i) => ({
  document: i % 4,
  sentences: [0, 1, 2].map((s) => Int32Array.from({ length: 5 }, (_, j) => 5 + (i % 4) * 8 + ((i + 5 * s + j) % 8))),
}));
const data = memoryData('text', passages, [16, 2], { vocabulary });
const encoder = transformer({ layers: 1, width: 16, heads: 2, dropout: 0 }) as unknown as Encoder;
const build = (options: Parameters<typeof bert>[0] = {}, batchSize = 8) =>
  buildMethod({ method: bert(options), encoder, data, batchSize });
const all = Array.from({ length: 8 }, (_, i) => i);

test('with zero logits the loss is ln V + ln 2, which is what the metrics say', async () => {
  const { model, built, batch, values } = build();
  // With zero weights at the end of both heads the logits are zero.
  for (const { name, variable } of built.variables)
    if (/token$|predictor\/bias|classifier/.test(name)) variable.assign(tf.zerosLike(variable));
  const found = await values(batch(all));
  const ln = Math.log(tokens.length);
  expect(found.maskedLoss).toBeCloseTo(ln, 4);
  expect(found.nextLoss).toBeCloseTo(Math.LN2, 4);
  expect(found.loss).toBeCloseTo(model.metrics.loss!.chance!, 4);
  // Sheet, 3.1: 7.600902 for V = 1000.
  expect(Math.log(1000) + Math.LN2).toBeCloseTo(7.600902, 6);
  expect(found.masked! + found.unchanged! + found.random!).toBe(8 * 2);
  built.dispose();
});

test('every network gets a gradient, and the table from both of its uses', () => {
  const { built, batch, gradients } = build();
  const found = gradients(batch(all));
  for (const [name, gradient] of Object.entries(found))
    expect(
      gradient.some((value) => value !== 0),
      `${name} has a gradient`,
    ).toBe(true);
  // Rows of words that are in no text only get what predicting gives.
  const row = found['encoder/embeddings/token']!.subarray(39 * 16, 40 * 16);
  expect(row.some((value) => value !== 0)).toBe(true);
  expect(Object.keys(found)).toEqual(expect.arrayContaining(['predictor/bias', 'verdict/pooler/kernel']));
  built.dispose();
});

test('slots that are not used and their truth change nothing', async () => {
  const { built, batch, values } = build({ predictions: 6 });
  const own = batch(all);
  const weights = await own.tensors.weights!.data();
  const spoiled: Batch = {
    ...own,
    tensors: {
      ...own.tensors,
      truth: tf.where(tf.greater(own.tensors.weights!, 0), own.tensors.truth!, tf.fill([8, 6], 17, 'int32')),
      positions: tf.where(tf.greater(own.tensors.weights!, 0), own.tensors.positions!, tf.fill([8, 6], 3, 'int32')),
    },
  };
  expect([...weights].filter((weight) => weight === 0).length).toBeGreaterThan(20);
  expect((await values(spoiled)).loss).toBeCloseTo((await values(own)).loss!, 5);
  // Two slots are enough for these texts: more of them are padding.
  const few = build({ predictions: 2 });
  expect((await few.values(few.batch(all))).loss).toBeCloseTo((await values(own)).loss!, 5);
  few.built.dispose();
  built.dispose();
});

test('learns from a few texts', async () => {
  const { built, batch, stepper } = buildMethod({ method: bert(), encoder, data, batchSize: 8, learningRate: 0.1 });
  const trainer = stepper();
  const first = await trainer.take(0, batch(all));
  let last = first;
  for (let step = 1; step < 40; step++) last = await trainer.take(step, batch(all));
  expect(last.maskedLoss).toBeLessThan(first.maskedLoss! - 0.3);
  trainer.dispose();
  built.dispose();
});

test('measures the unigram baseline beside its accuracy', async () => {
  const { model, built, batch } = build();
  const own = batch(all);
  const measured = model.measure!(own, stepContext(0, false));
  const value = async (name: string) => (await measured[name]!.data())[0]!;
  const truth = [...(await own.tensors.truth!.data())].filter((id) => id !== 0);
  const counts = new Float64Array(tokens.length).fill(1);
  for (const { sentences } of passages) for (const ids of sentences) for (const id of ids) counts[id]!++;
  const total = counts.reduce((a, b) => a + b);
  const top = counts.indexOf(Math.max(...counts));
  expect(await value('unigramAccuracy')).toBeCloseTo(truth.filter((id) => id === top).length / truth.length, 4);
  const nats = truth.reduce((sum, id) => sum - Math.log(counts[id]! / total), 0) / truth.length;
  expect(await value('unigramLoss')).toBeCloseTo(nats, 4);
  expect(Object.keys({ ...model.metrics, ...model.measures })).toEqual(expect.arrayContaining(Object.keys(measured)));
  built.dispose();
});

test('without next-sentence prediction there is one loss', async () => {
  const { model, built, batch, values } = build({ nextSentence: false });
  const found = await values(batch(all));
  expect(found.loss).toBe(found.maskedLoss);
  expect(found.nextLoss).toBeUndefined();
  expect(model.metrics.loss!.chance).toBeCloseTo(Math.log(tokens.length), 6);
  expect(built.variables.some(({ name }) => name.startsWith('verdict'))).toBe(false);
  built.dispose();
});

test('shows what was hidden, what the network says, and where it looks', async () => {
  const { built, compare } = build();
  const before = tf.memory().numTensors;
  const blocks = await compare([0, 1, 2]);
  expect(tf.memory().numTensors).toBe(before);
  const { lines } = blocks[0] as TokensBlock;
  expect(lines).toHaveLength(3);
  for (const { caption, tokens: shown } of lines) {
    expect(caption).toMatch(/^B (follows A|is from another document); says \d+ % follows, (right|wrong)$/);
    expect(shown[0]).toEqual({ text: '[CLS]', treatment: 'special' });
    expect(shown.some(({ text }) => text === '[PAD]')).toBe(false);
    const hidden = shown.filter(({ truth }) => truth !== undefined);
    expect(hidden.length).toBeGreaterThan(0);
    for (const { guesses } of hidden) {
      expect(guesses).toHaveLength(3);
      expect(guesses![0]!.probability).toBeGreaterThanOrEqual(guesses![2]!.probability);
    }
  }
  const matrix = blocks[1] as MatrixBlock;
  expect(matrix.rows).toHaveLength(2);
  for (let head = 0; head < 2; head++) {
    const row = matrix.values.subarray(head * matrix.columns.length, (head + 1) * matrix.columns.length);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  }
  built.dispose();
});

test('says which encoder it needs', () => {
  const picture = convnet({ widths: [4] }) as unknown as Encoder;
  const module = picture.build([8, 8, 1], Random.fromSeed(1));
  expect(() => buildMethod({ method: bert(), encoder: module, data })).toThrow(
    /bert needs an encoder that tells the features of single tokens/,
  );
});
