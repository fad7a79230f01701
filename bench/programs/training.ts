/** Takes training steps with one engine of Autodidact: the trainer's own step, on batches that are there already. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineName, startEngine } from '../../src/engine/index.js';
import type { OnnxRuntimeBackend } from '../../src/engine/onnxruntime/backend.js';
import type { BuildContext, Dataset, EncoderModule, MethodModel, NdArray } from '../../src/experiment/contracts.js';
import { type Experiment, experiment } from '../../src/experiment/experiment.js';
import { Random } from '../../src/experiment/random.js';
import { simclr } from '../../src/methods/simclr.js';
import { convnet } from '../../src/nn/convnet.js';
import { sgd } from '../../src/nn/optimizers.js';
import { resnet18 } from '../../src/nn/resnet.js';
import { transformerEncoder } from '../../src/nn/transformer.js';
import { encodeTensors, type StoredTensor } from '../../src/runs/safetensors.js';
import { writeCheckpoint } from '../../src/trainer/checkpoints.js';
import { type HostBatch, toTensors } from '../../src/trainer/examples.js';
import { type BuiltModel, buildModel } from '../../src/trainer/model.js';
import { Stepper } from '../../src/trainer/step.js';
import type { SimclrWork, TokensWork, Work } from '../works.js';
import { serve } from './serve.js';

const BATCHES = 4;
const [engine, threads] = process.argv.slice(2) as [EngineName, string];

let current: { built: BuiltModel; stepper: Stepper; batches: HostBatch[]; step: number } | undefined;

serve({
  start: async () => {
    tf.enableProdMode();
    return startEngine(engine, { threads: Number(threads), log: (message) => console.error(message) });
  },

  /** Builds the network. With `file`, writes its weights and the batches there, for the other systems. */
  prepare(work: Work, file?: string) {
    current?.stepper.dispose();
    current?.built.dispose();
    const trial = experimentOf(work);
    const shape = work.kind === 'tokens' ? [work.length, 2] : work.shape;
    const data = { shape, classes: [], train: { length: work.batch * 100 } };
    const built = buildModel(trial, data as never, process.cwd());
    const stepper = new Stepper(trial, built, { stepsPerEpoch: 100, totalSteps: 10_000 });
    const batches = Array.from({ length: BATCHES }, (_, i) => batchOf(work, i));
    current = { built, stepper, batches, step: 0 };
    if (file !== undefined) writeFileSync(file, encodeTensors({ metadata: {}, tensors: stored(current) }));
  },

  /** Takes steps; milliseconds of each, and its loss. */
  async run(steps: number) {
    if (current === undefined) throw new Error('nothing was prepared');
    const { stepper, batches } = current;
    const times: number[] = [];
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      const began = performance.now();
      const batch = toTensors(batches[current.step % BATCHES] as HostBatch);
      const { loss } = await stepper.take(current.step++, batch);
      times.push(performance.now() - began);
      losses.push(loss as number);
    }
    return { times, losses };
  },

  /** Bytes: resident now, and at most so far. */
  memory: () => ({ resident: process.memoryUsage().rss, peak: process.resourceUsage().maxRSS * 1024 }),

  /**
   * Trains for many steps as a run does: the last batch of an epoch has another size each time, evaluations with batches
   * of their own in between, checkpoints. What is kept then: bytes resident, tensors, compiled graphs.
   */
  async soak(steps: number) {
    if (current === undefined) throw new Error('nothing was prepared');
    const { stepper, built, batches } = current;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'autodidact-soak-'));
    mkdirSync(path.join(folder, 'checkpoints'));
    for (let i = 0; i < steps; i++) {
      const step = current.step++;
      const whole = batches[step % BATCHES] as HostBatch;
      const last = step % 20 === 19;
      await stepper.take(step, toTensors(last ? beginning(whole, 2 + (step % 29)) : whole));
      if (last) await evaluate(built, whole, 1 + (step % 31));
      if (step % 200 === 199) await writeCheckpoint(folder, stepper.variables, { step } as never);
    }
    rmSync(folder, { recursive: true });
    const { graphs, counts } = tf.backend() as OnnxRuntimeBackend;
    return { resident: process.memoryUsage().rss, tensors: tf.memory().numTensors, graphs, compiled: counts?.compiled };
  },
});

/** The first rows of a batch. */
function beginning({ arrays, indices, labels }: HostBatch, rows: number): HostBatch {
  const cut = Object.entries(arrays).map(([name, { data, shape }]) => {
    const size = data.length / (shape[0] as number);
    return [name, { data: data.slice(0, rows * size), shape: [rows, ...shape.slice(1)] }];
  });
  return { arrays: Object.fromEntries(cut), indices: indices.slice(0, rows), labels: labels.slice(0, rows) };
}

