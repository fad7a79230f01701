/** The previewer process: one per window, asked over IPC what unsaved text looks like. Messages: src/protocol/previewer.ts. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PreviewerContract, PreviewerHostContract } from '../protocol/previewer.js';
import { Peer } from '../protocol/rpc.js';
import { PreviewService } from './preview-service.js';

if (process.send === undefined) throw new Error('previewer is started by the extension, over IPC');

const folder = temporaryFolder();
process.on('disconnect', () => process.exit(0));
endWithParent();

// Deep enough to reach user code through the functions of TensorFlow.js.
Error.stackTraceLimit = 50;

const peer = new Peer<PreviewerContract, PreviewerHostContract>(
  (message) => {
    if (process.connected) process.send?.(message);
  },
  {
    ping: () => null,
    inspect: (params, signal) => service.inspect(params, signal),
    preview: (params, signal) => service.preview(params, signal),
    pairs: (params, signal) => service.pairs(params, signal).finally(surviveLateErrors),
  },
);
const service = new PreviewService(folder, (message) => peer.notify('log', { message }));

surviveLateErrors();
process.on('message', (message) => peer.receive(message));
peer.notify('ready', { pid: process.pid });

/**
 * What user code leaves running may fail at any time; that is no reason to end. The listeners of WebAssembly programs
 * (engines start with the first pairs) throw everything again: they are taken away.
 */
function surviveLateErrors(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => {
      peer.notify('log', { message: `after loading: ${error instanceof Error ? error.stack : String(error)}` });
    });
  }
}

/** A folder of this process, removed when it ends; those of processes that were killed go now. */
function temporaryFolder(): string {
  const prefix = 'autodidact-previewer-';
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split('-')[0]);
    if (!isRunning(owner)) rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
  }
  const own = mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  process.on('exit', () => rmSync(own, { recursive: true, force: true }));
  return own;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** User code that loops without end keeps this thread from noticing that the window is gone; another thread looks. */
function endWithParent(): void {
  const look = `
    setInterval(() => {
      try { process.kill(${process.ppid}, 0); }
      catch (error) { if (error.code === 'ESRCH') process.kill(${process.pid}, 'SIGKILL'); }
    }, 1000);`;
  new Worker(look, { eval: true }).unref();
}
