/**
 * Which sample comes when. Every epoch passes over the training data in its own random order, and batches are taken
 * from the front; samples that do not fill a last batch are dropped for that epoch, so every batch has the same shape.
 * A data set smaller than one batch therefore has no steps; the experiment's checks report it.
 */
import { Random, Stream } from '../experiment/random.js';

/** The order of the samples in an epoch (from 0): a permutation of 0..length-1, a function of its arguments alone. */
export function epochOrder(seed: number, epoch: number, length: number): Uint32Array {
  return Random.fromSeed(seed).at(Stream.order, epoch).permutation(length);
}

/** Whole batches in an epoch. */
export function stepsPerEpoch(length: number, batchSize: number): number {
  return Math.floor(length / batchSize);
}

/** Sample indices of a batch (from 0) of an epoch, int32 `[batchSize]`. */
export function batchIndices(order: Uint32Array, batchSize: number, batch: number): Int32Array {
  const start = batch * batchSize;
  if (!Number.isInteger(batch) || batch < 0 || start + batchSize > order.length) {
    const steps = stepsPerEpoch(order.length, batchSize);
    throw new RangeError(`there is no batch ${batch}: ${order.length} samples make ${steps} batches of ${batchSize}`);
  }
  return Int32Array.from(order.subarray(start, start + batchSize));
}
