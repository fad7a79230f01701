/** What moves with the pointer lies on a canvas of its own, so that the lines below need not be drawn again. */
import type { Area } from './area.js';
import { colorOf } from './data/looks.js';
import type { Reading } from './data/reading.js';
import type { Plot } from './plot.js';
import type { Theme } from './theme.js';

export interface OverlayContent {
  /** Position of the crosshair in CSS pixels. */
  readonly x: number | undefined;
  readonly readings: readonly Reading[];
  readonly selection: DOMRect | undefined;
}

export function drawOverlay(canvas: HTMLCanvasElement, plot: Plot, content: OverlayContent, theme: Theme): void {
  const ratio = window.devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const { area } = plot;
  context.beginPath();
  context.rect(area.left - 4, area.top - 4, area.right - area.left + 8, area.bottom - area.top + 8);
  context.clip();
  if (content.x !== undefined) drawCrosshair(context, area, content.x, theme);
  for (const { curve, x, value } of content.readings) {
    if (!Number.isFinite(value)) continue;
    const at = plot.pixel({ x, y: value });
    context.beginPath();
    context.arc(at.x, at.y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = colorOf(curve.run.look, theme.palette);
    context.fill();
    context.strokeStyle = theme.background;
    context.lineWidth = 1.5;
    context.stroke();
  }
  if (content.selection) drawSelection(context, content.selection, theme);
}

function drawCrosshair(context: CanvasRenderingContext2D, { top, bottom }: Area, x: number, theme: Theme): void {
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.stroke();
}

function drawSelection(context: CanvasRenderingContext2D, { x, y, width, height }: DOMRect, theme: Theme): void {
  context.globalAlpha = 0.18;
  context.fillStyle = theme.accent;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}
