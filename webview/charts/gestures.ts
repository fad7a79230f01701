/** Pointer and keys on a chart, as changes of what it shows. */
import type { Area } from './area.js';

/** A rectangle of the frame, as fractions from its lower left corner; a missing pair leaves that axis as it is. */
export interface Box {
  readonly x?: readonly [from: number, to: number];
  readonly y?: readonly [from: number, to: number];
}

export interface GestureTarget {
  area(): Area;
  /** Shows only this part of what is shown; parts beyond 0 and 1 zoom out. */
  zoom(box: Box): void;
  reset(): void;
  /** The pointer is over this fraction of the frame, or gone. */
  point(at: { readonly x: number; readonly y: number } | undefined): void;
  /** Moves the reading to the next recorded point, forwards or backwards. */
  stepReading(by: 1 | -1): void;
  /** A box is being drawn (CSS pixels), or no more. */
  select(rectangle: DOMRect | undefined): void;
}

/** Less than this many pixels is a click, not a box. */
const click = 5;
const panStep = 0.15;
const zoomStep = 0.7;

/** Listens on `surface`; returns what stops it. Drag zooms in both axes, with Shift only in x. */
export function listenToGestures(surface: HTMLElement, target: GestureTarget): () => void {
  const control = new AbortController();
  const { signal } = control;
  let start: { readonly x: number; readonly y: number; readonly pointer: number } | undefined;

  const place = (event: MouseEvent) => {
    const { left, top } = surface.getBoundingClientRect();
    const area = target.area();
    return {
      x: Math.min(area.right, Math.max(area.left, event.clientX - left)),
      y: Math.min(area.bottom, Math.max(area.top, event.clientY - top)),
    };
  };
  const fractions = ({ x, y }: { x: number; y: number }) => {
    const { left, right, top, bottom } = target.area();
    return { x: (x - left) / (right - left), y: (bottom - y) / (bottom - top) };
  };
  /** The rectangle from the start of the drag; along one axis only where the other did not move, or Shift says so. */
  const rectangle = (event: PointerEvent) => {
    if (!start) return undefined;
    const end = place(event);
    const area = target.area();
    const wide = Math.abs(end.x - start.x) >= click;
    const high = Math.abs(end.y - start.y) >= click && !(event.shiftKey || event.altKey);
    if (!wide && !high) return undefined;
    const [left, right] = wide ? [Math.min(start.x, end.x), Math.max(start.x, end.x)] : [area.left, area.right];
    const [top, bottom] = high ? [Math.min(start.y, end.y), Math.max(start.y, end.y)] : [area.top, area.bottom];
    return { wide, high, shape: new DOMRect(left, top, right - left, bottom - top) };
  };
  const cancel = () => {
    start = undefined;
    target.select(undefined);
  };

  const on = <K extends keyof HTMLElementEventMap>(type: K, handle: (event: HTMLElementEventMap[K]) => void) =>
    surface.addEventListener(type, handle, { signal, passive: false });

  on('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    start = { ...place(event), pointer: event.pointerId };
    surface.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    target.point(fractions(place(event)));
    if (start?.pointer === event.pointerId) target.select(rectangle(event)?.shape);
  });
  on('pointerup', (event) => {
    const drawn = rectangle(event);
    cancel();
    if (!drawn) return;
    const { shape, wide, high } = drawn;
    const from = fractions({ x: shape.left, y: shape.bottom });
    const to = fractions({ x: shape.right, y: shape.top });
    target.zoom({ ...(wide && { x: [from.x, to.x] as const }), ...(high && { y: [from.y, to.y] as const }) });
  });
  on('pointercancel', cancel);
  on('pointerleave', () => target.point(undefined));
  on('dblclick', () => target.reset());
  on('wheel', (event) => {
    // A pinch on a touch pad arrives as a wheel with Ctrl; a plain wheel scrolls the page.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x } = fractions(place(event));
    const factor = Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY / 200)));
    target.zoom({ x: [x - x * factor, x + (1 - x) * factor] });
  });
  on('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const act = keys[event.key];
    if (event.key === 'Escape') {
      cancel();
      target.point(undefined);
    } else if (act) {
      event.preventDefault();
      act(target);
    }
  });
  on('blur', () => target.point(undefined));
  return () => control.abort();
}

const around = (scale: number): readonly [number, number] => [0.5 - scale / 2, 0.5 + scale / 2];

const keys: Readonly<Record<string, (target: GestureTarget) => void>> = {
  ArrowLeft: (target) => target.zoom({ x: [-panStep, 1 - panStep] }),
  ArrowRight: (target) => target.zoom({ x: [panStep, 1 + panStep] }),
  ArrowDown: (target) => target.zoom({ y: [-panStep, 1 - panStep] }),
  ArrowUp: (target) => target.zoom({ y: [panStep, 1 + panStep] }),
  '+': (target) => target.zoom({ x: around(zoomStep) }),
  '=': (target) => target.zoom({ x: around(zoomStep) }),
  '-': (target) => target.zoom({ x: around(1 / zoomStep) }),
  _: (target) => target.zoom({ x: around(1 / zoomStep) }),
  '0': (target) => target.reset(),
  Home: (target) => target.reset(),
  r: (target) => target.reset(),
  R: (target) => target.reset(),
  ',': (target) => target.stepReading(-1),
  '.': (target) => target.stepReading(1),
};
