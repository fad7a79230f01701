/** Convolutions and pooling, forward and backward. Attributes are those of TensorFlow.js: NHWC pictures, HWIO filters. */
import { backend_util } from '@tensorflow/tfjs-core';
import { blocked, canBlock } from './blocked.js';
import { blockedConv, blockedInputGradient, type Conv } from './convolution-blocked.js';
import { blockedFilterGradient } from './filter-gradient-blocked.js';
import { matMul } from './kernels-matmul.js';
import { type Attributes, type Info, type Kernel, type Lowering, nchw, type Operand, plain } from './lowering.js';

type Shape4 = [number, number, number, number];

function convInfo(x: readonly number[], filter: readonly number[], attributes: Attributes, depthwise = false): Conv {
  const { strides, pad, dilations, dimRoundingMode } = attributes;
  return backend_util.computeConv2DInfo(
    [...x] as Shape4,
    [...filter] as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
}

const pads = ({ padInfo: { top, left, bottom, right } }: Conv) => [top, left, bottom, right];
const geometry = (conv: Conv) => ({
  pads: pads(conv),
  strides: [conv.strideHeight, conv.strideWidth],
  dilations: [conv.dilationHeight, conv.dilationWidth],
  kernel_shape: [conv.filterHeight, conv.filterWidth],
});

/** HWIO filter as ONNX's OIHW. */
const oihw = (graph: Lowering, filter: Operand) =>
  graph.node('Transpose', [graph.plain(filter)], { perm: [3, 2, 0, 1] });

/** A 1x1 convolution of stride 1 without padding is a product of matrices over the channels. */
const isPointwise = (conv: Conv) =>
  conv.filterHeight === 1 &&
  conv.filterWidth === 1 &&
  conv.strideHeight === 1 &&
  conv.strideWidth === 1 &&
  pads(conv).every((pad) => pad === 0);

/** NCHW pictures are rare in TensorFlow.js; the reference kernel computes them. */
const isNHWC = ({ dataFormat }: Attributes) =>
  dataFormat === undefined || dataFormat === 'NHWC' || dataFormat === 'channelsLast';

/** TensorFlow.js reckons with square filters where the padding is a number, so that it may see fewer windows than fit. */
function hasAllWindows(conv: Conv | Pool): boolean {
  const fitting = (size: number, filter: number, stride: number) => Math.floor((size - filter) / stride) + 1;
  const { padInfo, effectiveFilterHeight, effectiveFilterWidth } = conv;
  const height = conv.inHeight + padInfo.top + padInfo.bottom;
  const width = conv.inWidth + padInfo.left + padInfo.right;
  return (
    fitting(height, effectiveFilterHeight, conv.strideHeight) === conv.outHeight &&
    fitting(width, effectiveFilterWidth, conv.strideWidth) === conv.outWidth
  );
}

const conv2d: Kernel = {
  inputs: ['x', 'filter'],
  supports: ([x, filter], attributes) =>
    isNHWC(attributes) && hasAllWindows(convInfo((x as Info).shape, (filter as Info).shape, attributes)),
  infer: ([x, filter], attributes) => ({
    shape: convInfo((x as Info).shape, (filter as Info).shape, attributes).outShape,
    dtype: 'float32',
  }),
  lower: (graph, [x, filter], attributes) => {
    const conv = convInfo((x as Operand).shape, (filter as Operand).shape, attributes);
    const fast = blockedConv(graph, x as Operand, filter as Operand, conv);
    if (fast !== undefined) return blocked(fast, conv.outShape as Shape4);
    return nchw(graph.node('Conv', [graph.nchw(x as Operand), oihw(graph, filter as Operand)], geometry(conv)));
  },
};

/**
 * Gradient to the input: a convolution with the flipped filter for stride 1 where the padding is smaller than the filter,
 * a transposed convolution otherwise.
 */
const conv2dBackpropInput: Kernel = {
  inputs: ['dy', 'filter'],
  infer: (_inputs, { inputShape }) => ({ shape: inputShape, dtype: 'float32' }),
  supports: ([dy, filter], attributes) => {
    const conv = convInfo(attributes.inputShape, (filter as Info).shape, attributes);
    return isNHWC(attributes) && hasAllWindows(conv) && conv.outShape.join() === (dy as Info).shape.join();
  },
  lower: (graph, [dyOperand, filterOperand], attributes) => {
    const dy = dyOperand as Operand;
    const filter = filterOperand as Operand;
    const conv = convInfo(attributes.inputShape, filter.shape, attributes);
    const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth } = conv;
    const fast = blockedInputGradient(graph, dy, filter, conv);
    if (fast !== undefined) return blocked(fast, conv.inShape as Shape4);
    const around = [
      filterHeight - 1 - padInfo.top,
      filterWidth - 1 - padInfo.left,
      filterHeight - 1 - padInfo.bottom,
      filterWidth - 1 - padInfo.right,
    ];
    if (strideHeight === 1 && strideWidth === 1 && Math.min(...around) >= 0) {
      // HWIO with both spatial axes reversed, and input and output channels swapped: IOHW.
      const flipped = graph.node('Slice', [
        graph.plain(filter),
        graph.integers([-1, -1]),
        graph.integers([-1e6, -1e6]),
        graph.integers([0, 1]),
        graph.integers([-1, -1]),
      ]);
      const weights = graph.node('Transpose', [flipped], { perm: [2, 3, 0, 1] });
      return nchw(
        graph.node('Conv', [graph.nchw(dy), weights], { pads: around, kernel_shape: [filterHeight, filterWidth] }),
      );
    }
    // Rows at the end that no window reached get no gradient; ONNX makes them with output_padding.
    const missing = (size: number, out: number, stride: number, kernel: number, before: number, after: number) =>
      size - ((out - 1) * stride + kernel - before - after);
    const extra = [
      missing(conv.inHeight, conv.outHeight, strideHeight, filterHeight, padInfo.top, padInfo.bottom),
      missing(conv.inWidth, conv.outWidth, strideWidth, filterWidth, padInfo.left, padInfo.right),
    ];
    return nchw(
      graph.node('ConvTranspose', [graph.nchw(dy), oihw(graph, filter)], { ...geometry(conv), output_padding: extra }),
    );
  },
};