async function evaluate({ encoder }: BuiltModel, batch: HostBatch, rows: number): Promise<void> {
  const { tensors } = toTensors(beginning(batch, rows));
  const features = tf.tidy(() => encoder.apply(tensors.first as tf.Tensor, { training: false }));
  await features.data();
  tf.dispose([features, tensors]);
}

function experimentOf(work: Work): Experiment {
  const data = { kind: 'dataset', use: 'none', options: {} } as unknown as Dataset<unknown>;
  const optimizer = sgd({ learningRate: 0.06, momentum: 0.9, weightDecay: 5e-4, schedule: 'constant' });
  if (work.kind === 'tokens') {
    const trial = experiment({ data, encoder: convnet(), method: simclr(), optimizer, batchSize: work.batch });
    return { ...trial, ...maskedTokens(work) };
  }
  const { encoder, width } = work;
  return experiment({
    data,
    encoder:
      encoder === 'convnet'
        ? convnet({ widths: [1, 2, 4, 8].map((times) => times * width), strides: [1, 2, 2, 2] })
        : resnet18({ width }),
    method: simclr({ temperature: 0.5, projector: [256, 64] }),
    optimizer,
    batchSize: work.batch,
  });
}

/** An encoder and a method that predicts tokens at given places; the output layer is the table of embeddings. */
function maskedTokens(work: TokensWork): Pick<Experiment, 'encoder' | 'method'> {
  const build = (_shape: readonly number[], random: Random) =>
    transformerEncoder(random, { ...work, dropout: 0, pool: 'mean' });
  const loss: MethodModel['loss'] = ({ tensors }, _targets, { mode }) => {
    const { ids, places, answers } = tensors as Record<string, tf.Tensor>;
    const hidden = tf.reshape(network?.tokens?.apply(ids as tf.Tensor, mode) as tf.Tensor, [-1, work.width]);
    const at = tf.gather(hidden, tf.reshape(places as tf.Tensor, [-1]));
    const table = network?.tokens?.table.variable as tf.Variable<tf.Rank.R2>;
    const logits = tf.matMul(at as tf.Tensor2D, table, false, true);
    const labels = tf.oneHot(tf.reshape(answers as tf.Tensor1D, [-1]), work.vocabulary);
    return { loss: tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, logits) };
  };
  let network: EncoderModule | undefined;
  const model = { metrics: {}, loss } as unknown as MethodModel;
  return {
    encoder: { kind: 'encoder', use: 'none', options: {}, build } as unknown as Experiment['encoder'],
    method: {
      build: (context: BuildContext) => {
        network = context.encoder;
        return model;
      },
    } as unknown as Experiment['method'],
  };
}

function batchOf(work: Work, index: number): HostBatch {
  const random = Random.fromSeed(index);
  return work.kind === 'tokens' ? textBatch(work, random) : pictureBatch(work, random);
}

function textBatch({ batch, length, masked, vocabulary }: TokensWork, random: Random): HostBatch {
  const integers = (count: number, draw: (i: number) => number) =>
    Int32Array.from({ length: count }, (_, i) => draw(i));
  // Ids of tokens beside segments, which are all 0; no padding.
  const ids = integers(batch * length * 2, (i) => (i % 2 === 0 ? 1 + random.integer(vocabulary - 1) : 0));
  const places = integers(batch * masked, (i) => Math.floor(i / masked) * length + random.integer(length));
  const answers = integers(batch * masked, () => random.integer(vocabulary));
  return {
    arrays: {
      ids: { data: ids, shape: [batch, length, 2] },
      places: { data: places, shape: [batch, masked] },
      answers: { data: answers, shape: [batch, masked] },
    },
    indices: new Int32Array(batch),
    labels: new Int32Array(batch).fill(-1),
  };
}

function pictureBatch({ shape, batch }: SimclrWork, random: Random): HostBatch {
  const size = shape.reduce((product, side) => product * side, batch);
  // The second view is the first one with noise, so that there is something to learn.
  const first = Float32Array.from({ length: size }, () => random.uniform());
  const second = first.map((value) => 0.8 * value + 0.2 * random.uniform());
  return {
    arrays: { first: { data: first, shape: [batch, ...shape] }, second: { data: second, shape: [batch, ...shape] } },
    indices: new Int32Array(batch),
    labels: new Int32Array(batch).fill(-1),
  };
}

function stored({ built, batches }: { built: BuiltModel; batches: readonly HostBatch[] }): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, variable } of built.variables)
    tensors.set(name, { dtype: 'F32', shape: variable.shape, data: variable.dataSync() as Float32Array });
  batches.forEach(({ arrays }, i) => {
    for (const [name, { data, shape }] of Object.entries(arrays) as [string, NdArray][])
      tensors.set(`batch${i}/${name}`, { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape: [...shape], data });
  });
  return tensors;
}
