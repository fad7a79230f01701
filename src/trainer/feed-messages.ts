/** What a batch feed and its view workers say to each other. */
import { type DataEnvironment, DataError } from '../experiment/contracts.js';
import type { HostBatch } from './examples.js';

/** `workerData` of a view worker. */
export interface WorkerTask {
  /** Path of the bundled experiment file. */
  readonly bundle: string;
  readonly exportName: string;
  readonly overrides: readonly string[];
  readonly environment: Pick<DataEnvironment, 'baseFolder' | 'cacheFolder' | 'sampleFolder'>;
}

export interface BatchRequest {
  readonly epoch: number;
  /** Which batch of the epoch. */
  readonly index: number;
}

/** An error as plain data: structured cloning loses the names of our own error classes. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly samples: number; readonly stepsPerEpoch: number; readonly epochs: number }
  /** The experiment or its data cannot be opened: the worker ends. */
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'batch'; readonly batch: HostBatch }
  | { readonly kind: 'error'; readonly error: ErrorData };

export function toErrorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}

export function fromErrorData({ name, message, stack }: ErrorData): Error {
  const error = name === 'DataError' ? new DataError(message) : Object.assign(new Error(message), { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}
