/** The Charts panel: runs beside their metrics, live. Holds what is shown; charts and lists draw it. */
import { html, type nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type {
  ChartRun,
  ChartsChoice,
  ChartsHostContract,
  ChartsViewContract,
  SeriesUpdate,
} from '../../src/protocol/panels.js';
import { connect, setTranslations, t } from '../shared/host.js';
import { adoptStyles, Page, pageStyles } from '../shared/page.js';
import type { ChartElement } from './chart.js';
import './chart.js';
import type { Span } from './data/axis.js';
import { type Difference, differences } from './data/differences.js';
import { RunFeed } from './data/feed.js';
import { setLanguage } from './data/format.js';
import { assignLooks } from './data/looks.js';
import { type ChartMetric, chartMetrics } from './data/metrics.js';
import { type ShownRun, wholeSpan } from './data/picture.js';
import { afterDrawing, drawSoon, frameCost } from './frames.js';
import { runList } from './run-list.js';
import { csvFile, pngFile } from './save.js';
import { chartsStyles } from './styles.js';
import { onThemeChange, readTheme } from './theme.js';
import { toolbar } from './toolbar.js';
import { welcome } from './welcome.js';
import { isZoomed, noZoom, type Zoom, type ZoomDetail, zoomed } from './zoom.js';

adoptStyles(pageStyles, chartsStyles);

/** What is kept while the page is hidden or reloaded. */
interface Kept {
  readonly choice: ChartsChoice;
  readonly zoom: Zoom;
}

const firstChoice: ChartsChoice = { x: 'step', smoothing: 0.6, logX: false, logY: false };
/** Runs listed at first, and added by each `older runs`. */
const page = 50;
/** Milliseconds that points wait at most before they are drawn: well within the lag that people see. */
const longestWait = 120;
/** A choice is told to the host when it has rested for so long, in milliseconds: a slider moves often. */
const rest = 200;

@customElement('autodidact-charts')
export class ChartsPanel extends Page {
  @state() private ready = false;
  @state() private runs: readonly ChartRun[] = [];
  @state() private choice = firstChoice;
  @state() private zoom = noZoom;
  @state() private cursor: number | undefined;
  @state() private theme = readTheme();
  @state() private narrow = false;
  @state() private filter = '';
  @state() private limit = page;
  @state() private shownRuns: readonly ShownRun[] = [];

  /** Feeds stay while their run exists, so that showing a run again is instant. */
  private readonly feeds = new Map<string, RunFeed>();
  /** Runs whose feeds are kept up to date: the host stops telling of runs that are hidden. */
  private live = new Set<string>();
  private readonly drawn = new Map<string, number>();
  private readonly width = matchMedia('(max-width: 640px)');
  private timer: ReturnType<typeof setTimeout> | undefined;
  private arrival: ReturnType<typeof setTimeout> | undefined;
  private stopTheme: (() => void) | undefined;

  private readonly host = connect<ChartsViewContract, ChartsHostContract, Kept>(
    {},
    {
      runs: ({ runs }) => this.receiveRuns(runs),
      update: (update: SeriesUpdate) => this.feeds.get(update.run)?.receive(update),
      show: ({ runs }) => this.change({ runs: [...runs] }),
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopTheme = onThemeChange(() => {
      this.theme = readTheme();
    });
    this.width.addEventListener('change', this.onWidth);
    this.onWidth();
    this.addEventListener('chart-zoom', this.onZoom as EventListener);
    this.addEventListener('chart-point', this.onPoint as EventListener);
    this.addEventListener('chart-save', this.onSave as EventListener);
    void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme?.();
    this.width.removeEventListener('change', this.onWidth);
    this.host.peer.dispose();
  }

  private async start(): Promise<void> {
    const kept = this.host.remembered;
    if (kept) this.zoom = kept.zoom;
    const { choice, runs, translations } = await this.host.peer.request('start', { choice: kept?.choice });
    setTranslations(translations);
    setLanguage(document.documentElement.lang);
    this.choice = { ...firstChoice, ...choice };
    this.ready = true;
    this.receiveRuns(runs);
  }

  // ---- Runs and their points ----

  private receiveRuns(runs: readonly ChartRun[]): void {
    this.runs = [...runs].sort((a, b) => b.summary.facts.created - a.summary.facts.created);
    const known = new Set(runs.map(({ summary }) => summary.id));
    for (const id of this.feeds.keys()) if (!known.has(id)) this.feeds.delete(id);
    const oldestFirst = this.runs.map(({ summary }) => summary.id).reverse();
    const looks = assignLooks(oldestFirst, this.choice.looks ?? {});
    if (JSON.stringify(looks) !== JSON.stringify(this.choice.looks)) this.change({ looks });
    else this.follow();
  }

  /** Ids of the runs that are drawn; without a choice, the newest. */
  private shownIds(): string[] {
    const known = this.runs.map(({ summary }) => summary.id);
    return this.choice.runs ? known.filter((id) => this.choice.runs?.includes(id)) : known.slice(0, 1);
  }

  /** Asks for the points of runs that were not drawn before. */
  private follow(): void {
    if (!this.ready) return;
    const before = this.live;
    this.live = new Set(this.shownIds());
    for (const run of this.live) {
      const feed = this.feeds.get(run);
      if (feed === undefined) {
        const snapshot = () => this.host.peer.request('snapshot', { run });
        this.feeds.set(run, new RunFeed(snapshot, this.arrived));
      } else if (!before.has(run)) {
        void feed.ask();
      }
    }
    drawSoon(this.refresh);
  }

  /** New points are drawn at once, but leave the processor to the training for most of the time. */
  private readonly arrived = (): void => {
    this.arrival ??= setTimeout(
      () => {
        this.arrival = undefined;
        drawSoon(this.refresh);
      },
      Math.min(longestWait, 3 * frameCost()),
    );
  };

  /** Once a frame at most: takes over what the feeds have got. */
  private readonly refresh = (): void => {
    const shown = new Set(this.shownIds());
    this.shownRuns = this.runs.flatMap(({ summary, metrics }) => {
      const { id, name } = summary;
      const feed = this.feeds.get(id);
      if (!feed || !shown.has(id)) return [];
      return { id, name, look: this.choice.looks?.[id] ?? 0, data: feed.data, metrics };
    });
    this.dataset.points = String(Math.max(0, ...this.shownRuns.map(({ data }) => data.lastStep)));
    void this.updateComplete.then(() => afterDrawing(this.report));
  };

  /** Tells the host what has reached the screen: it measures the lag of charts. */
  private readonly report = (): void => {
    for (const { id } of this.shownRuns) {
      const sequence = this.feeds.get(id)?.sequence ?? 0;
      if (sequence === (this.drawn.get(id) ?? 0)) continue;
      this.drawn.set(id, sequence);
      this.host.peer.notify('drawn', { run: id, sequence, time: Date.now() });
    }
  };

  // ---- What a person chooses ----

  private change(part: Partial<ChartsChoice>): void {
    const before = this.choice;
    this.choice = { ...before, ...part };
    // A zoom is a part of an axis; of another axis it is nothing.
    if (this.choice.x !== before.x || this.choice.logX !== before.logX) this.zoom = { y: this.zoom.y };
    if (this.choice.logY !== before.logY) this.zoom = { ...this.zoom, y: {} };
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.host.peer.request('choose', this.choice), rest);
    this.follow();
  }

  private keep(): void {
    this.host.remember({ choice: this.choice, zoom: this.zoom });
  }

  private toggle(id: string): void {
    const shown = this.shownIds();
    this.change({ runs: shown.includes(id) ? shown.filter((other) => other !== id) : [...shown, id] });
  }

  private readonly onWidth = (): void => {
    this.narrow = this.width.matches;
  };

  private readonly onZoom = ({ detail }: CustomEvent<ZoomDetail>): void => {
    this.zoom = zoomed(this.zoom, detail);
    this.keep();
  };

  private readonly onPoint = ({ detail }: CustomEvent<number | undefined>): void => {
    this.cursor = detail;
  };

  private resetZoom(): void {
    this.zoom = noZoom;
    this.keep();
  }

  // ---- Saving ----

  private readonly onSave = ({ detail }: CustomEvent<string>): void => void this.savePng(detail);

  private async savePng(key?: string): Promise<void> {
    const charts = [...this.querySelectorAll<ChartElement>('autodidact-chart')];
    await this.host.peer.request('save', await pngFile(charts, key, this.shownRuns, this.theme));
  }

  private async saveCsv(): Promise<void> {
    await this.host.peer.request('save', await csvFile(this.shownRuns));
  }

  // ---- What is shown ----

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('shownRuns')) this.metrics = chartMetrics(this.shownRuns);
    // Charts are drawn again when these change, so they keep their identity while only the crosshair moves.
    if (changed.has('shownRuns') || changed.has('choice')) this.whole = wholeSpan(this.shownRuns, this.choice);
    if (changed.has('runs') || changed.has('choice')) {
      const shown = new Set(this.shownIds());
      this.compared = this.runs.filter(({ summary }) => shown.has(summary.id));
      this.differing = differences(this.compared.map(({ summary }) => summary.facts));
    }
  }
  private metrics: readonly ChartMetric[] = [];
  private whole: Span = { min: 0, max: 1 };
  private compared: readonly ChartRun[] = [];
  private differing: readonly Difference[] = [];

  protected override render(): TemplateResult {
    if (!this.ready) return html`<p class="empty" role="status">${t('Loading …')}</p>`;
    const { compared, differing } = this;
    const shownIds = compared.map(({ summary }) => summary.id);
    if (this.runs.length === 0) return html`${welcome()}`;
    return html`
      ${toolbar({
        choice: this.choice,
        shownRuns: compared.length,
        differences: differing,
        zoomed: isZoomed(this.zoom),
        empty: this.metrics.length === 0,
        change: (part) => this.change(part),
        resetZoom: () => this.resetZoom(),
        savePng: () => void this.savePng(),
        saveCsv: () => void this.saveCsv(),
      })}
      <div class="content">
              <details class="runs" ?open=${!this.narrow}>
                <summary>${t('Runs')}</summary>
                ${runList({
                  runs: this.runs,
                  shown: new Set(shownIds),
                  looks: this.choice.looks ?? {},
                  alerts: new Map([...this.feeds].map(([id, { data }]) => [id, data.alerts])),
                  faults: new Map([...this.feeds].flatMap(([id, { fault }]) => (fault ? [[id, fault]] : []))),
                  differences: differing,
                  compared: shownIds,
                  theme: this.theme,
                  filter: this.filter,
                  limit: this.limit,
                  toggle: (id) => this.toggle(id),
                  showPairs: (run) => void this.host.peer.request('showPairs', { run }),
                  setFilter: (text) => {
                    this.filter = text;
                  },
                  showMore: () => {
                    this.limit += page;
                  },
                })}
              </details>
              <main>${this.charts(compared.length)}</main>
            </div>
      <p id="chart-keys" class="unseen">${t(
        'Drag to zoom, with Shift along x only; double-click to reset. Keys: arrows pan, plus and minus zoom, 0, R or Home reset, comma and period read the points one by one.',
      )}</p>
    `;
  }

  private charts(count: number): TemplateResult | typeof nothing {
    if (count === 0) return html`<p class="message empty">${t('No run is shown. Choose one with its eye.')}</p>`;
    if (this.metrics.length === 0) return html`<p class="message empty">${t('Waiting for the first step …')}</p>`;
    return html`<div class="grid">
      ${repeat(
        this.metrics,
        ({ key }) => key,
        (metric) => html`<autodidact-chart data-key=${metric.key}
          .metric=${metric} .runs=${this.shownRuns} .settings=${this.choice} .theme=${this.theme} .whole=${this.whole}
          .zoomX=${this.zoom.x} .zoomY=${this.zoom.y[metric.key]} .cursor=${this.cursor}></autodidact-chart>`,
      )}
    </div>`;
  }
}
