/** The gradient of a convolution to its filter in the blocked layout. */
import { type Blend, blendOf, blockedNode, CACHED, divisor, POINTWISE, type Shape4, unscaled } from './blocked.js';
import type { Conv } from './convolution-blocked.js';
import type { GraphBuilder } from './graph.js';
import type { Lowering, Operand } from './lowering.js';
import { ElementType } from './model-proto.js';

/**
 * The gradient of a convolution to its filter, HWIO. It is a convolution itself: x is a picture whose channels are the
 * pictures of the batch, dy is its filter, as large as the picture, and what comes out is as large as the filter. The
 * channels of x lie side by side in its rows, so that a row of the result has all of them for each column of the filter.
 *
 * Fewer pictures than a block are convolved together: ONNX Runtime reads those from NCHW, and that is how x, seen so, and
 * dy lie in memory already. A few groups of them at a time are while they are in the cache, large pictures in bands of
 * rows. For 512 pictures of 28x28x16 this takes 10 ms; with blocks of 16 pictures, for which both had to be rearranged, it
 * took 12 ms.
 */
export function blockedFilterGradient(graph: Lowering, x: Operand, dy: Operand, conv: Conv): string {
  const { block } = graph;
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = conv;
  const plan = planOf(graph, conv);
  const { beside, inBlocks, outBlocks, high, wide, pictures, size } = plan;
  const turns = Math.ceil(batchSize / pictures);
  const few = beside === 1;
  // What comes to the first layer is needed here only: a sum is put together in turns, too.
  const from = few && dy.value.layout === 'blocked' ? dy.value.blend : unsummed(graph, dy);
  const all = [
    few ? framedPicture(graph, graph.nchw(x), plan) : graph.blocked(x),
    ...from.terms.map(({ name }) => name),
  ];
  const sizes = all.map((_, i) => {
    if (i > 0) return [outChannels, outHeight, outWidth];
    return few ? [inChannels, high.size, wide.size] : [inChannels, inHeight, inWidth];
  });
  const total = graph.sumOver(
    turns,
    all.map((name, i) => filledUp(graph, name, [batchSize, ...(sizes[i] as number[])], turns * pictures)),
    sizes.map((picture) => [pictures, ...picture]),
    [inBlocks, size],
    (body, [x, ...names]) => {
      const terms = from.terms.map(({ scale }, i) => ({ name: names[i] as string, scale }));
      const dy = unscaled(body, { ...from, terms, picture: [pictures, outHeight, outWidth, outChannels] });
      return turn(body, x as string, dy, plan);
    },
  );
  const found = graph.reshape(total, [inBlocks, outBlocks, high.found, wide.found, beside, block]);
  const ends = graph.integers([conv.filterHeight, conv.filterWidth]);
  const ofFilter = graph.node('Slice', [found, graph.integers([0, 0]), ends, graph.integers([2, 3])]);
  const hwio = graph.reshape(graph.node('Transpose', [ofFilter], { perm: [2, 3, 0, 4, 1, 5] }), conv.filterShape);
  return from.factor === undefined ? hwio : graph.node('Mul', [hwio, from.factor]);
}

/** dy put together, but for its factor. */
function unsummed(graph: Lowering, dy: Operand): Blend {
  const { name, factor } = graph.factored(dy);
  return { ...blendOf(name, dy.shape as unknown as Shape4), factor };
}

type Plan = ReturnType<typeof planOf>;

