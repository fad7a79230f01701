/**
 * Batches computed by worker threads ahead of the training step. Which thread computes a batch changes nothing in it,
 * so results do not depend on the number of threads.
 */
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DataError } from '../experiment/contracts.js';
import { distFolder } from '../experiment/package-files.js';
import type { HostBatch } from './examples.js';
import { type BatchRequest, fromErrorData, type WorkerMessage, type WorkerTask } from './feed-messages.js';

export { type ExampleOptions, exampleOf, type HostBatch, makeBatch, toTensors } from './examples.js';

export interface FeedOptions extends Omit<WorkerTask, 'overrides'> {
  /** Changes of options, as given by `--set`. Default none. */
  readonly overrides?: readonly string[];
  /** Training samples there must be: threads that find another number fail, because the data changed under them. */
  readonly samples?: number;
  /** Default: one less than there are cores, at least 1 and at most 8, since each holds its own copy of the data. */
  readonly threads?: number;
  /** How many batches are kept ready or under way beyond the one asked for. Default: threads + 1. */
  readonly ahead?: number;
}

interface Job extends BatchRequest {
  /** Someone awaits it. */
  asked: boolean;
  begun: boolean;
  readonly promise: Promise<HostBatch>;
  resolve(batch: HostBatch): void;
  reject(error: Error): void;
}

export class BatchFeed {
  private readonly count: number;
  private readonly ahead: number;
  private readonly workers: Worker[] = [];
  /** Threads that are ready, each with what it computes. */
  private readonly threads = new Map<Worker, Job | undefined>();
  /** Batches asked for or foreseen, and not yet handed out. */
  private readonly jobs = new Map<string, Job>();
  private plan?: { readonly stepsPerEpoch: number; readonly epochs: number };
  private last?: BatchRequest;
  private ended?: Error;

  constructor(private readonly options: FeedOptions) {
    this.count = options.threads ?? Math.min(8, Math.max(1, os.availableParallelism() - 1));
    this.ahead = options.ahead ?? this.count + 1;
    // The others follow when the first one is ready: what it had to decode is in the cache then.
    this.start();
  }

  /** A batch (from 0) of an epoch (from 0). Rejects with what user code threw, naming sample and augmentation. */
  async batch(epoch: number, index: number): Promise<HostBatch> {
    if (this.ended !== undefined) throw this.ended;
    const job = this.job({ epoch, index });
    job.asked = true;
    this.last = { epoch, index };
    this.lookAhead();
    try {
      return await job.promise;
    } finally {
      this.jobs.delete(keyOf(job));
    }
  }

  /** Ends the threads; batches still awaited are rejected. */
  async close(): Promise<void> {
    await this.end(new Error('the batch feed was closed'));
  }

  /** Plans the batches that follow the last one asked for, forgets those no longer expected, and keeps threads busy. */
  private lookAhead(): void {
    const foreseen: BatchRequest[] = [];
    let next = this.last && this.following(this.last);
    for (; next !== undefined && foreseen.length < this.ahead; next = this.following(next)) foreseen.push(next);
    const keys = new Set(foreseen.map(keyOf));
    for (const [key, job] of this.jobs) if (!job.asked && !keys.has(key)) this.jobs.delete(key);
    for (const request of foreseen) this.job(request);
    for (const [worker, busy] of this.threads) {
      if (busy !== undefined) continue;
      const waiting = [...this.jobs.values()].filter(({ begun }) => !begun);
      const job = waiting.find(({ asked }) => asked) ?? waiting[0];
      if (job === undefined) return;
      job.begun = true;
      this.threads.set(worker, job);
      worker.postMessage({ epoch: job.epoch, index: job.index } satisfies BatchRequest);
    }
  }

  private following({ epoch, index }: BatchRequest): BatchRequest | undefined {
    if (this.plan === undefined) return undefined;
    if (index + 1 < this.plan.stepsPerEpoch) return { epoch, index: index + 1 };
    return epoch + 1 < this.plan.epochs ? { epoch: epoch + 1, index: 0 } : undefined;
  }

  private job(request: BatchRequest): Job {
    const key = keyOf(request);
    const known = this.jobs.get(key);
    if (known !== undefined) return known;
    let settle: Pick<Job, 'resolve' | 'reject'> | undefined;
    const promise = new Promise<HostBatch>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // A batch that fails ahead of time is reported when its turn comes.
    promise.catch(() => {});
    const job: Job = {
      ...request,
      asked: false,
      begun: false,
      promise,
      ...(settle as Pick<Job, 'resolve' | 'reject'>),
    };
    this.jobs.set(key, job);
    return job;
  }

  private start(): void {
    const { bundle, exportName, overrides = [], environment } = this.options;
    const { baseFolder, cacheFolder, sampleFolder } = environment;
    const workerData: WorkerTask = {
      bundle,
      exportName,
      overrides,
      environment: { baseFolder, cacheFolder, sampleFolder },
    };
    const worker = new Worker(path.join(distFolder, 'view-worker.js'), { workerData });
    const fail = (error: Error) => {
      void this.end(error);
    };
    this.workers.push(worker);
    worker.on('message', (message: WorkerMessage) => this.hear(worker, message));
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`a view worker ended by itself (exit code ${code})`)));
  }

  private hear(worker: Worker, message: WorkerMessage): void {
    if (this.ended !== undefined) return;
    if (message.kind === 'failed') {
      void this.end(fromErrorData(message.error));
      return;
    }
    if (message.kind === 'ready') {
      const { samples } = this.options;
      if (samples !== undefined && samples !== message.samples) {
        const change = `${samples} training samples when the run began, ${message.samples} now`;
        void this.end(new DataError(`The data changed: ${change}. Start the run again.`));
        return;
      }
      if (this.plan === undefined) for (let i = 1; i < this.count; i++) this.start();
      this.plan = message;
    } else {
      const job = this.threads.get(worker);
      if (message.kind === 'batch') job?.resolve(message.batch);
      else job?.reject(fromErrorData(message.error));
    }
    this.threads.set(worker, undefined);
    this.lookAhead();
  }

  private async end(reason: Error): Promise<void> {
    this.ended ??= reason;
    for (const job of this.jobs.values()) job.reject(this.ended);
    this.jobs.clear();
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }
}

const keyOf = ({ epoch, index }: BatchRequest) => `${epoch}/${index}`;
