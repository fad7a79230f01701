/** What a chart says beside its lines: references, values that are no numbers, alerts. */
import type { Area } from './area.js';
import { colorOf, dashOf } from './data/looks.js';
import type { AlertMark, Curve, Picture, Reference } from './data/picture.js';
import type { Gap, Point } from './data/reduce.js';
import type { Theme } from './theme.js';

type Context = CanvasRenderingContext2D;
type ToPixel = (point: Point) => Point;

export function drawAnnotations(context: Context, area: Area, toPixel: ToPixel, picture: Picture, theme: Theme): void {
  context.save();
  context.beginPath();
  context.rect(area.left, area.top - 4, area.right - area.left + 4, area.bottom - area.top + 8);
  context.clip();
  context.font = `${theme.fontSize}px ${theme.font}`;
  for (const alert of picture.alerts) drawAlert(context, area, toPixel, alert, theme);
  for (const curve of picture.curves) {
    drawGaps(context, area, toPixel, curve, theme);
  }
  drawReferences(context, area, toPixel, picture.references, theme);
  context.restore();
}

function verticalLine(context: Context, { top, bottom }: Area, x: number, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
}

/** Pixels between two marks of values that are no numbers; what lies closer joins into a bar. */
const markDistance = 12;

function drawGaps(context: Context, area: Area, toPixel: ToPixel, curve: Curve, theme: Theme): void {
  const color = colorOf(curve.run.look, theme.palette);
  const last: Partial<Record<Gap['kind'], number>> = {};
  for (const gap of curve.gaps) {
    const { x } = toPixel({ x: gap.x, y: 1 });
    const before = last[gap.kind];
    if (before !== undefined && x - before < markDistance) {
      context.fillStyle = theme.error;
      context.fillRect(x - 1, gap.kind === 'Infinity' ? area.top : area.bottom - 3, 2, 3);
    } else {
      drawGap(context, area, x, gap.kind, color, theme);
      last[gap.kind] = x;
    }
  }
}

/** A line over the whole height, and a sign in the run's color at the edge the value went to. */
function drawGap(context: Context, area: Area, x: number, kind: Gap['kind'], color: string, theme: Theme): void {
  context.setLineDash([1, 3]);
  verticalLine(context, area, x, theme.error);
  context.setLineDash([]);
  const size = 4;
  const y = kind === 'Infinity' ? area.top + size : area.bottom - size;
  context.beginPath();
  if (kind === 'NaN') {
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x + size, y - size);
    context.lineTo(x - size, y + size);
    // A cross of two colors is seen on any line.
    for (const [style, width] of [
      [theme.background, 5],
      [theme.error, 3],
      [color, 1],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.stroke();
    }
    return;
  }
  const tip = kind === 'Infinity' ? -size : size;
  context.moveTo(x, y + tip);
  context.lineTo(x - size, y - tip);
  context.lineTo(x + size, y - tip);
  context.closePath();
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = theme.error;
  context.lineWidth = 1.5;
  context.stroke();
}

function drawAlert(context: Context, area: Area, toPixel: ToPixel, mark: AlertMark, theme: Theme): void {
  const { x } = toPixel({ x: mark.x, y: 0 });
  context.setLineDash([4, 3]);
  verticalLine(context, area, x, theme.warning);
  context.setLineDash([]);
  context.fillStyle = theme.warning;
  context.beginPath();
  context.moveTo(x, area.top - 3);
  context.lineTo(x - 5, area.top + 6);
  context.lineTo(x + 5, area.top + 6);
  context.closePath();
  context.fill();
  context.fillStyle = theme.background;
  context.fillRect(x - 0.75, area.top, 1.5, 3);
  context.fillRect(x - 0.75, area.top + 4, 1.5, 1.25);
}

/** Dashed lines with their labels at the right end, moved apart where they would overlap. */
function drawReferences(
  context: Context,
  area: Area,
  toPixel: ToPixel,
  references: readonly Reference[],
  theme: Theme,
): void {
  const height = theme.fontSize + 3;
  let free = area.bottom;
  const placed = references
    .map((reference) => ({ reference, y: toPixel({ x: 0, y: reference.value }).y }))
    .sort((a, b) => b.y - a.y);
  for (const { reference, y } of placed) {
    const color = reference.look === undefined ? theme.muted : colorOf(reference.look, theme.palette);
    const above = y < area.top - 1;
    const below = y > area.bottom + 1;
    if (!above && !below) {
      const dash = reference.look === undefined ? [] : dashOf(reference.look);
      context.setLineDash(dash.length > 0 ? [...dash] : [4, 4]);
      context.strokeStyle = color;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(area.left, y);
      context.lineTo(area.right, y);
      context.stroke();
      context.setLineDash([]);
    }
    // Off the picture, an arrow says where the line is.
    const label = above ? `${reference.label} ↑` : below ? `${reference.label} ↓` : reference.label;
    const bottom = Math.max(area.top + height, Math.min(y - 2, free, area.bottom - 1));
    free = bottom - height;
    const width = context.measureText(label).width;
    context.globalAlpha = 0.6;
    context.fillStyle = theme.background;
    context.fillRect(area.right - width - 5, bottom - height, width + 4, height);
    context.globalAlpha = 1;
    context.fillStyle = theme.muted;
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    context.fillText(label, area.right - 3, bottom);
  }
}