/**
 * Gradient to the filter: patches of x (im2col) times dy. Where a picture has many pixels, one product per picture is
 * summed over the batch; deep in a network, where it has few, those products would be larger than what they are made
 * from, so all pixels of the batch go into one product.
 */
const conv2dBackpropFilter: Kernel = {
  inputs: ['x', 'dy'],
  infer: (_inputs, { filterShape }) => ({ shape: filterShape, dtype: 'float32' }),
  supports: (_inputs, attributes) => isNHWC(attributes),
  lower: (graph, [xOperand, dyOperand], attributes) => {
    const [x, dy] = [xOperand as Operand, dyOperand as Operand];
    const conv = convInfo(x.shape, attributes.filterShape, attributes);
    const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = conv;
    const pixels = outHeight * outWidth;
    if (canBlock(graph, outChannels) && (inChannels < graph.block || canBlock(graph, inChannels)))
      return plain(graph.reshape(blockedFilterGradient(graph, x, dy, conv), attributes.filterShape));
    const window = filterHeight * filterWidth * inChannels;
    if (outChannels > pixels) {
      const columns = isPointwise(conv) ? graph.plain(x) : im2col(graph, graph.plain(x), conv, [1, 2], 3);
      const patches = graph.reshape(columns, [batchSize * pixels, window]);
      const gradient = graph.reshape(graph.plain(dy), [batchSize * pixels, outChannels]);
      return plain(graph.reshape(matMul(graph, patches, gradient, true, false), attributes.filterShape));
    }
    const columns = isPointwise(conv) ? graph.nchw(x) : im2col(graph, graph.nchw(x), conv, [2, 3], 1);
    const patches = graph.reshape(columns, [batchSize, window, pixels]);
    // [batch, window * in, pixels] · [batch, pixels, out] -> one matrix per picture.
    const gradient = graph.reshape(graph.nchw(dy), [batchSize, outChannels, pixels]);
    const perPicture = matMul(graph, patches, gradient, false, true);
    const total = graph.node('ReduceSum', [perPicture, graph.integers([0])], { keepdims: 0 });
    return plain(graph.reshape(total, attributes.filterShape));
  },
};

