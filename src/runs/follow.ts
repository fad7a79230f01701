/** The events of a run as they come: what is there already, then whatever is appended, until closed. */
import path from 'node:path';
import { type EventSink, EventTail } from './event-tail.js';
import { runFiles } from './paths.js';
import { watchFolder } from './watch.js';

export interface Follower {
  /** Settles when everything that was recorded at the start has been given to the sink. */
  readonly caughtUp: Promise<void>;
  /** Reads what is new without waiting for a notice of it. */
  read(): Promise<void>;
  close(): void;
}

/** Milliseconds that notices are gathered before the file is read, and between looks where no notices come. */
const gather = 30;
const poll = 1000;

/** A failing read (a network disk that is away) is tried again at the next look; `failed` hears of it. */
export function followEvents(folder: string, sink: EventSink, failed?: (error: unknown) => void): Follower {
  const closing = new AbortController();
  const tail = new EventTail(path.join(folder, runFiles.events), {
    events: (batch) => closing.signal.aborted || sink.events(batch),
    restart: () => closing.signal.aborted || sink.restart(),
  });
  let timer: NodeJS.Timeout | undefined;
  const watch = watchFolder(folder, poll, (name) => {
    if (name !== undefined && name !== runFiles.events) return;
    timer ??= setTimeout(async () => {
      await tail.read(closing.signal).catch((error) => failed?.(error));
      timer = undefined;
    }, gather);
  });
  return {
    caughtUp: tail.read(closing.signal),
    read: () => tail.read(closing.signal),
    close() {
      closing.abort();
      clearTimeout(timer);
      watch.close();
    },
  };
}
