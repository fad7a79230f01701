/** What the events of a run say in the end: its summary. */
import path from 'node:path';
import type { AlertEvent, EvaluationEvent, MetricsEvent, RunEvent, RunSummary } from '../protocol/run.js';
import { type EventSink, EventTail } from '../runs/event-tail.js';
import { runFiles } from '../runs/paths.js';
import { formatDuration, formatGain, formatValue, paint, paintState, table } from './format.js';

/** Collects what a summary needs; what a rewind takes back is forgotten. */
export class RunHistory implements EventSink {
  evaluations: EvaluationEvent[] = [];
  alerts: AlertEvent[] = [];
  checkpoints: { readonly file: string; readonly step: number; readonly epoch: number }[] = [];
  last: MetricsEvent | undefined;

  events(batch: readonly RunEvent[]): void {
    for (const event of batch) {
      if (event.type === 'metrics') this.last = event;
      else if (event.type === 'evaluation') this.evaluations.push(event);
      else if (event.type === 'alert') this.alerts.push(event);
      else if (event.type === 'checkpoint') {
        const { file, step, epoch } = event;
        this.checkpoints.push({ file, step, epoch });
      } else if (event.type === 'rewind') this.rewind(event.step);
    }
  }

  restart(): void {
    this.rewind(-1);
  }

  /** Each evaluated value before training (if it was measured then) and the last time. */
  get values(): ReadonlyMap<string, { untrained?: number; final: number }> {
    const values = new Map<string, { untrained?: number; final: number }>();
    for (const { step, values: measured } of this.evaluations) {
      for (const [metric, value] of Object.entries(measured)) {
        const final = Number(value);
        const untrained = step === 0 ? final : values.get(metric)?.untrained;
        values.set(metric, { untrained, final });
      }
    }
    return values;
  }

  get loss(): number | undefined {
    const loss = this.last?.values.loss;
    return loss === undefined ? undefined : Number(loss);
  }

  private rewind(step: number): void {
    const kept = (event: { readonly step: number }) => event.step <= step;
    this.evaluations = this.evaluations.filter(kept);
    this.alerts = this.alerts.filter(kept);
    this.checkpoints = this.checkpoints.filter(kept);
    if (this.last !== undefined && !kept(this.last)) this.last = undefined;
  }
}

/** The history of a run as far as it is recorded. */
export async function readHistory(folder: string): Promise<RunHistory> {
  const history = new RunHistory();
  await new EventTail(path.join(folder, runFiles.events), history).read();
  return history;
}

/** The summary as data. */
export function summaryData(run: RunSummary, history: RunHistory) {
  return {
    id: run.id,
    name: run.name,
    folder: run.folder,
    state: run.state,
    message: run.status.message,
    step: run.status.step,
    totalSteps: run.status.totalSteps,
    epoch: run.status.epoch,
    loss: history.loss,
    evaluations: Object.fromEntries(history.values),
    alerts: history.alerts.map(({ code, message, step }) => ({ code, message, step })),
    checkpoints: history.checkpoints,
    seconds: seconds(run),
  };
}

/** The summary for people. */
export function summaryText(run: RunSummary, history: RunHistory): string {
  const time = seconds(run);
  const rows = [
    ['state', `${paintState(run.state)}${run.status.message ? `: ${run.status.message}` : ''}`],
    ...(history.loss === undefined ? [] : [['final loss', formatValue(history.loss)]]),
    ...(time === undefined ? [] : [['time', formatDuration(time)]]),
  ];
  for (const [metric, { untrained, final }] of history.values) {
    const info = run.facts.metrics?.[metric];
    const gain = untrained === undefined ? '' : formatGain(final, untrained, info);
    const title = info?.title ?? metric;
    const after = `${paint('bold', formatValue(final, info))}${gain && `  ${paint('dim', `(${gain} points)`)}`}`;
    const trained = history.evaluations.some(({ step }) => step > 0);
    rows.push([
      title,
      untrained === undefined ? after : `${formatValue(untrained, info)} untrained${trained ? `  →  ${after}` : ''}`,
    ]);
  }
  rows.push(['run folder', run.folder]);
  return table(rows.map(([title = '', text = '']) => [`  ${paint('dim', title)}`, text]));
}

function seconds({ status }: RunSummary): number | undefined {
  return status.started === undefined ? undefined : ((status.ended ?? status.updated) - status.started) / 1000;
}
