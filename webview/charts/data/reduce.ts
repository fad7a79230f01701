/** From a million points to what the pixels of a chart can show. */
import { type Column, lowerBound, upperBound } from './column.js';
import type { Line } from './series.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What part of an axis is drawn, on how many pixels. */
export interface Window {
  readonly min: number;
  readonly max: number;
  readonly pixels: number;
  readonly log: boolean;
}

/** Limits of the pixel columns of a window, ascending: `pixels + 1` numbers. */
export function pixelEdges({ min, max, pixels, log }: Window): Float64Array {
  const edges = new Float64Array(pixels + 1);
  const [from, to] = log ? [Math.log(min), Math.log(max)] : [min, max];
  for (let i = 0; i <= pixels; i++) {
    const at = from + ((to - from) * i) / pixels;
    edges[i] = log ? Math.exp(at) : at;
  }
  return edges;
}

/**
 * The points of a line that a window shows: all of them if they are few, else the lowest and the highest of each pixel
 * column, in the order they were recorded, so no spike is lost. One point beyond each side is kept so that lines run to
 * the edge. `origin` is the position that the window calls 0. Where a value is not finite, y is NaN: the line breaks.
 */
export function reduce(positions: Column, line: Line, window: Window, origin = 0): Point[] {
  const { column, pyramid } = line;
  const points: Point[] = [];
  const emit = (index: number) => {
    const y = column.at(index);
    points.push({ x: positions.at(index) - origin, y: Number.isFinite(y) ? y : Number.NaN });
  };
  const first = lowerBound(positions, window.min + origin);
  const end = upperBound(positions, window.max + origin, first);

  // A log axis has no place for the positions before its first positive one.
  if (first > 0 && !(window.log && positions.at(first - 1) <= origin)) emit(first - 1);
  if (end - first <= 2 * window.pixels) {
    for (let i = first; i < end; i++) emit(i);
  } else {
    const edges = pixelEdges(window);
    let from = first;
    for (let pixel = 1; pixel <= window.pixels; pixel++) {
      const to = pixel === window.pixels ? end : lowerBound(positions, (edges[pixel] as number) + origin, from, end);
      if (to === from) continue;
      pyramid.find(from, to);
      if (pyramid.low < 0)
        emit(from); // Nothing finite here.
      else if (pyramid.low === pyramid.high) emit(pyramid.low);
      else {
        emit(Math.min(pyramid.low, pyramid.high));
        emit(Math.max(pyramid.low, pyramid.high));
      }
      from = to;
    }
  }
  if (end < positions.length) emit(end);
  return points;
}

export interface Gap {
  readonly x: number;
  readonly kind: 'NaN' | 'Infinity' | '-Infinity';
}

/** Where a window has values that are not finite: at most one of each kind per pixel column. */
export function visibleGaps(positions: Column, values: Column, gaps: Column, window: Window, origin = 0): Gap[] {
  const edges = pixelEdges(window);
  const found: Gap[] = [];
  let next = lowerBound(gaps, lowerBound(positions, window.min + origin));
  for (let pixel = 1; pixel <= window.pixels && next < gaps.length; pixel++) {
    const limit = edges[pixel] as number;
    const kinds = new Set<Gap['kind']>();
    for (; next < gaps.length; next++) {
      const index = gaps.at(next);
      const x = positions.at(index) - origin;
      if (x > limit) break;
      const kind = String(values.at(index)) as Gap['kind'];
      if (!kinds.has(kind)) found.push({ x, kind });
      kinds.add(kind);
    }
  }
  return found;
}
