/** The checkpoints of a run that still exist, from its events. */
import fs from 'node:fs';
import path from 'node:path';
import type { CheckpointEvent, RunEvent } from '../../protocol/run.js';
import type { EventSink } from '../../runs/event-tail.js';
import { isInnerPath } from '../../runs/paths.js';

export class CheckpointList implements EventSink {
  private written: CheckpointEvent[] = [];

  /** `changed` is called for each batch with a new checkpoint. */
  constructor(
    private readonly folder: string,
    private readonly changed: () => void,
  ) {}

  /** In order; old ones may have been removed to save space, the best one may lie apart. */
  get list(): readonly CheckpointEvent[] {
    // That of step 0 is the untrained network, which is offered without a run.
    return this.written.filter(({ step, file }) => step > 0 && fs.existsSync(path.join(this.folder, file)));
  }

  events(batch: readonly RunEvent[]): void {
    let changed = false;
    for (const event of batch) {
      if (event.type === 'rewind') this.written = this.written.filter(({ step }) => step <= event.step);
      if (event.type !== 'checkpoint' || !isInnerPath(event.file)) continue;
      this.written = [...this.written.filter(({ file }) => file !== event.file), event];
      changed = true;
    }
    if (changed) this.changed();
  }

  restart(): void {
    this.written = [];
  }
}
