/** A worker thread that opens the data and computes batches ahead of the training step. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
// Lets custom augmentations use tf ops here; nothing of it starts before the first op.
import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { batchIndices, epochOrder, stepsPerEpoch } from '../data/order.js';
import type { OpenData } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import { importExperiment } from '../experiment/import.js';
import { makeBatch } from './examples.js';
import { type BatchRequest, toErrorData, type WorkerMessage, type WorkerTask } from './feed-messages.js';

// Without it the first op prints an advertisement.
enableProdMode();
// Stacks of user code then name its own lines.
process.setSourceMapsEnabled(true);

if (parentPort === null) throw new Error('view-worker runs as a worker thread of the trainer');
const port = parentPort;

const say = (message: WorkerMessage, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, [...transfer]);

function serve(experiment: Experiment, data: OpenData<unknown>): void {
  const { seed, batchSize, epochs } = experiment;
  let order: { epoch: number; samples: Uint32Array } = { epoch: -1, samples: new Uint32Array() };
  port.on('message', ({ epoch, index }: BatchRequest) => {
    try {
      if (order.epoch !== epoch) order = { epoch, samples: epochOrder(seed, epoch, data.train.length) };
      const batch = makeBatch(experiment, data, epoch, batchIndices(order.samples, batchSize, index));
      const arrays = [...Object.values(batch.arrays).map(({ data }) => data), batch.indices, batch.labels];
      say({ kind: 'batch', batch }, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
    } catch (error) {
      say({ kind: 'error', error: toErrorData(error) });
    }
  });
  const samples = data.train.length;
  say({ kind: 'ready', samples, stepsPerEpoch: stepsPerEpoch(samples, batchSize), epochs });
}

const { bundle, exportName, overrides, environment } = workerData as WorkerTask;
try {
  const experiment = await importExperiment(bundle, exportName, overrides);
  serve(experiment, (await experiment.data.open(environment)) as OpenData<unknown>);
} catch (error) {
  say({ kind: 'failed', error: toErrorData(error) });
}
