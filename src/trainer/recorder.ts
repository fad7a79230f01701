/** Writes down what happens in a run: events as they come, and a status with speed and time left. */
import type { MetricValue, RunEvent, RunStatus } from '../protocol/run.js';
import type { RunWriter } from '../runs/writer.js';
import type { Alert } from './alerts.js';

/** Steps over which the shown speed is taken. */
const RECENT = 20;

export class Recorder {
  private step = 0;
  private durations: number[] = [];
  private alerts: number;
  private announced = new Set<string>();

  constructor(
    private readonly writer: RunWriter,
    private readonly schedule: { readonly stepsPerEpoch: number; readonly totalSteps: number },
    private readonly batchSize: number,
  ) {
    this.alerts = writer.status.alerts ?? 0;
  }

  /** Places what follows at `step` steps. */
  moveTo(step: number): void {
    this.step = step;
    const epoch = step / this.schedule.stepsPerEpoch;
    this.writer.updateStatus({ step, epoch, totalSteps: this.schedule.totalSteps });
  }

  /** The values of the step just taken, which took so many milliseconds, data included. */
  metrics(step: number, values: Readonly<Record<string, number>>, milliseconds: number): void {
    const { totalSteps } = this.schedule;
    this.durations = [...this.durations.slice(1 - RECENT), milliseconds];
    const mean = this.durations.reduce((a, b) => a + b, 0) / this.durations.length / 1000;
    this.moveTo(step);
    const all = { ...values, imagesPerSecond: (this.batchSize / milliseconds) * 1000 };
    this.append({ type: 'metrics', values: all as Record<string, MetricValue> });
    this.writer.updateStatus({
      loss: values.loss,
      imagesPerSecond: this.batchSize / mean,
      eta: (totalSteps - step) * mean,
    });
  }

  evaluation(values: Readonly<Record<string, number>>): void {
    this.append({ type: 'evaluation', values: values as Record<string, MetricValue> });
  }

  headline(headline: RunStatus['headline']): void {
    const { metric, value, untrained } = headline ?? {};
    const shown = metric === undefined || value === undefined ? undefined : { metric, value, untrained };
    this.writer.updateStatus({ headline: shown });
  }

  alert({ code, message }: Alert): void {
    this.alerts++;
    this.append({ type: 'alert', code, message });
    this.writer.updateStatus({ alerts: this.alerts });
  }

  /** A checkpoint that is written once more (its evaluations are known by now) is the same checkpoint. */
  checkpoint(file: string): void {
    if (!this.announced.has(file)) this.append({ type: 'checkpoint', file });
    this.announced.add(file);
  }

  log(level: 'info' | 'warning' | 'error', message: string): void {
    this.append({ type: 'log', level, message });
  }

  private append(event: DistributiveOmit<RunEvent, 'step' | 'epoch' | 'time'>): void {
    const at = { step: this.step, epoch: this.step / this.schedule.stepsPerEpoch, time: Date.now() };
    this.writer.append({ ...event, ...at });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
