/** What the network is shown for one sample, as a figure: as its method shows it, else its pictures and numbers. */
import type { ExampleFigures, Method, NdArray, OpenData, Samples } from '../experiment/contracts.js';
import type { Block, Figure } from '../protocol/figure.js';
import type { TracedExample } from './examples.js';
import { exampleTiles } from './tiles.js';

export interface ShownSample {
  readonly method: Pick<Method<never>, 'show'>;
  readonly data: OpenData<unknown>;
  readonly index: number;
}

export function exampleFigure({ example, traces }: TracedExample, { method, data, index }: ShownSample): Figure {
  const tiles = exampleTiles({ example, name: '', traces });
  const figures = { data, samples: data.train as Samples<unknown>, index, tiles } as unknown as ExampleFigures<never>;
  return { title: '', blocks: method.show?.(example, figures) ?? plainBlocks(example, tiles) };
}

function plainBlocks(example: TracedExample['example'], tiles: ExampleFigures['tiles']): Block[] {
  const words = Object.entries(example).flatMap(([name, value]) => {
    if (typeof value === 'number') return [`${name} = ${Number(value.toPrecision(4))}`];
    return name in tiles ? [] : [`${name}: ${described(value)}`];
  });
  const all = Object.values(tiles).flat();
  const blocks: Block[] = [];
  if (all.length > 0) blocks.push({ kind: 'images', tiles: all });
  if (words.length > 0) blocks.push({ kind: 'text', text: words.join(', ') });
  return blocks;
}

const described = ({ data, shape }: NdArray) => `${data.constructor.name} [${shape.join(', ')}]`;
