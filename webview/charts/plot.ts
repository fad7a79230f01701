/** A picture on a canvas, by Chart.js. It knows neither runs nor zooming: it draws the `Picture` it is given. */
import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from 'chart.js';
import { drawAnnotations } from './annotations.js';
import type { Area } from './area.js';
import { durationSpacing, logTicks, type Span, tickSpacing, ticks } from './data/axis.js';
import { formatDuration, formatNumber, formatPosition, formatTick } from './data/format.js';
import { colorOf, dashOf } from './data/looks.js';
import type { ChartMetric } from './data/metrics.js';
import type { Picture } from './data/picture.js';
import type { Point } from './data/reduce.js';
import type { Axis } from './data/series.js';
import type { Theme } from './theme.js';

// Registered by hand: the page carries only what it draws.
Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

type Dataset = ChartDataset<'line', Point[]>;

export class Plot {
  private picture: Picture | undefined;
  private theme: Theme | undefined;
  private axis: Axis = 'step';
  private metric: ChartMetric | undefined;
  private readonly chart: Chart<'line', Point[]>;
  private readonly datasets = new Map<string, Dataset>();
  /** Distance between the ticks of the y axis: it decides how many digits tell them apart. */
  private spacingY = 1;

  constructor(canvas: HTMLCanvasElement, resized: () => void) {
    this.chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        // Points come parsed, ascending and few; pointer and keyboard are handled around the canvas.
        parsing: false,
        normalized: true,
        animation: false,
        events: [],
        maintainAspectRatio: false,
        layout: { padding: { top: 6, right: 8 } },
        onResize: resized,
      },
      plugins: [{ id: 'annotations', afterDatasetsDraw: () => this.annotate() }],
    });
  }

  /** The frame inside the axes, in CSS pixels of the canvas. */
  get area(): Area {
    return this.chart.chartArea ?? { left: 0, top: 0, right: 1, bottom: 1 };
  }

  get canvas(): HTMLCanvasElement {
    return this.chart.canvas;
  }

  draw(metric: ChartMetric, picture: Picture, axis: Axis, theme: Theme): void {
    const restyle = theme !== this.theme;
    Object.assign(this, { metric, picture, axis, theme });
    const { data, options } = this.chart;
    data.datasets = this.update(metric, picture, theme);
    options.scales = {
      x: {
        type: picture.logX ? 'logarithmic' : 'linear',
        ...picture.x,
        afterBuildTicks: (scale: Scale) => this.placeTicks(scale, 'x'),
        ...this.appearance('x', theme),
      },
      y: {
        type: picture.logY ? 'logarithmic' : 'linear',
        ...picture.y,
        afterBuildTicks: (scale: Scale) => this.placeTicks(scale, 'y'),
        // Axes of neighboring charts line up, and do not jump while labels get longer.
        afterFit: (scale: Scale) => {
          scale.width = Math.max(scale.width, 46);
        },
        ...this.appearance('y', theme),
      },
    };
    if (restyle) options.font = { family: theme.font, size: theme.fontSize };
    this.chart.update('none');
  }

  /** Where a point of the picture lies, in CSS pixels. */
  pixel(point: Point): Point {
    const { x, y } = this.chart.scales as { x?: Scale; y?: Scale };
    return { x: x?.getPixelForValue(point.x) ?? 0, y: y?.getPixelForValue(point.y) ?? 0 };
  }

  /** Runs `use` while the canvas has this many pixels per CSS pixel: for pictures that leave the screen. */
  atRatio<T>(ratio: number, use: (canvas: HTMLCanvasElement) => T): T {
    const { options } = this.chart;
    const before = options.devicePixelRatio;
    options.devicePixelRatio = ratio;
    this.chart.resize();
    try {
      return use(this.chart.canvas);
    } finally {
      options.devicePixelRatio = before;
      this.chart.resize();
    }
  }

  destroy(): void {
    this.chart.destroy();
  }

  /** Chart.js keeps what it knows of a dataset by identity, so each line keeps its own. */
  private update({ evaluation }: ChartMetric, { curves }: Picture, theme: Theme): Dataset[] {
    const faint: Dataset[] = [];
    const lines: Dataset[] = [];
    for (const curve of curves) {
      const color = colorOf(curve.run.look, theme.palette);
      const common = { borderColor: color, pointBackgroundColor: color, pointBorderColor: color, pointHitRadius: 0 };
      if (curve.faint) {
        faint.push(
          this.dataset(`${curve.run.id} faint`, {
            ...common,
            data: [...curve.faint],
            borderColor: `${color}50`,
            borderWidth: 1,
            pointRadius: 0,
          }),
        );
      }
      lines.push(
        this.dataset(curve.run.id, {
          ...common,
          data: [...curve.points],
          // Markers at the edge are not cut in half.
          clip: 4,
          borderWidth: 1.75,
          borderDash: [...dashOf(curve.run.look)],
          pointRadius: evaluation ? 3 : lonely(curve.points),
          pointBorderWidth: 0,
        }),
      );
    }
    return [...faint, ...lines];
  }

  private dataset(key: string, content: Dataset): Dataset {
    const known = this.datasets.get(key) ?? content;
    this.datasets.set(key, known);
    return Object.assign(known, content);
  }

  private appearance(which: 'x' | 'y', theme: Theme) {
    return {
      border: { display: false },
      grid: { color: theme.grid, drawTicks: false },
      ticks: {
        color: theme.muted,
        padding: 6,
        maxRotation: 0,
        autoSkip: false,
        callback: (value: string | number) => this.label(which, Number(value)),
      },
    };
  }

  private placeTicks(scale: Scale, which: 'x' | 'y'): void {
    const picture = this.picture as Picture;
    const length = which === 'x' ? scale.width / this.labelWidth(picture.x) : scale.height / 36;
    const count = Math.max(2, Math.floor(length));
    const span = picture[which];
    if (which === 'x' ? picture.logX : picture.logY) {
      scale.ticks = logTicks(span, count).map((value) => ({ value }));
      return;
    }
    const wall = which === 'x' && this.axis === 'wall';
    let spacing = wall ? durationSpacing(span, count) : tickSpacing(span, count);
    // There is no half step.
    if (which === 'x' && this.axis === 'step') spacing = Math.max(1, spacing);
    if (which === 'y') this.spacingY = spacing;
    scale.ticks = ticks(span, spacing).map((value) => ({ value }));
  }

  /** Room for a label of the x axis and the gap beside it, in pixels. */
  private labelWidth({ min, max }: Span): number {
    if (this.axis === 'wall') return 56;
    return 7 * Math.max(formatPosition(Math.round(min)).length, formatPosition(Math.round(max)).length) + 26;
  }

  private label(which: 'x' | 'y', value: number): string {
    if (which === 'x') return this.axis === 'wall' ? formatDuration(value) : formatPosition(value);
    const { unit } = (this.metric as ChartMetric).info;
    if ((this.picture as Picture).logY) return formatNumber(value, unit);
    return formatTick(value, unit, this.spacingY);
  }

  private annotate(): void {
    if (this.picture && this.theme) {
      drawAnnotations(this.chart.ctx, this.area, (point) => this.pixel(point), this.picture, this.theme);
    }
  }
}

/** A line needs two points; one that stands alone gets a dot. */
function lonely(points: readonly Point[]): number | number[] {
  const missing = (point: Point | undefined) => point === undefined || Number.isNaN(point.y);
  const alone = points.map((_, i) => missing(points[i - 1]) && missing(points[i + 1]));
  return alone.includes(true) ? alone.map((isAlone) => (isAlone ? 2.5 : 0)) : 0;
}
