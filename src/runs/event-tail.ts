/**
 * Reads what is new in an events.jsonl: from an offset, whole lines only, in slices that leave the event loop free
 * for everything else. A line of a million-line file costs a reader nothing twice.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { RunEvent } from '../protocol/run.js';
import { readOnly } from './files.js';
import { parseEvent } from './parse.js';

export interface EventSink {
  /** Events in order; called many times. `rewind` events are the sink's to honor. */
  events(batch: readonly RunEvent[]): void;
  /** The file is not the one that was read so far: forget everything; it is read again from its beginning. */
  restart(): void;
}

/** Bytes read at once, and the longest line. */
const chunkSize = 256 << 10;
/** Milliseconds of work between two yields to the event loop, with room for a sink that is slow once. */
const slice = 6;
/** Bytes before the offset that must still be the same, or the file was replaced. */
const anchorSize = 64;

export class EventTail {
  /** Lines that were not events. */
  badLines = 0;
  private offset = 0;
  private anchor = Buffer.alloc(0);
  /** In the middle of a line that is too long to be ours. */
  private skipping = false;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly file: string,
    private readonly sink: EventSink,
  ) {}

  /** Reads to the present end; resolves when all of it was given to the sink. A missing file has no events. */
  read(signal?: AbortSignal): Promise<void> {
    // One reader at a time: a call during a reading waits for that, then reads what came since.
    const before = this.reading ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => this.readNow(signal));
    this.reading = mine;
    return mine;
  }

  private async readNow(signal: AbortSignal | undefined): Promise<void> {
    let handle: FileHandle;
    try {
      handle = await open(this.file, readOnly);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error(`${this.file} is not a file`);
      const { size } = stat;
      if (size < this.offset || (size > this.offset && !(await this.anchored(handle)))) this.restart();
      const buffer = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(0, size - this.offset)));
      while (buffer.length > 0 && !signal?.aborted) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.offset);
        const consumed = await this.consume(buffer.subarray(0, bytesRead), signal);
        if (consumed === 0) return;
      }
    } finally {
      await handle.close();
    }
  }

  /** Gives the whole lines of a chunk to the sink and moves on; returns how many bytes that were. */
  private async consume(chunk: Buffer, signal: AbortSignal | undefined): Promise<number> {
    const end = chunk.lastIndexOf(10) + 1;
    if (end === 0) {
      if (chunk.length < chunkSize) return 0; // half a line: its rest will come
      this.skipping = true;
      this.advance(chunk, chunk.length);
      return chunk.length;
    }
    const begin = this.skipping ? chunk.indexOf(10) + 1 : 0;
    if (this.skipping) this.badLines++;
    this.skipping = false;
    let started = performance.now();
    const lines = chunk.toString('utf8', begin, end).split('\n');
    this.advance(chunk, end);
    let batch: RunEvent[] = [];
    for (const [index, line] of lines.entries()) {
      if (line !== '' && line !== '\r') {
        const event = parseEvent(line);
        if (event === undefined) this.badLines++;
        else batch.push(event);
      }
      if (index % 16 === 15 && performance.now() - started > slice) {
        this.sink.events(batch);
        batch = [];
        await setImmediate();
        if (signal?.aborted) return end;
        started = performance.now();
      }
    }
    if (batch.length > 0) this.sink.events(batch);
    // Reading the next chunk is no pause: its promise may be settled before anyone else gets a turn.
    await setImmediate();
    return end;
  }

  private advance(chunk: Buffer, consumed: number): void {
    this.offset += consumed;
    this.anchor = Buffer.from(chunk.subarray(Math.max(0, consumed - anchorSize), consumed));
  }

  private async anchored(handle: FileHandle): Promise<boolean> {
    const found = Buffer.alloc(this.anchor.length);
    await handle.read(found, 0, found.length, this.offset - found.length);
    return found.equals(this.anchor);
  }

  private restart(): void {
    this.offset = 0;
    this.anchor = Buffer.alloc(0);
    this.skipping = false;
    this.badLines = 0;
    this.sink.restart();
  }
}
