/** The networks of an experiment, made the same way for training, for evaluation and for the Pairs panel. */
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { makeEncoder } from '../experiment/build-encoder.js';
import type { EncoderModule, MethodModel, NamedVariable, Network, OpenData } from '../experiment/contracts.js';
import { encoderInputShape } from '../experiment/encoder-input.js';
import type { Experiment } from '../experiment/experiment.js';
import { Random, Stream } from '../experiment/random.js';
import { assignTensors } from '../nn/stored-variables.js';
import { type Progress, readCheckpoint } from '../runs/checkpoint-file.js';

export interface BuiltModel {
  readonly encoder: EncoderModule;
  readonly model: MethodModel;
  /** All that a checkpoint keeps of the networks: `encoder/…`, `<network of the method>/…`, `state/…`. */
  readonly variables: readonly NamedVariable[];
  /** Those that minimize the model's `adversary` loss. */
  readonly adversaries: ReadonlySet<tf.Variable>;
  /** Another encoder with the initial weights. */
  freshEncoder(): EncoderModule;
  dispose(): void;
}

/**
 * Builds encoder and method with their initial weights, which depend on the experiment's seed alone.
 * @param baseFolder Folder of the experiment file.
 */
export function buildModel(experiment: Experiment, data: OpenData<unknown>, baseFolder: string): BuiltModel {
  const random = Random.fromSeed(experiment.seed).at(Stream.init);
  const variables: NamedVariable[] = [];
  const adversaries = new Set<tf.Variable>();
  const register = (name: string, own: readonly NamedVariable[]) => {
    const named = own.map((variable) => ({ ...variable, name: `${name}/${variable.name}` }));
    for (const { name } of named) {
      if (variables.some((other) => other.name === name)) throw new Error(`two variables have the name ${name}`);
    }
    variables.push(...named);
  };
  const freshEncoder = () => buildEncoder(experiment, data, baseFolder);
  const encoder = freshEncoder();
  register('encoder', encoder.variables());
  const model = experiment.method.build({
    encoder,
    data: data as OpenData<never>,
    shape: data.shape,
    samples: data.train.length,
    batchSize: experiment.batchSize,
    classes: data.classes.length,
    random: random.at(1),
    copyEncoder: freshEncoder,
    add<N extends Network>(name: string, network: N, role?: 'adversary' | 'frozen'): N {
      const own = network.variables();
      register(name, role === 'frozen' ? own.map((named) => ({ ...named, trainable: false })) : own);
      if (role === 'adversary') for (const { variable } of own) adversaries.add(variable);
      return network;
    },
    state(name: string, initial: tf.Tensor): tf.Variable {
      const variable = tf.variable(initial, false);
      register('state', [{ name, variable, trainable: false, decay: false }]);
      return variable;
    },
  });
  return {
    encoder,
    model,
    variables,
    adversaries,
    freshEncoder,
    dispose() {
      tf.dispose(variables.map(({ variable }) => variable));
    },
  };
}

/** The encoder with its initial weights. */
function buildEncoder(experiment: Experiment, data: OpenData<unknown>, baseFolder: string): EncoderModule {
  const random = Random.fromSeed(experiment.seed).at(Stream.init, 0);
  const place = { vocabulary: data.vocabulary?.tokens.length, baseFolder };
  return makeEncoder(experiment, encoderInputShape(data), random, place);
}

/**
 * Takes the networks' variables from a checkpoint file and tells where in the run it was written. Throws an Error that
 * names what does not fit when the file is damaged or was made by another network.
 */
export function loadWeights(file: string, variables: readonly NamedVariable[]): Progress {
  const { progress, tensors } = readCheckpoint(file);
  try {
    assignTensors(tensors, variables);
  } catch (error) {
    throw new Error(`${path.basename(file)}: ${(error as Error).message}`, { cause: error });
  }
  return progress;
}
