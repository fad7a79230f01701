/** Convolution and its gradients in the blocked layout. */
import type { backend_util } from '@tensorflow/tfjs-core';
import { blockedNode, canBlock } from './blocked.js';
import { matMul } from './kernels-matmul.js';
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

/** What one axis of the gradient to the input looks like as a convolution over dy. */
interface Phases {
  /** Rows between two rows of the same phase: the stride. */
  readonly stride: number;
  /** Rows of dy that a row of the gradient looks at. */
  readonly reach: number;
  /** Rows of each phase. */
  readonly length: number;
  readonly pads: readonly [before: number, after: number];
  /** `[stride, reach]`: which row of the filter stands there; `taps` where there is none. */
  readonly rows: readonly number[];
}

/**
 * With stride s, rows i, i + s, i + 2s … of the gradient are a convolution of dy with every s-th row of the filter: row
 * s m + r takes dy[o] filter[t] where s o + t = s m + r + pad.
 */
function phases(size: number, out: number, taps: number, stride: number, pad: number): Phases {
  const own = Array.from({ length: stride }, (_, phase) => {
    // The row of dy for the first of its rows of the filter; each further one looks one row of dy before.
    const last = Math.floor((phase + pad) / stride);
    const tap = (phase + pad) % stride;
    return { last, tap, first: last - Math.max(1, Math.ceil((taps - tap) / stride)) + 1 };
  });
  const first = Math.min(...own.map((phase) => phase.first));
  const last = Math.max(...own.map((phase) => phase.last));
  const reach = last - first + 1;
  const rows = own.flatMap((phase) =>
    Array.from({ length: reach }, (_, i) => {
      const steps = phase.last - first - i;
      const tap = phase.tap + stride * steps;
      return steps >= 0 && tap < taps ? tap : taps;
    }),
  );
  const length = Math.ceil(size / stride);
  return { stride, reach, length, pads: [-first, length - out + last], rows };
}

/** The gradient of a convolution to its input; undefined where the channels or the padding do not fit. */
export function blockedInputGradient(graph: Lowering, dy: Operand, filter: Operand, conv: Conv): string | undefined {
  const { block } = graph;
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = conv;
  if (!canBlock(graph, outChannels) || !canBlock(graph, inChannels)) return undefined;
  if (conv.dilationHeight !== 1 || conv.dilationWidth !== 1) return undefined;
  const y = phases(inHeight, outHeight, conv.filterHeight, conv.strideHeight, padInfo.top);
  const x = phases(inWidth, outWidth, conv.filterWidth, conv.strideWidth, padInfo.left);
  const pads = [y.pads[0], x.pads[0], y.pads[1], x.pads[1]];
  if (pads.some((size) => size < 0)) return undefined;

  // Row or column `taps` of the filter is zero.
  const padded = graph.node('Pad', [graph.plain(filter), graph.integers([0, 0, 0, 0, 1, 1, 0, 0]), graph.scalar(0)]);
  const byRow = graph.node('Gather', [padded, graph.integers(y.rows)], { axis: 0 });
  const picked = graph.node('Gather', [byRow, graph.integers(x.rows)], { axis: 1 });
  const [inBlocks, outBlocks] = [inChannels / block, outChannels / block];
  const weights = arranged(
    graph,
    picked,
    [y.stride, y.reach, x.stride, x.reach, inBlocks, block, outBlocks, block],
    [0, 2, 4, 6, 1, 3, 7, 5],
  );
  const channels = y.stride * x.stride * inChannels;
  const made = blockedNode(
    graph,
    'Conv',
    [graph.blocked(dy), graph.reshape(weights, [channels, outChannels, y.reach, x.reach])],
    { kernel_shape: [y.reach, x.reach], strides: [1, 1], dilations: [1, 1], pads, group: 1 },
  );
  if (y.stride === 1 && x.stride === 1) return made;
  const woven = arranged(
    graph,
    made,
    [batchSize, y.stride, x.stride, inBlocks, y.length, x.length, block],
    [0, 3, 4, 1, 5, 2, 6],
  );
  const [height, width] = [y.length * y.stride, x.length * x.stride];
  const whole = graph.reshape(woven, [batchSize, inBlocks, height, width, block]);
  const cut =
    height === inHeight && width === inWidth
      ? whole
      : graph.node('Slice', [
          whole,
          graph.integers([0, 0]),
          graph.integers([inHeight, inWidth]),
          graph.integers([2, 3]),
        ]);
  return graph.reshape(cut, [batchSize, inChannels, inHeight, inWidth]);
}

/** Pixels that go into one product: fewer make it slow, more leave too few products for the threads. */
const PIXELS = 512;

/**
 * The gradient of a convolution to its filter: the patches that the filter looked at, times dy, over all pixels; summed
 * in groups of pictures first. `[height * width * inChannels, outChannels]`.
 */
export function blockedFilterGradient(graph: Lowering, x: Operand, dy: Operand, conv: Conv): string {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } =
    conv;
  const pixels = outHeight * outWidth;
  const positions = patchPositions(conv);
  const outside = inHeight * inWidth;
  const rows = graph.reshape(graph.plain(x), [batchSize, outside, inChannels]);
  const same = positions.length === outside && positions.every((at, i) => at === i);
  const patches = same ? rows : gathered(graph, rows, positions, outside, [batchSize, inChannels]);
  const pictures = groupSize(batchSize, PIXELS / pixels);
  const groups = batchSize / pictures;
  const left = graph.reshape(patches, [groups, pictures * pixels, filterHeight * filterWidth * inChannels]);
  const right = graph.reshape(graph.plain(dy), [groups, pictures * pixels, outChannels]);
  const parts = matMul(graph, left, right, true, false);
  return groups === 1 ? parts : graph.node('ReduceSum', [parts, graph.integers([0])], { keepdims: 0 });
}

function gathered(
  graph: Lowering,
  rows: string,
  positions: readonly number[],
  outside: number,
  [batch, channels]: readonly [number, number],
): string {
  // A pixel of zeros stands for all that lies beyond the border.
  const whole = positions.includes(outside)
    ? graph.node('Concat', [rows, graph.fill(0, 'float32', [batch, 1, channels])], { axis: 1 })
    : rows;
  const at = graph.constant(ElementType.int32, [positions.length], Int32Array.from(positions));
  return graph.node('Gather', [whole, at], { axis: 1 });
}

/** For each output pixel, the input pixels of its window in order; height * width of the input where it lies outside. */
function patchPositions(conv: Conv): number[] {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = conv;
  const positions: number[] = [];
  for (let row = 0; row < outHeight; row++)
    for (let column = 0; column < outWidth; column++)
      for (let i = 0; i < filterHeight; i++)
        for (let j = 0; j < filterWidth; j++) {
          const y = row * conv.strideHeight + i * conv.dilationHeight - padInfo.top;
          const x = column * conv.strideWidth + j * conv.dilationWidth - padInfo.left;
          const inside = y >= 0 && y < inHeight && x >= 0 && x < inWidth;
          positions.push(inside ? y * inWidth + x : inHeight * inWidth);
        }
  return positions;
}

/** The largest divisor of `count` that is at most `most`, at least 1. */
function groupSize(count: number, most: number): number {
  let size = Math.max(1, Math.min(count, Math.floor(most)));
  while (count % size !== 0) size--;
  return size;
}
