/**
 * How long people wait, measured where it happens: activation, edit to repainted preview, recorded to drawn point,
 * and blocks of the extension host. Must be imported first: its own loading marks the begin of activation.
 */

const began = performance.now();
let loading = 0;
/** Milliseconds between looks at the clocks while blocks are measured. */
const tick = 5;
/** Of each kind the last so many are kept. */
const kept = 1000;

export interface MeasuredTimes {
  /** All in milliseconds. */
  readonly activation: number | undefined;
  /** Longest time that the extension host computed without a break since measuring was switched on. */
  readonly longestBlock: number | undefined;
  readonly editToPreview: readonly number[];
  readonly chartLag: readonly number[];
}

export class Measurements {
  private activation: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private longestBlock: number | undefined;
  private editToPreview: number[] = [];
  private chartLag: number[] = [];

  /** To be called when all modules are loaded: VS Code does other things before it activates. */
  static loaded(): void {
    loading = performance.now() - began;
  }

  /** The time of loading and of activating, which began at `start`. */
  activated(start: number): number {
    this.activation = loading + performance.now() - start;
    return this.activation;
  }

  preview(milliseconds: number): void {
    this.editToPreview = [...this.editToPreview.slice(1 - kept), milliseconds];
  }

  chart(milliseconds: number): void {
    this.chartLag = [...this.chartLag.slice(1 - kept), milliseconds];
  }

  /** Forgets what was measured and watches the event loop from now on. */
  restart(): void {
    this.editToPreview = [];
    this.chartLag = [];
    this.longestBlock = 0;
    clearInterval(this.timer);
    let wall = performance.now();
    let cpu = processorTime();
    this.timer = setInterval(() => {
      const [wallNow, cpuNow] = [performance.now(), processorTime()];
      // On a busy machine a thread also waits for a processor, which is not a block of its making.
      const block = Math.min(wallNow - wall - tick, cpuNow - cpu);
      this.longestBlock = Math.max(this.longestBlock ?? 0, block);
      [wall, cpu] = [wallNow, cpuNow];
    }, tick);
  }

  get times(): MeasuredTimes {
    const { activation, editToPreview, chartLag, longestBlock } = this;
    return { activation, longestBlock, editToPreview, chartLag };
  }

  dispose(): void {
    clearInterval(this.timer);
  }
}

/** Milliseconds this thread has computed; where Node does not tell (before 23.9), the time that has passed. */
function processorTime(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage === undefined) return performance.now();
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1000;
}
