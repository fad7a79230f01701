/** What the network is shown for one sample, as a figure: every array that looks like pictures, and the numbers. */
import type { NdArray } from '../experiment/contracts.js';
import type { Block, Figure, Tile } from '../protocol/figure.js';
import type { TracedExample } from './examples.js';
import { toPixels } from './tiles.js';

export function exampleFigure({ example, traces }: TracedExample, title: string): Figure {
  const tiles: Tile[] = [];
  const words: string[] = [];
  for (const [name, value] of Object.entries(example)) {
    if (typeof value === 'number') words.push(`${name} = ${Number(value.toPrecision(4))}`);
    else {
      const own = pictures(name, value).map((tile) => ({ ...tile, trace: traces[name] }));
      tiles.push(...own);
      if (own.length === 0) words.push(`${name}: ${value.data.constructor.name} [${value.shape.join(', ')}]`);
    }
  }
  const blocks: Block[] = [];
  if (tiles.length > 0) blocks.push({ kind: 'images', tiles });
  if (words.length > 0) blocks.push({ kind: 'text', text: words.join(', ') });
  return { title, blocks };
}

/** `[height, width, channels]` is one picture, `[n, height, width, channels]` are n; anything else is none. */
function pictures(name: string, array: NdArray): Tile[] {
  const [count = 0, ...shape] = array.shape;
  if (array.shape.length !== 4) {
    const image = toPixels(array);
    return image === undefined ? [] : [{ image, caption: name }];
  }
  const size = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, i) =>
    pictures(`${name} ${i + 1}`, { data: array.data.subarray(i * size, (i + 1) * size), shape }),
  ).flat();
}
