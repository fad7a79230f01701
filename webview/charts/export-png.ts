/** Charts as a picture that can stand alone: with titles, and with the names of the runs. */
import type { ChartElement } from './chart.js';
import { colorOf, dashOf } from './data/looks.js';
import type { ShownRun } from './data/picture.js';
import type { Theme } from './theme.js';

/** Pixels of the picture per CSS pixel. */
const ratio = 2;
const margin = 12;
const titleHeight = 24;
const legendLine = 20;

/** One chart, or all of them in the columns in which they are shown. */
export async function exportPng(
  charts: readonly ChartElement[],
  runs: readonly ShownRun[],
  theme: Theme,
): Promise<Uint8Array<ArrayBuffer>> {
  const boxes = charts.map((chart) => chart.getBoundingClientRect());
  const columns = Math.max(1, new Set(boxes.map(({ left }) => Math.round(left))).size);
  const width = Math.max(...boxes.map((box) => box.width));
  const height = Math.max(...boxes.map((box) => box.height));
  const legendHeight = margin + legendLine * runs.length;
  const canvas = document.createElement('canvas');
  canvas.width = ratio * (2 * margin + columns * width);
  canvas.height = ratio * (legendHeight + Math.ceil(charts.length / columns) * height + margin);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = 'middle';
  for (const [i, run] of runs.entries()) legend(context, run, margin, margin + (i + 0.5) * legendLine, theme);
  charts.forEach((chart, i) => {
    const left = margin + (i % columns) * width;
    const top = legendHeight + Math.floor(i / columns) * height;
    context.fillStyle = theme.foreground;
    context.font = `600 ${theme.fontSize + 2}px ${theme.font}`;
    context.fillText(chart.metric.info.title, left, top + titleHeight / 2);
    chart.withPicture((picture) => {
      context.drawImage(picture, left, top + titleHeight, picture.width / ratio, picture.height / ratio);
    });
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The picture is too large.');
  return new Uint8Array(await blob.arrayBuffer());
}

function legend(context: CanvasRenderingContext2D, run: ShownRun, x: number, y: number, theme: Theme): void {
  context.strokeStyle = colorOf(run.look, theme.palette);
  context.lineWidth = 3;
  context.setLineDash([...dashOf(run.look)]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 24, y);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = theme.foreground;
  context.font = `${theme.fontSize + 1}px ${theme.font}`;
  context.fillText(run.name, x + 32, y);
}
