/** What a method compares in a batch, with the untrained network or with a checkpoint: the content of the Pairs panel. */
import * as tf from '@tensorflow/tfjs-core';
import { batchIndices, epochOrder } from '../data/order.js';
import type { OpenData } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import type { Block } from '../protocol/figure.js';
import { exampleOf, makeBatch, toTensors } from './batches.js';
import { buildModel, loadWeights } from './model.js';
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
}

/** The engine must have been started. Samples and views are those that training sees. */
export async function compareBatch(
  experiment: Experiment,
  data: OpenData<unknown>,
  { epoch, batch, samples, weightsFile }: CompareOptions,
): Promise<readonly Block[]> {
  const order = epochOrder(experiment.seed, epoch, data.train.length);
  const indices = batchIndices(order, experiment.batchSize, batch).subarray(0, samples);
  const tiles = batchTiles(
    Array.from(indices, (sample) => ({
      ...exampleOf(experiment, data, epoch, sample, { trace: true }),
      name: data.train.name(sample),
      label: data.classes[data.train.label(sample)],
    })),
  );
  const built = buildModel(experiment, data);
  const compared = toTensors(makeBatch(experiment, data, epoch, indices));
  try {
    if (weightsFile !== undefined) loadWeights(weightsFile, built.variables);
    return await built.model.compare(compared, tiles);
  } finally {
    tf.dispose(compared.tensors);
    built.dispose();
  }
}
