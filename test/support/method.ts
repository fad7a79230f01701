/** Methods under test, built and fed by the code that trains them. */
import * as tf from '@tensorflow/tfjs-core';
import type {
  Batch,
  Encoder,
  EncoderModule,
  Example,
  LossResult,
  OpenData,
  SampleTypes,
  StepContext,
} from '../../src/experiment/contracts.js';
import type { Experiment } from '../../src/experiment/experiment.js';
import { Random } from '../../src/experiment/random.js';
import { gradientsOf } from '../../src/nn/gradients.js';
import { sgd } from '../../src/nn/optimizers.js';
import { compareBuilt } from '../../src/trainer/compare.js';
import { exampleOf, makeBatch, toTensors } from '../../src/trainer/examples.js';
import { buildModel } from '../../src/trainer/model.js';
import { Stepper } from '../../src/trainer/step.js';

/** An encoder that hands its input on: `[batch, features]`. */
export const identityEncoder = (features: number): EncoderModule => ({
  features,
  variables: () => [],
  apply: (input) => tf.clone(input),
});

/** Samples in memory as a data set; the test split has the same ones. */
export function memoryData<K extends keyof SampleTypes>(
  kind: K,
  samples: readonly SampleTypes[K][],
  shape: readonly number[],
  { labels, classes = [], vocabulary }: Partial<Pick<OpenData, 'classes' | 'vocabulary'>> & { labels?: number[] } = {},
): OpenData<SampleTypes[K]> {
  const split = {
    length: samples.length,
    get: (index: number) => samples[index]!,
    label: (index: number) => labels?.[index] ?? -1,
    name: (index: number) => `sample ${index}`,
  };
  return { kind, title: 'test data', shape, classes, train: split, test: split, vocabulary, notes: [] };
}

/** A step of a training of `totalSteps`. */
export const stepContext = (step = 0, training = true): StepContext => ({
  step,
  totalSteps: 100,
  stepsPerEpoch: 10,
  epoch: Math.floor(step / 10),
  random: Random.fromSeed(77).at(step),
  mode: { training },
});

export interface MethodUnderTest {
  readonly method: unknown;
  readonly encoder: Encoder | EncoderModule;
  readonly data: OpenData<never> | OpenData<unknown>;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
}

/** Builds a method with its networks. The caller disposes `built` (or `tf.disposeVariables()`). */
export function buildMethod({ method, encoder, data, batchSize = 4, learningRate = 0.1, seed = 1 }: MethodUnderTest) {
  const part = 'build' in encoder ? encoder : { build: () => encoder };
  const optimizer = sgd({ learningRate, schedule: 'constant' });
  const experiment = { method, encoder: part, optimizer, batchSize, epochs: 10, seed } as unknown as Experiment;
  const open = data as OpenData<unknown>;
  const built = buildModel(experiment, open, '.');
  const batch = (indices: number[], epoch = 0): Batch => toTensors(makeBatch(experiment, open, epoch, indices));
  const withTargets = (own: Batch, context: StepContext): LossResult =>
    built.model.loss(own, built.model.targets?.(own, context) ?? {}, context);
  return {
    experiment,
    built,
    model: built.model,
    batch,
    example: (index: number, epoch = 0): Example => exampleOf(experiment, open, epoch, index).example,
    /** Loss and logs as numbers. */
    async values(own: Batch, context = stepContext()): Promise<Record<string, number>> {
      const { loss, logs } = withTargets(own, context);
      const all = Object.entries({ loss, ...logs });
      return Object.fromEntries(await Promise.all(all.map(async ([name, t]) => [name, (await t.data())[0] as number])));
    },
    /** The gradient of the loss in each trainable variable, by name. */
    gradients(own: Batch, context = stepContext()): Record<string, Float32Array> {
      return tf.tidy(() => {
        const targets = built.model.targets?.(own, context) ?? {};
        const trainable = built.variables.filter((named) => named.trainable);
        const { gradients } = gradientsOf(trainable, () => built.model.loss(own, targets, context).loss);
        return Object.fromEntries(trainable.map(({ name }, i) => [name, gradients[i]!.dataSync() as Float32Array]));
      });
    },
    stepper: () => new Stepper(experiment, built, { stepsPerEpoch: 10, totalSteps: 100 }),
    /** The blocks of the Pairs panel for these samples. */
    compare: (indices: number[]) => compareBuilt(experiment, open, built, 0, Int32Array.from(indices)),
  };
}
