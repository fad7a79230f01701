/** The views of all draws as one list, for pointing at them and for moving between them by keyboard. */
import type { Figure, Tile } from '../../src/protocol/figure.js';

export interface View {
  readonly tile: Tile;
  /** Which draw it belongs to, from 0. */
  readonly draw: number;
}

export const viewsOf = (draws: readonly Figure[]): readonly View[] =>
  draws.flatMap(({ blocks }, draw) =>
    blocks.flatMap((block) => (block.kind === 'images' ? block.tiles.map((tile) => ({ tile, draw })) : [])),
  );

export interface Box {
  readonly left: number;
  readonly top: number;
}

/**
 * Which box an arrow key leads to: the neighbor in the list for left and right; for up and down the nearest box
 * of the nearest line in that direction, as the boxes lie on the screen. The same box when there is none.
 */
export function neighbor(boxes: readonly Box[], from: number, key: string): number {
  const last = boxes.length - 1;
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  if (key === 'ArrowRight') return Math.min(last, from + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const here = boxes[from];
  const direction = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  if (!here || direction === 0) return from;
  const distance = ({ left, top }: Box) => Math.abs(top - here.top) * 1000 + Math.abs(left - here.left);
  const ahead = boxes.map((box, index) => ({ box, index })).filter(({ box }) => (box.top - here.top) * direction > 1);
  if (ahead.length === 0) return from;
  return ahead.reduce((best, other) => (distance(other.box) < distance(best.box) ? other : best)).index;
}
