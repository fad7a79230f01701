/**
 * Work for the next animation frame: asked for any number of times, done once. Browsers give no frames to pages that
 * cannot be seen, so nothing is drawn while the panel is hidden, and everything once when it comes back.
 */
const drawings = new Set<() => void>();
const reports = new Set<() => void>();
let frame = 0;
let cost = 0;

function run(): void {
  frame = 0;
  const start = performance.now();
  for (const work of [drawings, reports]) {
    const due = [...work];
    work.clear();
    for (const task of due) task();
  }
  cost = performance.now() - start;
}

/** How long the last frame took, in milliseconds. */
export const frameCost = (): number => cost;

function ask(): void {
  if (frame === 0) frame = requestAnimationFrame(run);
}

/** Draws in the next frame. */
export function drawSoon(draw: () => void): void {
  drawings.add(draw);
  ask();
}

/** Is called when the drawings of the next frame are done. */
export function afterDrawing(report: () => void): void {
  reports.add(report);
  ask();
}

/** Forgets a drawing whose canvas is gone. */
export function cancelDrawing(draw: () => void): void {
  drawings.delete(draw);
}
