import type { SeriesUpdate } from '../../../src/protocol/panels.js';
import { RunData } from './run-data.js';

/**
 * Keeps one run complete: a snapshot first, then deltas in unbroken order. A delta that does not continue the last one
 * seen means something was missed (a hidden webview gets no messages), so a new snapshot is asked for.
 */
export class RunFeed {
  data = new RunData();
  /** Number of the last update applied; 0 before the first snapshot. */
  sequence = 0;
  /** Why the last snapshot could not be had. */
  fault: string | undefined;
  private asking = false;
  /** Deltas that came while a snapshot was under way. */
  private early: SeriesUpdate[] = [];

  constructor(
    private readonly snapshot: () => Promise<SeriesUpdate>,
    private readonly changed: () => void,
  ) {
    void this.ask();
  }

  receive(update: SeriesUpdate): void {
    if (this.asking) {
      this.early.push(update);
    } else if (update.from === 0 || update.from === this.sequence) {
      this.apply(update);
      this.changed();
    } else if (update.sequence > this.sequence) {
      this.early.push(update);
      void this.ask();
    }
  }

  /** Asks for everything recorded so far. */
  async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      this.apply(await this.snapshot());
      this.fault = undefined;
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
    this.asking = false;
    const early = this.early;
    this.early = [];
    if (this.fault === undefined) {
      // What the snapshot already holds is passed over by its number.
      for (const update of early) this.receive(update);
    }
    this.changed();
  }

  private apply(update: SeriesUpdate): void {
    if (update.from === 0) this.data = new RunData();
    this.data.apply(update);
    this.sequence = update.sequence;
  }
}
