/** A run in the terminal while it trains: lines that stay, and on a terminal one line that is rewritten below them. */
import type { RunEvent, RunSummary } from '../protocol/run.js';
import {
  displayWidth,
  formatCount,
  formatDuration,
  formatEpoch,
  formatGain,
  formatNumber,
  formatValue,
  paint,
  plain,
} from './format.js';
import type { RunHistory } from './history.js';

/** Milliseconds between progress lines where they cannot be rewritten, and between two drawings where they can. */
const plainInterval = 10_000;
const drawInterval = 100;

export class LiveView {
  private readonly terminal = process.stdout.isTTY === true;
  private lastProgress = performance.now();
  private shown = '';
  private timer: NodeJS.Timeout | undefined;

  /** The history must have seen the events before the view does. */
  constructor(
    private run: RunSummary,
    private readonly history: RunHistory,
  ) {}

  /** The state of the run as it is read about once a second. */
  update(run: RunSummary): void {
    this.run = run;
    this.progress();
  }

  event(event: RunEvent): void {
    const at = paint('dim', `epoch ${formatNumber(event.epoch).padStart(3)}`);
    switch (event.type) {
      case 'metrics':
        this.progress();
        break;
      case 'evaluation':
        this.line(`${at}  ${this.evaluated(event)}`);
        break;
      case 'alert':
        this.line(`${at}  ${paint('yellow', `! ${plain(event.message)}`)}`);
        break;
      case 'log':
        this.line(
          paint(event.level === 'info' ? 'dim' : event.level === 'error' ? 'red' : 'yellow', plain(event.message)),
        );
        break;
      case 'rewind':
        this.line(paint('dim', event.step < 0 ? 'starting again' : `going on from step ${event.step}`));
        break;
      case 'status':
        if (event.state === 'paused') this.line(`${at}  paused: autodidact resume ${this.run.id}`);
        if (event.state === 'queued' && event.message) this.line(plain(event.message));
        break;
    }
  }

  /** A line that stays. */
  line(text: string): void {
    this.erase();
    process.stdout.write(`${text}\n`);
    this.draw();
  }

  /** Takes the rewritten line away. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.erase();
  }

  private evaluated({ step, values }: RunEvent & { type: 'evaluation' }): string {
    return Object.entries(values)
      .map(([metric, value]) => {
        const info = this.run.facts.metrics?.[metric];
        const text = `${plain(info?.title ?? metric)} ${paint('bold', formatValue(Number(value), info))}`;
        const untrained = this.history.values.get(metric)?.untrained;
        if (step === 0) return `${text} ${paint('dim', 'untrained')}`;
        const gain = untrained === undefined ? '' : formatGain(Number(value), untrained, info);
        return gain === '' ? text : `${text} ${paint(gain.startsWith('+') ? 'green' : 'red', gain)}`;
      })
      .join(paint('dim', ' · '));
  }

  private progress(): void {
    if (this.terminal) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.erase();
        this.draw();
      }, drawInterval);
    } else if (performance.now() - this.lastProgress > plainInterval) {
      const text = this.progressText();
      if (text !== this.shown) console.log(text);
      this.shown = text;
      this.lastProgress = performance.now();
    }
  }

  private progressText(): string {
    const { facts, status } = this.run;
    if (status.state === 'queued') return `waiting${status.message ? `: ${plain(status.message)}` : ' for its turn'}`;
    if (status.state === 'running' && status.totalSteps === 0) return 'preparing';
    const { last } = this.history;
    // The events are newer than the status, which is written about once a second.
    const step = Math.max(status.step, last?.step ?? 0);
    const epoch = Math.max(status.epoch, last?.epoch ?? 0);
    const loss = this.history.loss ?? status.loss;
    return [
      ...(status.state === 'running' ? [] : [status.state]),
      `epoch ${formatEpoch(epoch, facts.epochs)}`,
      `step ${formatCount(step)}/${formatCount(status.totalSteps)}`,
      ...(loss === undefined ? [] : [`loss ${formatNumber(Number(loss))}`]),
      ...(status.imagesPerSecond === undefined ? [] : [`${formatCount(status.imagesPerSecond)} images/s`]),
      ...(status.eta === undefined ? [] : [`ETA ${formatDuration(status.eta)}`]),
    ].join('  ');
  }

  private draw(): void {
    if (!this.terminal) return;
    const { status } = this.run;
    const columns = process.stdout.columns || 80;
    const text = this.progressText();
    const room = columns - displayWidth(text) - 4;
    const done = Math.max(status.step, this.history.last?.step ?? 0) / Math.max(1, status.totalSteps);
    const bar = room >= 8 && status.state !== 'queued' ? `${progressBar(done, Math.min(24, room))}  ` : '';
    this.shown = text.length < columns ? `${bar}${text}` : text.slice(0, columns - 1);
    process.stdout.write(this.shown);
  }

  private erase(): void {
    if (!this.terminal) return;
    if (this.shown !== '') process.stdout.write('\r\x1b[2K');
    this.shown = '';
  }
}

/** A bar of `width` characters. */
export function progressBar(fraction: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `${paint('cyan', '━'.repeat(full))}${paint('dim', '─'.repeat(width - full))}`;
}