/**
 * Windows of a picture side by side along its channel axis, in the order row, column, channel; `spatial` are the axes of
 * height and width: `[1, 2]` for NHWC, `[2, 3]` for NCHW.
 */
function im2col(
  graph: Lowering,
  x: string,
  conv: Conv,
  spatial: readonly [number, number],
  channelAxis: number,
): string {
  const {
    padInfo,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
  } = conv;
  const padded = pads(conv).some((size) => size > 0)
    ? graph.node('Pad', [
        x,
        graph.integers([padInfo.top, padInfo.left, padInfo.bottom, padInfo.right]),
        graph.scalar(0),
        graph.integers(spatial),
      ])
    : x;
  const shifted: string[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const [top, left] = [row * dilationHeight, column * dilationWidth];
      const ends = [top + (outHeight - 1) * strideHeight + 1, left + (outWidth - 1) * strideWidth + 1];
      shifted.push(
        graph.node('Slice', [
          padded,
          graph.integers([top, left]),
          graph.integers(ends),
          graph.integers(spatial),
          graph.integers([strideHeight, strideWidth]),
        ]),
      );
    }
  }
  return shifted.length === 1 ? (shifted[0] as string) : graph.node('Concat', shifted, { axis: channelAxis });
}

/** Filters of a depthwise convolution, `[height, width, channels, multiplier]`, as ONNX's grouped `[channels * multiplier, 1, …]`. */
function grouped(graph: Lowering, filter: Operand): string {
  const [height, width, channels, multiplier] = filter.shape as Shape4;
  const moved = graph.node('Transpose', [graph.plain(filter)], { perm: [2, 3, 0, 1] });
  return graph.reshape(moved, [channels * multiplier, 1, height, width]);
}

const depthwise: Kernel = {
  inputs: ['x', 'filter'],
  infer: ([x, filter], attributes) => ({
    shape: convInfo((x as Info).shape, (filter as Info).shape, attributes, true).outShape,
    dtype: 'float32',
  }),
  supports: ([x, filter], attributes) =>
    isNHWC(attributes) && hasAllWindows(convInfo((x as Info).shape, (filter as Info).shape, attributes, true)),
  lower: (graph, [x, filter], attributes) => {
    const conv = convInfo((x as Operand).shape, (filter as Operand).shape, attributes, true);
    return nchw(
      graph.node('Conv', [graph.nchw(x as Operand), grouped(graph, filter as Operand)], {
        ...geometry(conv),
        group: conv.inChannels,
      }),
    );
  },
};

type Pool = ReturnType<typeof backend_util.computePool2DInfo>;

function poolInfo(x: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Attributes): Pool {
  return backend_util.computePool2DInfo([...x] as Shape4, filterSize, strides, 1, pad, dimRoundingMode);
}

const isPadded = ({ padInfo: { top, left, bottom, right } }: Pool) => top + left + bottom + right > 0;

const overhangs = ({ padInfo: { top, left, bottom, right }, filterHeight, filterWidth }: Pool) =>
  Math.max(top, bottom) >= filterHeight || Math.max(left, right) >= filterWidth;

const pool = (op: string, attributes: Record<string, number> = {}): Kernel => ({
  inputs: ['x'],
  infer: ([x], attrs) => ({ shape: poolInfo((x as Info).shape, attrs).outShape, dtype: (x as Info).dtype }),
  supports: ([x], attrs) => {
    const conv = poolInfo((x as Info).shape, attrs);
    // ONNX wants at least one real pixel in every window.
    return (x as Info).dtype === 'float32' && !overhangs(conv) && hasAllWindows(conv);
  },
  lower: (graph, [x], attrs) =>
    nchw(
      graph.node(op, [graph.nchw(x as Operand)], { ...windows(poolInfo((x as Operand).shape, attrs)), ...attributes }),
    ),
});

