/** Plays the checkpoints of a run one after the other; the next follows when the last has been shown for a while. */
export class Replay {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The checkpoint that is asked for or shown; undefined while nothing plays. */
  at: number | undefined;

  constructor(
    private readonly show: (checkpoint: number) => void,
    private readonly ended: () => void,
    private readonly pause = 700,
  ) {}

  start(): void {
    this.stop();
    this.at = 0;
    this.show(0);
  }

  /** The picture of a checkpoint is there, of `count` in all. */
  shown(checkpoint: number, count: number): void {
    if (checkpoint !== this.at || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const next = checkpoint + 1;
      if (next >= count) {
        this.stop();
        this.ended();
        return;
      }
      this.at = next;
      this.show(next);
    }, this.pause);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.at = undefined;
  }
}
