/** A worker thread that decodes one picture after the other: a path comes in, a `Decoded` goes out. */
import { parentPort, workerData } from 'node:worker_threads';
import { decodeFile } from './decode-many.js';
import type { SquareOptions } from './square.js';

if (parentPort === null) throw new Error('decode-worker runs as a worker thread');
const port = parentPort;

port.on('message', async (file: string) => {
  const decoded = await decodeFile(file, workerData as SquareOptions);
  port.postMessage(decoded, 'pixels' in decoded ? [decoded.pixels.buffer as ArrayBuffer] : []);
});