const windows = (conv: Pool) => ({
  kernel_shape: [conv.effectiveFilterHeight, conv.effectiveFilterWidth],
  strides: [conv.strideHeight, conv.strideWidth],
  pads: [conv.padInfo.top, conv.padInfo.left, conv.padInfo.bottom, conv.padInfo.right],
});

/** Gradient of average pooling: every window spreads its gradient evenly, which is a transposed convolution with ones. */
const avgPoolGrad: Kernel = {
  inputs: ['dy', 'input'],
  infer: ([, input]) => input as Info,
  // With padding, windows at the border average fewer pixels.
  supports: ([, input], attributes) => !isPadded(poolInfo((input as Info).shape, attributes)),
  lower: (graph, [dy, input], attributes) => {
    const conv = poolInfo((input as Operand).shape, attributes);
    const { filterHeight, filterWidth, inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } =
      conv;
    const even = graph.fill(1 / (filterHeight * filterWidth), 'float32', [inChannels, 1, filterHeight, filterWidth]);
    const extra = [
      inHeight - (outHeight - 1) * strideHeight - filterHeight,
      inWidth - (outWidth - 1) * strideWidth - filterWidth,
    ];
    return nchw(
      graph.node('ConvTranspose', [graph.nchw(dy as Operand), even], {
        ...windows(conv),
        group: inChannels,
        output_padding: extra,
      }),
    );
  },
};

/** Gradient of max pooling where windows do not overlap: each gradient goes back to where its maximum was. */
const maxPoolGrad: Kernel = {
  inputs: ['dy', 'input'],
  infer: ([, input]) => input as Info,
  supports: ([, input], attributes) => {
    const { strideHeight, strideWidth, filterHeight, filterWidth } = poolInfo((input as Info).shape, attributes);
    return strideHeight >= filterHeight && strideWidth >= filterWidth;
  },
  lower: (graph, [dy, input], attributes) => {
    const conv = poolInfo((input as Operand).shape, attributes);
    const [batch, height, width, channels] = (input as Operand).shape as Shape4;
    const [, at] = graph.nodeOf(2, 'MaxPool', [graph.nchw(input as Operand)], windows(conv));
    // Positions count through the whole tensor, so the gradients are scattered into it as one row.
    const size = batch * height * width * channels;
    const zeros = graph.node('Expand', [graph.fill(0, 'float32', [1]), graph.integers([size])]);
    const scattered = graph.node(
      'ScatterElements',
      [zeros, graph.reshape(at as string, [-1]), graph.reshape(graph.nchw(dy as Operand), [-1])],
      { axis: 0 },
    );
    return nchw(graph.reshape(scattered, [batch, channels, height, width]));
  },
};

const batchNorm: Kernel = {
  inputs: ['x', 'mean', 'variance', 'offset', 'scale'],
  infer: ([x]) => x as Info,
  supports: ([x, mean, , offset, scale]) =>
    (x as Info).shape.length === 4 && (mean as Info).shape.length === 1 && offset !== undefined && scale !== undefined,
  lower: (graph, [x, ...rest], { varianceEpsilon }) => {
    const [mean, variance, offset, scale] = rest.map((operand) => graph.plain(operand)) as [
      string,
      string,
      string,
      string,
    ];
    return nchw(
      graph.node('BatchNormalization', [graph.nchw(x as Operand), scale, offset, mean, variance], {
        epsilon: { float: varianceEpsilon ?? 0.001 },
      }),
    );
  },
};

export const convolutionKernels: Readonly<Record<string, Kernel>> = {
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dBackpropInput,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNative: depthwise,
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool', { count_include_pad: 0 }),
  AvgPoolGrad: avgPoolGrad,
  MaxPoolGrad: maxPoolGrad,
  FusedBatchNorm: batchNorm,
};
