/** Moments of a film: who attracts and repels whom, and how far all of them are from each other. */
import { meanDistance, nearestMoments, squaredDistance } from '../../evaluate/alignment-error.js';
import type { BatchFigures } from '../../experiment/contracts.js';
import type { MatrixBlock, Tile } from '../../protocol/figure.js';

/** How many moments are shown. */
export const shownMoments = 8;

/** Anchor, its partner, and the frame of another moment that is nearest to it. */
export function pairTriples(
  rows: readonly Float32Array[],
  times: Int32Array,
  { anchor = [], positive = [] }: BatchFigures['tiles'],
): Tile[] {
  const pairs = times.length;
  const all = [...anchor.slice(0, pairs), ...positive.slice(0, pairs)];
  return evenly(pairs).flatMap((i) => {
    const others = [...rows.keys()].filter((j) => j % pairs !== i);
    return triple(rows, all, i, pairs + i, others, (j) => times[j % pairs] as number);
  });
}

/** Anchor, the nearest frame in time, and the frame beyond the negative radius that is nearest to it. */
export function neighborTriples(
  rows: readonly Float32Array[],
  times: Int32Array,
  { frames = [] }: BatchFigures['tiles'],
  { positiveRadius, negativeRadius }: { positiveRadius: number; negativeRadius: number },
): Tile[] {
  const gap = (i: number, j: number) => Math.abs((times[i] as number) - (times[j] as number));
  return evenly(times.length).flatMap((i) => {
    const positive = [...rows.keys()].find((j) => gap(i, j) > 0 && gap(i, j) <= positiveRadius);
    const others = [...rows.keys()].filter((j) => gap(i, j) > negativeRadius);
    if (positive === undefined || others.length === 0) return [];
    return triple(rows, frames, i, positive, others, (j) => times[j] as number);
  });
}

/** A few places of `length`, from first to last. */
function evenly(length: number): number[] {
  const count = Math.min(length, shownMoments);
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (length - 1)) / (count - 1))));
}

function triple(
  rows: readonly Float32Array[],
  tiles: readonly Tile[],
  anchor: number,
  positive: number,
  others: readonly number[],
  timeOf: (row: number) => number,
): Tile[] {
  const distance = (j: number) => squaredDistance(rows[anchor] as Float32Array, rows[j] as Float32Array);
  const negative = others.reduce((best, j) => (distance(j) < distance(best) ? j : best));
  const tile = (j: number, role: Tile['role'], note = ''): Tile => ({
    ...(tiles[j] as Tile),
    caption: `frame ${timeOf(j)}${note}`,
    role,
  });
  return [
    tile(anchor, 'anchor'),
    tile(positive, 'positive', `, distance ${distance(positive).toFixed(2)}`),
    tile(negative, 'negative', `, distance ${distance(negative).toFixed(2)}`),
  ];
}

/** Distances over time: within the first camera, and from it to the second with the nearest moments marked. */
export function filmMatrices([first = [], second]: readonly Float32Array[][]): MatrixBlock[] {
  const distances = (a: readonly Float32Array[], b: readonly Float32Array[]) =>
    Float32Array.from(a.flatMap((x) => b.map((y) => squaredDistance(x, y))));
  const names = first.map((_, t) => `${t}`);
  const shared = { kind: 'matrix', rows: names, columns: names } as const;
  const own: MatrixBlock = {
    ...shared,
    title: 'Squared distance of the frames of one camera: near the diagonal small, elsewhere large',
    rowTitle: 'frame',
    columnTitle: 'frame',
    values: distances(first, first),
  };
  if (second === undefined) return [own];
  const found = nearestMoments(first, second);
  return [
    own,
    {
      ...shared,
      title: `Alignment of two cameras: the nearest frame is marked, error ${(100 * meanDistance(found)).toFixed(1)} % of the film`,
      rowTitle: 'frame of camera 1',
      columnTitle: 'frame of camera 2',
      values: distances(first, second),
      marks: found,
    },
  ];
}