/** What a turn works on: `groups` times `depth` pictures, of each group the sum. */
function planOf({ block, threads }: Lowering, conv: Conv) {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth } = conv;
  // Channels of x that lie side by side. Of a picture of few channels, none: it is NCHW.
  const beside = inChannels < block ? 1 : block;
  const [inBlocks, outBlocks] = [inChannels / beside, outChannels / block];
  const [high, wide] = axesOf(conv, beside);
  // Four blocks of channels of dy are convolved at once.
  const most = CACHED / 2 / (4 * outWidth * block * Math.min(outBlocks, 4));
  const bands = bandsOf(outHeight, outHeight / most, block);
  const bandHeight = outHeight / bands;
  const bytes = 4 * (inChannels * inHeight * inWidth + outChannels * outHeight * outWidth);
  const pictures = picturesOfTurn(block, batchSize, bands, (threads * CACHED) / bytes);
  /** Numbers of the result for a block of channels of x. */
  const size = outChannels * high.found * wide.found * beside;
  // Results that are large beside dy are added up for several pictures before they are written.
  const depth = divisor(pictures, Math.min(block / 2, (inBlocks * size) / (outChannels * outHeight * outWidth)));
  const groups = pictures / depth;
  // Zeros above and below x are the convolution's business, unless x has them already, or is cut into bands, or thinned out,
  // with them.
  const framed = beside === 1 || bands > 1 || high.picked !== undefined;
  const rows = framed ? high.size : high.size - high.before - high.after;
  const bandRows = bands > 1 ? (bandHeight - 1) * high.step + high.found : rows;
  return {
    block,
    beside,
    conv,
    inBlocks,
    outBlocks,
    high,
    wide,
    framed,
    rows,
    bandHeight,
    bandRows,
    bands,
    pictures,
    groups,
    depth,
    size,
  };
}

/** Bands of equal height: at least so many, but fewer than a block; one where there are no such. */
function bandsOf(height: number, least: number, block: number): number {
  for (let bands = Math.ceil(least); bands < block; bands++) if (height % bands === 0) return bands;
  return 1;
}

/**
 * About `most` pictures, without a rest where there is such a number. ONNX Runtime wants the bands of all of them to be
 * fewer than a block, or whole blocks.
 */
export function picturesOfTurn(block: number, batch: number, bands: number, most: number): number {
  const share = (count: number, most: number) => {
    const whole = Math.max(1, Math.floor(most));
    const exact = divisor(count, whole);
    return 2 * exact > Math.min(count, whole) ? exact : Math.ceil(count / Math.ceil(count / whole));
  };
  if (Math.min(batch, Math.max(1, most)) * bands < block) return share(batch, most);
  return block * share(Math.ceil(batch / block), most / block);
}

/** The gradient `[inBlocks, size]` from the pictures of one turn. */
function turn(body: GraphBuilder, x: string, dy: string, plan: Plan): string {
  const { beside, conv, inBlocks, high, wide, framed, bandHeight, bandRows, bands, pictures, groups, depth, size } =
    plan;
  const result = blockedNode(
    body,
    'Conv',
    [
      body.reshape(picturesAsChannels(body, x, plan), [inBlocks, pictures * bands, bandRows, wide.size * beside]),
      body.reshape(picturesAsInputs(body, dy, plan), [
        groups * bands * conv.outChannels,
        depth,
        bandHeight,
        conv.outWidth,
      ]),
    ],
    {
      kernel_shape: [bandHeight, conv.outWidth],
      strides: [1, 1],
      dilations: [high.step, wide.step * beside],
      pads: framed ? [0, 0, 0, 0] : [high.before, 0, high.after, 0],
      group: groups * bands,
    },
  );
  const each = body.reshape(result, [inBlocks, groups * bands, size]);
  return body.node('ReduceSum', [each, body.integers([1])], { keepdims: 0 });
}

/** x as `[inBlocks, groups, bands, depth, rows, columns, channels side by side]`. */
function picturesAsChannels(body: GraphBuilder, x: string, plan: Plan): string {
  const { beside, inBlocks, high, wide, rows, bandHeight, bandRows, bands, pictures, groups, depth } = plan;
  // Whole pictures are moved in one piece.
  const [pieces, taken] = bands === 1 ? [1, 1] : [rows, bandRows];
  const numbers: number[] = [];
  for (let channels = 0; channels < inBlocks; channels++)
    for (let group = 0; group < groups; group++)
      for (let band = 0; band < bands; band++)
        for (let picture = group * depth; picture < (group + 1) * depth; picture++)
          for (let piece = 0; piece < taken; piece++)
            numbers.push((picture * inBlocks + channels) * pieces + band * bandHeight * high.step + piece);
  return gather(body, beside === 1 ? x : surrounded(body, x, plan), numbers, [
    pictures * inBlocks * pieces,
    (rows / pieces) * wide.size * beside,
  ]);
}

