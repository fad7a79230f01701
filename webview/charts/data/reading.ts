/** What stands under the cursor. */
import { fractionOf, type Span } from './axis.js';
import { nearestIndex } from './column.js';
import type { Curve } from './picture.js';
import type { Axis } from './series.js';

/** The recorded point of a curve that is closest to a position. */
export interface Reading {
  readonly curve: Curve;
  readonly index: number;
  readonly x: number;
  /** The value of the line: smoothed where smoothing is on. */
  readonly value: number;
  /** The value as recorded. */
  readonly raw: number;
}

/** How far beyond its ends a curve still answers, as a fraction of the axis. */
const reach = 0.06;

/** The points nearest to a position, one for each curve that is there at all. */
export function readAt(
  curves: readonly Curve[],
  position: number,
  axis: Axis,
  smoothing: number,
  span: Span,
  log: boolean,
): Reading[] {
  return curves.flatMap((curve) => {
    const positions = curve.series.axis(axis);
    const index = nearestIndex(positions, position + curve.origin);
    const x = positions.at(index) - curve.origin;
    const last = positions.length - 1;
    const beyond = (index === 0 && x > position) || (index === last && x < position);
    if (beyond && !(Math.abs(fractionOf(span, x, log) - fractionOf(span, position, log)) <= reach)) return [];
    return { curve, index, x, value: curve.series.line(smoothing).column.at(index), raw: curve.series.value.at(index) };
  });
}
