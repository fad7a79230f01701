/** Runs in words, for the sidebar, lenses, status bar and messages. Knows nothing of VS Code but its translate function. */
import type { MetricInfo, RunState, RunSummary } from '../protocol/run.js';
import { isLive } from '../runs/liveness.js';

/** `vscode.l10n.t`: the message in the language of the user interface, with `{0}`, `{1}` … replaced. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

export class Describe {
  /** Made once and when needed: formats are slow to make. */
  private readonly numbers = new Map<number, Intl.NumberFormat>();
  private ages: Intl.RelativeTimeFormat | undefined;
  private dates: Intl.DateTimeFormat | undefined;

  constructor(
    private readonly t: Translate,
    private readonly language: string,
  ) {}

  state(state: RunState): string {
    const { t } = this;
    const names: Record<RunState, string> = {
      queued: t('queued'),
      running: t('running'),
      paused: t('paused'),
      finished: t('finished'),
      stopped: t('stopped'),
      failed: t('failed'),
      interrupted: t('interrupted'),
    };
    return names[state];
  }

  /** `3/10`: epochs done of all. */
  epochs({ facts, status }: RunSummary): string {
    return `${Math.min(Math.floor(status.epoch), facts.epochs)}/${facts.epochs}`;
  }

  /** `kNN 79.5 %`, or nothing before the first evaluation. */
  headline({ facts, status }: RunSummary): string | undefined {
    const { headline } = status;
    if (headline === undefined) return undefined;
    const info = facts.metrics?.[headline.metric];
    return `${this.t(shortTitle(headline.metric, info))} ${this.value(headline.value, info)}`;
  }

  /** The headline beside what the untrained network reached. */
  headlineAgainstUntrained(run: RunSummary): string | undefined {
    const text = this.headline(run);
    const untrained = run.status.headline?.untrained;
    if (text === undefined || untrained === undefined) return text;
    return this.t('{0} (untrained {1})', text, this.value(untrained, run.facts.metrics?.[run.status.headline!.metric]));
  }

  value(value: number, info: MetricInfo | undefined): string {
    if (info?.unit === 'fraction') return `${this.number(value * 100, 1)} %`;
    return Math.abs(value) >= 1000 ? this.number(value, 0) : value.toPrecision(3);
  }

  /** The second, muted part of a row in the sidebar. */
  row(run: RunSummary, now = Date.now()): string {
    const { state, status } = run;
    // Where a finished run stands is known; an ended one says how far it came.
    const epochs = status.epoch > 0 && state !== 'finished' ? this.epochs(run) : undefined;
    const loss =
      status.headline === undefined && typeof status.loss === 'number'
        ? this.t('loss {0}', status.loss.toPrecision(3))
        : undefined;
    return join([this.state(state), epochs, this.headline(run) ?? loss, this.age(run.facts.created, now)]);
  }

  /** `simclr 3/10 · kNN 79.5 %` for the status bar; queued and paused runs say so. */
  progress(run: RunSummary): string {
    const standing = run.state === 'running' ? this.epochs(run) : this.state(run.state);
    return join([`${run.name} ${standing}`, this.headline(run)]);
  }

  /** What a lens says of the newest run of its experiment. */
  result(run: RunSummary): string {
    return join([run.state === 'running' ? this.epochs(run) : this.state(run.state), this.headline(run)]);
  }

  /** Facts for a tooltip, as name and value. */
  details(run: RunSummary, now = Date.now()): (readonly [name: string, value: string])[] {
    const { t } = this;
    const { facts, status, state } = run;
    const live = isLive(state);
    const ended = status.ended ?? (live ? now : status.updated);
    const rows: (readonly [string, string | undefined])[] = [
      [t('State'), join([this.state(state), status.message])],
      [t('Epoch'), `${this.number(status.epoch, 1)} / ${facts.epochs}`],
      [t('Step'), `${this.number(status.step, 0)} / ${this.number(status.totalSteps, 0)}`],
      [t('Loss'), typeof status.loss === 'number' ? status.loss.toPrecision(4) : status.loss],
      [t('Result'), this.headlineAgainstUntrained(run)],
      [t('Speed'), status.imagesPerSecond && t('{0} images/s', this.number(status.imagesPerSecond, 0))],
      [t('Remaining'), live && status.eta !== undefined ? this.duration(status.eta) : undefined],
      [t('Time'), status.started === undefined ? undefined : this.duration((ended - status.started) / 1000)],
      [t('Alerts'), status.alerts ? String(status.alerts) : undefined],
      [t('Method'), facts.method],
      [
        t('Engine'),
        facts.engine && t('{0} {1}, threads: {2}', facts.engine.name, facts.engine.version, facts.engine.threads),
      ],
      [t('Seed'), String(facts.seed)],
      [t('Started'), this.date(facts.created)],
      [t('File'), facts.file],
    ].map(([name, value]) => [name, value === 0 ? undefined : value] as [string, string | undefined]);
    return rows.filter((row): row is readonly [string, string] => Boolean(row[1]));
  }

  /** `1 h 5 min`, `3 min 20 s`, `12 s`. */
  duration(seconds: number): string {
    const { t } = this;
    const whole = Math.max(0, Math.round(seconds));
    const minutes = Math.floor(whole / 60);
    if (minutes === 0) return t('{0} s', whole);
    if (minutes < 60) return t('{0} min {1} s', minutes, whole % 60);
    return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
  }

  /** How long ago: `now`, `5 min. ago`. */
  age(time: number, now = Date.now()): string {
    this.ages ??= new Intl.RelativeTimeFormat(this.language, { numeric: 'auto', style: 'short' });
    const format = this.ages;
    const seconds = Math.max(0, (now - time) / 1000);
    if (seconds < 60) return format.format(0, 'second');
    if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
    if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour');
    return format.format(-Math.floor(seconds / 86_400), 'day');
  }

  private date(time: number): string {
    this.dates ??= new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'medium' });
    return this.dates.format(time);
  }

  private number(value: number, digits: number): string {
    let format = this.numbers.get(digits);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      this.numbers.set(digits, format);
    }
    return format.format(value);
  }
}

/** `kNN accuracy` is `kNN` where the unit already says that it is one. */
function shortTitle(metric: string, info: MetricInfo | undefined): string {
  const title = info?.title ?? metric;
  return info?.unit === 'fraction' ? title.replace(/ accuracy$/, '') : title;
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
