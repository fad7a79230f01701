import type { BatchFigures } from '../../experiment/contracts.js';
import type { Role, Tile } from '../../protocol/figure.js';
import { blankTile, type Neighbor } from './nearest.js';

/** Tiles of training samples that were found by their rows of a memory bank, `count` of them, the rest left empty. */
export function neighborTiles(
  found: readonly Neighbor[],
  count: number,
  like: Tile,
  sample: BatchFigures['sample'],
  role: (neighbor: Neighbor) => Role,
): Tile[] {
  return Array.from({ length: count }, (_, i): Tile => {
    const neighbor = found[i];
    const tile = neighbor && sample(neighbor.index);
    if (neighbor === undefined || tile === undefined) return blankTile(like.image, 'none');
    return { ...tile, caption: `${tile.caption}: ${neighbor.similarity.toFixed(2)}`, role: role(neighbor) };
  });
}