/** An NCHW picture with the zeros that windows reach. */
function framedPicture(graph: GraphBuilder, x: string, { high, wide }: Plan): string {
  const sizes = [high.before, wide.before, high.after, wide.after];
  if (Math.max(...sizes) === 0) return x;
  return graph.node('Pad', [x, graph.integers(sizes), graph.scalar(0), graph.integers([2, 3])]);
}

/** dy as `[groups, bands, outBlocks, depth, rows of a band, columns, channels of a block]`. */
function picturesAsInputs(body: GraphBuilder, dy: string, plan: Plan): string {
  const { block, conv, outBlocks, bandHeight, bands, pictures, groups, depth } = plan;
  const numbers: number[] = [];
  for (let group = 0; group < groups; group++)
    for (let band = 0; band < bands; band++)
      for (let channels = 0; channels < outBlocks; channels++)
        for (let picture = group * depth; picture < (group + 1) * depth; picture++)
          numbers.push((picture * outBlocks + channels) * bands + band);
  return gather(body, dy, numbers, [pictures * outBlocks * bands, bandHeight * conv.outWidth * block]);
}

/** x with the zeros that windows reach, at its sides and perhaps above and below; of a filter of one pixel, what it read. */
function surrounded(body: GraphBuilder, x: string, { conv, high, wide, framed }: Plan): string {
  const pads = [framed ? high.before : 0, wide.before, framed ? high.after : 0, wide.after];
  const strides = [high.picked ?? 1, wide.picked ?? 1];
  if (Math.max(...pads) === 0 && Math.max(...strides) === 1) return x;
  const ones = body.fill(1, 'float32', [conv.inChannels, 1, 1, 1]);
  return blockedNode(body, 'Conv', [x, ones], { ...POINTWISE, strides, pads, group: conv.inChannels });
}

/** How windows lie along the height or the width of x. */
interface Axis {
  /** Pixels of x, with zeros around them as far as windows reach; of a filter of one pixel, those that it read. */
  readonly size: number;
  readonly before: number;
  readonly after: number;
  /** Of a filter of one pixel, what x is thinned out by first: the convolution would find every pixel between, too. */
  readonly picked?: number;
  /** Pixels from window to window. */
  readonly step: number;
  /** Rows or columns of the result: those of the filter, and more where x has pixels that no window reached. */
  readonly found: number;
}

function axesOf(conv: Conv, beside: number): readonly [high: Axis, wide: Axis] {
  const { filterHeight, filterWidth, padInfo } = conv;
  const single = beside > 1 && filterHeight === 1 && filterWidth === 1;
  const axis = (
    input: number,
    output: number,
    filter: number,
    stride: number,
    [before, end]: readonly [number, number],
  ): Axis => {
    if (single) return { size: output, before, after: end, picked: stride, step: 1, found: 1 };
    const after = Math.max(0, (output - 1) * stride + filter - input - before);
    const size = before + input + after;
    return { size, before, after, step: stride, found: size - (output - 1) * stride };
  };
  return [
    axis(conv.inHeight, conv.outHeight, filterHeight, conv.strideHeight, [padInfo.top, padInfo.bottom]),
    axis(conv.inWidth, conv.outWidth, filterWidth, conv.strideWidth, [padInfo.left, padInfo.right]),
  ];
}

/** Zero pictures after those of a batch. */
function filledUp(graph: GraphBuilder, name: string, shape: readonly number[], batch: number): string {
  const [present = 0, ...picture] = shape;
  if (present === batch) return name;
  return graph.node('Concat', [name, graph.fill(0, 'float32', [batch - present, ...picture])], { axis: 0 });
}

/** Rows of x, seen as a matrix, by their numbers. */
function gather(graph: GraphBuilder, x: string, numbers: readonly number[], shape: readonly [number, number]): string {
  if (numbers.length === shape[0] && numbers.every((number, i) => number === i)) return x;
  const at = graph.constant(ElementType.int32, [numbers.length], Int32Array.from(numbers));
  return graph.node('Gather', [graph.reshape(x, shape), at], { axis: 0 });
}
