/** What people and the system ask of a trainer while it works; the loop looks between its steps. */
import { ControlTail } from '../runs/control.js';

/** The run is to end early: by request, or by a signal of the system. */
export class Stop extends Error {
  override name = 'Stop';
}

export class Commands {
  private readonly stopping = new AbortController();
  private readonly tail: ControlTail;
  private readonly onSignal = (signal: NodeJS.Signals) => this.stop(`by ${signal}`);
  private wanted = { pause: false, checkpoint: false, evaluate: false };
  private wake = () => {};

  /** @param offset where requests to this process begin; `RunWriter.controlOffset`. */
  constructor(folder: string, offset: number) {
    // SIGTERM is how a system shuts down; on Windows neither arrives, and the run is seen as interrupted.
    process.on('SIGTERM', this.onSignal).on('SIGINT', this.onSignal);
    this.tail = new ControlTail(folder, offset, ({ action }) => {
      if (action === 'stop') return this.stop('');
      if (action === 'pause') this.wanted.pause = true;
      else if (action === 'resume') this.wanted.pause = false;
      else this.wanted[action] = true;
      this.wake();
    });
  }

  /** Aborts, with a Stop as reason, when the run is to end early. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** What was asked since the last look. Throws a Stop when the run is to end. */
  look(): { readonly pause: boolean; readonly checkpoint: boolean; readonly evaluate: boolean } {
    this.tail.check();
    this.signal.throwIfAborted();
    const asked = this.wanted;
    this.wanted = { pause: asked.pause, checkpoint: false, evaluate: false };
    return asked;
  }

  /** Resolves when a pause is over; rejects with a Stop. */
  async resumed(): Promise<void> {
    while (this.wanted.pause) {
      this.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.signal.throwIfAborted();
  }

  close(): void {
    this.tail.close();
    process.off('SIGTERM', this.onSignal).off('SIGINT', this.onSignal);
  }

  private stop(how: string): void {
    this.stopping.abort(new Stop(how));
    this.wake();
  }
}
