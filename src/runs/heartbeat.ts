/** Signs of life of a trainer, from a thread of their own: a step that computes for minutes does not look dead. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { runFiles } from './paths.js';

/** Evaluated as CommonJS, so that it needs no file of its own in dist/. It renews, and never makes, the file. */
const beat = `
const fs = require('node:fs');
const { workerData } = require('node:worker_threads');
const renew = () => {
  const now = Date.now() / 1000;
  try { fs.utimesSync(workerData.file, now, now); } catch {}
};
renew();
setInterval(renew, workerData.interval);
`;

/** Renews the modification time of the run's `heartbeat` until stopped; does not keep the process alive. */
export function startHeartbeat(folder: string, interval = 2000): { stop(): Promise<void> } {
  const file = path.join(folder, runFiles.heartbeat);
  const worker = new Worker(beat, { eval: true, workerData: { file, interval }, execArgv: [] });
  worker.unref();
  // Without its heartbeat the run still has its process id and the times in status.json.
  worker.on('error', () => {});
  return {
    async stop() {
      await worker.terminate();
    },
  };
}
