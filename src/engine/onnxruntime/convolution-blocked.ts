/** Convolution and its gradient to the input in the blocked layout. */
import type { backend_util } from '@tensorflow/tfjs-core';
import { blockedNode, canBlock } from './blocked.js';
import type { GraphBuilder } from './graph.js';
import type { Lowering, Operand } from './lowering.js';
import { ElementType } from './model-proto.js';

export type Conv = ReturnType<typeof backend_util.computeConv2DInfo>;

/** The convolution of NHWC `x` with an HWIO filter; undefined where the channels do not fit. */
export function blockedConv(graph: Lowering, x: Operand, filter: Operand, conv: Conv): string | undefined {
  const { block } = graph;
  const { inChannels, outChannels, filterHeight, filterWidth, padInfo } = conv;
  const direct = inChannels < block;
  if (!canBlock(graph, outChannels) || !(direct || canBlock(graph, inChannels))) return undefined;
  const outBlocks = [outChannels / block, block];
  const hwio = graph.plain(filter);
  // Few channels, as of a picture of colors, are read from NCHW as they are.
  const weights = direct
    ? arranged(graph, hwio, [filterHeight, filterWidth, inChannels, ...outBlocks], [3, 2, 0, 1, 4])
    : arranged(graph, hwio, [filterHeight, filterWidth, inChannels / block, block, ...outBlocks], [4, 2, 0, 1, 3, 5]);
  return blockedNode(
    graph,
    'Conv',
    [
      direct ? graph.nchw(x) : graph.blocked(x),
      graph.reshape(weights, [outChannels, inChannels, filterHeight, filterWidth]),
    ],
    {
      kernel_shape: [filterHeight, filterWidth],
      strides: [conv.strideHeight, conv.strideWidth],
      dilations: [conv.dilationHeight, conv.dilationWidth],
      pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
      group: 1,
    },
  );
}

const arranged = (graph: Lowering, x: string, shape: readonly number[], perm: readonly number[]) =>
  graph.node('Transpose', [graph.reshape(x, shape)], { perm });

/** One of the phases of an axis of the gradient to the input, as a convolution over dy. */
interface Phase {
  /** Rows of the filter, in the order in which they lie over dy. */
  readonly taps: readonly number[];
  /** Rows of the phase. */
  readonly length: number;
  readonly pads: readonly [before: number, after: number];
}

/**
 * With stride s, rows r, r + s, r + 2s … of the gradient are a convolution of dy with every s-th row of the filter: row
 * s m + r takes dy[o] filter[t] where s o + t = s m + r + pad.
 */
function phasesOf(size: number, out: number, filter: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, phase) => {
    const length = Math.ceil((size - phase) / stride);
    // The row of dy for the first of its rows of the filter; each further one looks one row of dy before.
    const last = Math.floor((phase + pad) / stride);
    const taps: number[] = [];
    for (let tap = (phase + pad) % stride; tap < filter; tap += stride) taps.unshift(tap);
    return { taps, length, pads: [taps.length - 1 - last, length - out + last] };
  });
}

/** The gradient of a convolution to its input; undefined where the channels or the padding do not fit. */
export function blockedInputGradient(graph: Lowering, dy: Operand, filter: Operand, conv: Conv): string | undefined {
  const { block } = graph;
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = conv;
  if (!canBlock(graph, outChannels) || !canBlock(graph, inChannels)) return undefined;
  if (conv.dilationHeight !== 1 || conv.dilationWidth !== 1) return undefined;
  const rows = phasesOf(inHeight, outHeight, conv.filterHeight, conv.strideHeight, padInfo.top);
  const columns = phasesOf(inWidth, outWidth, conv.filterWidth, conv.strideWidth, padInfo.left);
  if ([...rows, ...columns].some(({ taps, pads }) => taps.length > 0 && Math.min(...pads) < 0)) return undefined;
  const [inBlocks, outBlocks] = [inChannels / block, outChannels / block];
  const from = graph.factored(dy);
  const hwio = from.factor === undefined ? graph.plain(filter) : graph.node('Mul', [graph.plain(filter), from.factor]);

  const parts: string[] = [];
  let end = 0;
  // Where the pixels of each phase begin when all are side by side; undefined where no window reached them.
  const starts = rows.map((y) =>
    columns.map((x) => {
      const size = [y.taps.length, x.taps.length] as const;
      if (size[0] * size[1] === 0) return undefined;
      const byRow = graph.node('Gather', [hwio, graph.integers(y.taps)], { axis: 0 });
      const picked = graph.node('Gather', [byRow, graph.integers(x.taps)], { axis: 1 });
      const weights = arranged(graph, picked, [...size, inBlocks, block, outBlocks, block], [2, 4, 0, 1, 5, 3]);
      const made = blockedNode(graph, 'Conv', [from.name, graph.reshape(weights, [inChannels, outChannels, ...size])], {
        kernel_shape: size,
        strides: [1, 1],
        dilations: [1, 1],
        pads: [y.pads[0], x.pads[0], y.pads[1], x.pads[1]],
        group: 1,
      });
      parts.push(made);
      const start = end;
      end += inBlocks * y.length * x.length;
      return start;
    }),
  );
  if (starts.length === 1 && starts[0]?.length === 1) return parts[0];

  const woven: number[] = [];
  for (let b = 0; b < inBlocks; b++)
    for (let y = 0; y < inHeight; y++)
      for (let x = 0; x < inWidth; x++) {
        const [row, column] = [y % rows.length, x % columns.length];
        const start = starts[row]?.[column];
        const [height, width] = [(rows[row] as Phase).length, (columns[column] as Phase).length];
        const [i, j] = [Math.floor(y / rows.length), Math.floor(x / columns.length)];
        woven.push(start === undefined ? -1 : start + (b * height + i) * width + j);
      }
  const rowsOf = parts.map((name) => graph.reshape(name, [batchSize, -1, block]));
  const beside = rowsOf.length === 1 ? (rowsOf[0] as string) : graph.node('Concat', rowsOf, { axis: 1 });
  const all = gathered(graph, beside, [batchSize, end, block], woven);
  return graph.reshape(all, [batchSize, inChannels, inHeight, inWidth]);
}

/** Rows of `[batch, rows, width]` by their numbers; zeros where the number is -1. */
function gathered(
  graph: GraphBuilder,
  x: string,
  [batch, rows, width]: readonly [number, number, number],
  numbers: readonly number[],
): string {
  if (numbers.length === rows && numbers.every((at, i) => at === i)) return x;
  const whole = numbers.includes(-1)
    ? graph.node('Concat', [x, graph.fill(0, 'float32', [batch, 1, width])], { axis: 1 })
    : x;
  const at = Int32Array.from(numbers, (number) => (number < 0 ? rows : number));
  return graph.node('Gather', [whole, graph.constant(ElementType.int32, [at.length], at)], { axis: 1 });
}
