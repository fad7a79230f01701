/** One chart: header with current values, picture, crosshair, and the same in words. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { t } from '../shared/host.js';
import { icon } from '../shared/icons.js';
import { Page } from '../shared/page.js';
import { chartTable, summary } from './chart-table.js';
import { along, fractionOf, part, type Span, within } from './data/axis.js';
import { upperBound } from './data/column.js';
import { formatNumber, formatValue } from './data/format.js';
import type { ChartMetric } from './data/metrics.js';
import { drawPicture, type Picture, type Settings, type ShownRun } from './data/picture.js';
import { type Reading, readAt } from './data/reading.js';
import { cancelDrawing, drawSoon } from './frames.js';
import { type Box, type GestureTarget, listenToGestures } from './gestures.js';
import { drawOverlay } from './overlay.js';
import { Plot } from './plot.js';
import { lineSign } from './sign.js';
import type { Theme } from './theme.js';
import { placeTooltip, spoken, type TooltipModel, tooltip } from './tooltip.js';
import type { ZoomDetail } from './zoom.js';

/** How many runs have their current value in the header. */
const headerValues = 4;

@customElement('autodidact-chart')
export class ChartElement extends Page implements GestureTarget {
  @property({ attribute: false }) metric!: ChartMetric;
  @property({ attribute: false }) runs: readonly ShownRun[] = [];
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) theme!: Theme;
  /** The whole axis that all charts share, and the part of it that is shown. */
  @property({ attribute: false }) whole!: Span;
  @property({ attribute: false }) zoomX: Span | undefined;
  @property({ attribute: false }) zoomY: Span | undefined;
  /** Position of the crosshair that all charts share. */
  @property({ attribute: false }) cursor: number | undefined;

  /** Where the pointer is, as fractions of the frame, if it is over this chart. */
  @state() private pointer: { readonly x: number; readonly y: number } | undefined;
  @state() private selection: DOMRect | undefined;
  @state() private announcement = '';

  @query('.plot') private surface!: HTMLElement;
  @query('.lines') private lines!: HTMLCanvasElement;
  @query('.over') private over!: HTMLCanvasElement;
  @query('.chart-tip') private tip!: HTMLElement | null;

  private plot: Plot | undefined;
  private picture: Picture | undefined;
  private onScreen = false;
  private release: (() => void) | undefined;
  /** Charts that are scrolled away are drawn when they come into view. */
  private readonly sight = new IntersectionObserver((entries) => {
    this.onScreen = entries.at(-1)?.isIntersecting ?? false;
    if (this.onScreen) drawSoon(this.draw);
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.sight.observe(this);
    // Moved within the page: the canvas is there already.
    if (this.hasUpdated) this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sight.disconnect();
    cancelDrawing(this.draw);
    this.release?.();
    this.plot?.destroy();
    this.plot = undefined;
  }

  protected override firstUpdated(): void {
    this.open();
  }

  private open(): void {
    this.plot = new Plot(this.lines, () => drawSoon(this.draw));
    this.release = listenToGestures(this.surface, this);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const kept = new Set<PropertyKey>(['cursor', 'pointer', 'selection', 'announcement']);
    if ([...changed.keys()].some((name) => !kept.has(name))) drawSoon(this.draw);
    else this.drawOver();
    if (this.pointer && this.tip && this.plot) {
      const { left, top } = this.surface.getBoundingClientRect();
      const { area } = this.plot;
      placeTooltip(
        this.tip,
        left + area.left + this.pointer.x * (area.right - area.left),
        top + area.bottom - this.pointer.y * (area.bottom - area.top),
      );
    }
  }

  private get span(): Span {
    return this.zoomX ?? this.whole;
  }

  private readonly draw = (): void => {
    if (this.plot && this.onScreen) this.drawNow();
  };

  private drawNow(): void {
    const plot = this.plot as Plot;
    const { metric, runs, settings, span, zoomY, theme } = this;
    const { left, right } = plot.area;
    const width = right - left > 1 ? right - left : this.lines.clientWidth;
    // Finer than two points per dot of the screen cannot be seen.
    const pixels = width * Math.min(2, window.devicePixelRatio);
    this.picture = drawPicture(metric, runs, settings, span, zoomY, pixels);
    plot.draw(metric, this.picture, settings.x, theme);
    this.drawOver();
  }

  private drawOver(): void {
    if (!this.plot || !this.picture) return;
    const { cursor, picture, selection, theme } = this;
    const inside = cursor !== undefined && cursor >= picture.x.min && cursor <= picture.x.max;
    const x = inside ? this.plot.pixel({ x: cursor, y: picture.y.min }).x : undefined;
    drawOverlay(this.over, this.plot, { x, readings: inside ? this.read(cursor) : [], selection }, theme);
  }

  private read(position: number): Reading[] {
    if (!this.picture) return [];
    const { x, smoothing } = this.settings;
    return readAt(this.picture.curves, position, x, smoothing, this.picture.x, this.picture.logX);
  }

  /** The canvas at twice the resolution of the page, drawn now even where it is scrolled away. */
  withPicture(use: (canvas: HTMLCanvasElement) => void): void {
    if (!this.plot) return;
    this.drawNow();
    this.plot.atRatio(2, use);
  }

  // ---- GestureTarget ----

  area() {
    return this.plot?.area ?? { left: 0, top: 0, right: 1, bottom: 1 };
  }

  zoom({ x, y }: Box): void {
    if (!this.picture) return;
    const { key } = this.metric;
    const { logX, logY } = this.picture;
    const toX = x && within(part(this.span, x[0], x[1], logX), this.whole, logX, this.zoomX);
    const toY = y && part(this.picture.y, y[0], y[1], logY);
    this.tell<ZoomDetail>('chart-zoom', { key, ...(x && { x: { to: toX } }), ...(y && { y: { to: toY } }) });
  }

  reset(): void {
    this.tell<ZoomDetail>('chart-zoom', { key: this.metric.key, x: { to: undefined }, y: { to: undefined } });
  }

  point(at: { readonly x: number; readonly y: number } | undefined): void {
    this.pointer = at;
    if (at === undefined) {
      this.tell('chart-point', undefined);
      return;
    }
    const position = along(this.span, at.x, this.picture?.logX ?? false);
    const nearest = this.nearest(this.read(position));
    this.tell('chart-point', nearest?.x ?? position);
  }

  stepReading(by: 1 | -1): void {
    const curve = this.picture?.curves[0];
    if (!curve) return;
    const positions = curve.series.axis(this.settings.x);
    const [current] = this.cursor === undefined ? [] : this.read(this.cursor);
    // The first reading is the last point in sight.
    const last = upperBound(positions, this.span.max + curve.origin) - 1;
    const index = Math.max(0, Math.min(positions.length - 1, current ? current.index + by : last));
    const position = positions.at(index) - curve.origin;
    this.tell('chart-point', position);
    this.announcement = spoken(this.tooltipModel(this.read(position)));
  }

  select(rectangle: DOMRect | undefined): void {
    this.selection = rectangle;
  }

  private tell<D>(type: string, detail: D): void {
    this.dispatchEvent(new CustomEvent<D>(type, { detail, bubbles: true }));
  }

  // ---- What is shown ----

  /** The reading closest to the pointer, as seen on the screen. */
  private nearest(readings: readonly Reading[]): Reading | undefined {
    const { pointer, picture } = this;
    if (!pointer || !picture) return undefined;
    const distance = ({ x, value }: Reading) =>
      Math.hypot(
        fractionOf(picture.x, x, picture.logX) - pointer.x,
        (fractionOf(picture.y, value, picture.logY) || 0) - pointer.y,
      );
    return readings.length === 0 ? undefined : readings.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  }

  private tooltipModel(readings: readonly Reading[]): TooltipModel {
    const { metric, theme, settings, cursor, picture } = this;
    const close = (x: number) =>
      picture && cursor !== undefined && this.pointer
        ? Math.abs(fractionOf(picture.x, x, picture.logX) - this.pointer.x) < 0.02
        : false;
    return {
      metric,
      readings,
      nearest: this.nearest(readings),
      alerts: (picture?.alerts ?? []).filter(({ x }) => close(x)),
      smoothed: settings.smoothing > 0,
      theme,
    };
  }

  protected override render(): TemplateResult {
    const { metric, runs, cursor } = this;
    const { title } = metric.info;
    const id = `chart-${metric.key}`;
    const showTip = this.pointer && !this.selection && cursor !== undefined;
    return html`<figure class="chart card" role="group" aria-labelledby=${id}>
      <figcaption class="chart-head">
        <h2 id=${id} title=${metric.metric}>${title}</h2>
        <div class="now">${this.values()}</div>
        <button class="icon-button save" title=${t('Save this chart as PNG')} aria-label=${t('Save {0} as PNG', title)}
          @click=${() => this.tell('chart-save', metric.key)}>${icon('device-camera')}</button>
      </figcaption>
      <div class="plot" tabindex="0" role="application" aria-roledescription=${t('chart')}
        aria-label=${guard([metric, runs], () => summary(metric, runs))} aria-describedby="chart-keys">
        <canvas class="lines"></canvas>
        <canvas class="over"></canvas>
      </div>
      ${showTip ? tooltip(this.tooltipModel(this.read(cursor))) : nothing}
      ${guard([metric, runs], () => chartTable(metric, runs))}
      <p class="unseen" aria-live="polite">${this.announcement}</p>
    </figure>`;
  }

  /** The values at the crosshair, else the latest ones. */
  private values(): TemplateResult[] {
    const { metric, runs, cursor, theme, settings } = this;
    const read = cursor === undefined ? undefined : this.read(cursor);
    const found = runs.flatMap((run) => {
      const series = run.data.series.get(metric.key);
      if (!series || series.length === 0) return [];
      if (!read) return { run, value: series.line(settings.smoothing).column.at(series.length - 1) };
      const reading = read.find(({ curve }) => curve.run.id === run.id);
      return reading ? { run, value: reading.value } : [];
    });
    const sign = runs.length > 1;
    const shown = found.slice(0, headerValues).map(
      ({ run, value }) => html`<span class="value ${Number.isFinite(value) ? '' : 'bad'}" title=${run.name}>
        ${sign ? lineSign(run.look, theme) : nothing}${sign ? formatNumber(value, metric.info.unit) : formatValue(value, metric.info)}
      </span>`,
    );
    const more = found.length - shown.length;
    return more > 0 ? [...shown, html`<span class="muted">${t('+{0}', more)}</span>`] : shown;
  }
}
