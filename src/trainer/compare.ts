/** What a method compares in a batch, with the untrained network or with a checkpoint: the content of the Pairs panel. */
import * as tf from '@tensorflow/tfjs-core';
import { batchIndices, epochOrder } from '../data/order.js';
import type { OpenData } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import type { Block } from '../protocol/figure.js';
import { exampleOf, makeBatch, toTensors } from './batches.js';
import { type BuiltModel, buildModel, loadWeights } from './model.js';
import { sampleTile } from './originals.js';
import { batchTiles } from './tiles.js';

export interface CompareOptions {
  /** From 0. */
  readonly epoch: number;
  /** Which batch of the epoch, from 0. */
  readonly batch: number;
  /** How many samples of the batch, from its beginning; at most all. */
  readonly samples: number;
  /** Path of a checkpoint; without it the network is untrained. */
  readonly weightsFile?: string;
  /** Folder of the experiment file. */
  readonly baseFolder: string;
}

/** The engine must have been started. Samples and views are those that training sees. */
export async function compareBatch(
  experiment: Experiment,
  data: OpenData<unknown>,
  { epoch, batch, samples, weightsFile, baseFolder }: CompareOptions,
): Promise<readonly Block[]> {
  const order = epochOrder(experiment.seed, epoch, data.train.length);
  const indices = batchIndices(order, experiment.batchSize, batch).subarray(0, samples);
  const built = buildModel(experiment, data, baseFolder);
  try {
    if (weightsFile !== undefined) loadWeights(weightsFile, built.variables);
    return await compareBuilt(experiment, data, built, epoch, indices);
  } finally {
    built.dispose();
  }
}

/** What a model compares in the batch of these training samples. */
export async function compareBuilt(
  experiment: Experiment,
  data: OpenData<unknown>,
  built: BuiltModel,
  epoch: number,
  indices: Int32Array,
): Promise<readonly Block[]> {
  const tiles = batchTiles(
    Array.from(indices, (sample) => ({
      ...exampleOf(experiment, data, epoch, sample, { trace: true }),
      name: data.train.name(sample),
      label: data.classes[data.train.label(sample)],
    })),
  );
  const compared = toTensors(makeBatch(experiment, data, epoch, indices));
  try {
    return await built.model.compare(compared, {
      tiles,
      sample: (index) => sampleTile(data, index),
      data: data as OpenData<never>,
    });
  } finally {
    tf.dispose(compared.tensors);
  }
}
