/** Pictures with the answers of a classifier. */
import type { Tile } from '../../protocol/figure.js';

/** Tiles whose captions are the answers, beside the truth where they are wrong; right ones are marked as target. */
export function judgedTiles(
  tiles: readonly Tile[],
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  names: readonly string[],
): Tile[] {
  return tiles.map((tile, i) => {
    const said = names[predicted[i] as number] ?? '?';
    const right = predicted[i] === truth[i];
    return {
      ...tile,
      caption: right ? said : `${said}, not ${names[truth[i] as number] ?? '?'}`,
      role: right ? 'target' : 'prediction',
    };
  });
}
