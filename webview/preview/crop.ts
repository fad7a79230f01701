/** Where a view was cut out of the original, so that it can be drawn there. */
import type { AppliedOp, Pixels, Tile } from '../../src/protocol/figure.js';

export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The region in pixels of the original, if the first op that changed the picture cut one out: later ones cut what
 * is no longer the original.
 */
export function cropRegion(trace: Tile['trace'], original: Pixels): Region | undefined {
  const first = trace?.find(({ applied }) => applied);
  const region = first && drawnRegion(first);
  if (!region || region.left + region.width > original.width || region.top + region.height > original.height) return;
  return region;
}

function drawnRegion({ drawn }: AppliedOp): Region | undefined {
  const { left, top, width, height } = drawn;
  if (typeof left !== 'number' || typeof top !== 'number') return;
  if (typeof width !== 'number' || typeof height !== 'number') return;
  return { left, top, width, height };
}
