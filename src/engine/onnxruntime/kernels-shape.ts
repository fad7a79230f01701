/** Kernels that move values without computing: transpose, concat, slice, pad, gather, one-hot. */
import { backend_util, type DataType, gather_util, slice_util, util } from '@tensorflow/tfjs-core';
import { cast } from './kernels-elementwise.js';
import { type Attributes, type Info, type Kernel, type Operand, permute, plain, sizeOf } from './lowering.js';

const normalized = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

const strided = (
  { shape }: Info,
  { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask }: Attributes,
) =>
  slice_util.sliceInfo([...shape], begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);

const concat: Kernel = {
  infer: (infos, { axis }) => {
    const used = infos.filter(({ shape }) => sizeOf(shape) > 0);
    const first = (used[0] ?? infos[0]) as Info;
    const along = normalized(axis, first.shape.length);
    backend_util.assertParamsConsistent(
      infos.map(({ shape }) => [...shape]),
      along,
    );
    const total = infos.reduce(
      (size, { shape }) => size + (sizeOf(shape) > 0 || used.length === 0 ? (shape[along] as number) : 0),
      0,
    );
    return { shape: first.shape.map((size, i) => (i === along ? total : size)), dtype: (infos[0] as Info).dtype };
  },
  lower: (graph, operands, { axis }) => {
    const used = operands.filter(({ shape }) => sizeOf(shape) > 0);
    const list = used.length > 0 ? used : operands.slice(0, 1);
    const names = list.map((operand) => graph.plain(operand));
    return plain(
      names.length === 1
        ? (names[0] as string)
        : graph.node('Concat', names, { axis: normalized(axis, (list[0] as Operand).shape.length) }),
    );
  },
};

const pad: Kernel = {
  inputs: ['x'],
  infer: ([x], { paddings }) => {
    const { shape, dtype } = x as Info;
    return { shape: shape.map((size, i) => size + paddings[i][0] + paddings[i][1]), dtype };
  },
  lower: (graph, [x], { paddings, constantValue }) => {
    const { dtype } = x as Operand;
    const amounts = [...paddings.map(([before]: number[]) => before), ...paddings.map(([, after]: number[]) => after)];
    return plain(
      graph.node('Pad', [graph.plain(x as Operand), graph.integers(amounts), graph.scalar(constantValue ?? 0, dtype)]),
    );
  },
};

export const shapeKernels: Readonly<Record<string, Kernel>> = {
  Transpose: {
    inputs: ['x'],
    infer: ([x], { perm }) => ({ shape: permute((x as Info).shape, perm), dtype: (x as Info).dtype }),
    lower: (graph, [x], { perm }) => plain(graph.node('Transpose', [graph.plain(x as Operand)], { perm })),
  },
  Concat: concat,
  Pack: {
    infer: (infos, { axis }) => {
      const { shape, dtype } = infos[0] as Info;
      const along = normalized(axis, shape.length + 1);
      for (const info of infos) {
        util.assertShapesMatch([...shape], [...info.shape], 'All tensors passed to stack must have matching shapes');
        util.assert(info.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
      }
      return { shape: [...shape.slice(0, along), infos.length, ...shape.slice(along)], dtype };
    },
    lower: (graph, operands, { axis }) => {
      const along = normalized(axis, (operands[0] as Operand).shape.length + 1);
      const names = operands.map((operand) => graph.node('Unsqueeze', [graph.plain(operand), graph.integers([along])]));
      return plain(graph.node('Concat', names, { axis: along }));
    },
  },
  Unpack: {
    inputs: ['value'],
    infer: ([x], { axis }) => {
      const { shape, dtype } = x as Info;
      const along = normalized(axis, shape.length);
      return Array.from({ length: shape[along] as number }, () => ({
        shape: shape.filter((_, i) => i !== along),
        dtype,
      }));
    },
    lower: (graph, [x], { axis }, outputs) => {
      const operand = x as Operand;
      const along = normalized(axis, operand.shape.length);
      return outputs.map((_, i) =>
        plain(graph.node('Gather', [graph.plain(operand), graph.integers([i], [])], { axis: along })),
      );
    },
  },
  SplitV: {
    inputs: ['x'],
    infer: ([x], { numOrSizeSplits, axis }) => {
      const { shape, dtype } = x as Info;
      const along = normalized(axis, shape.length);
      return splitSizes(shape, numOrSizeSplits, along).map((size) => ({
        shape: shape.map((s, i) => (i === along ? size : s)),
        dtype,
      }));
    },
    lower: (graph, [x], { numOrSizeSplits, axis }) => {
      const operand = x as Operand;
      const along = normalized(axis, operand.shape.length);
      const sizes = splitSizes(operand.shape, numOrSizeSplits, along);
      return graph
        .nodeOf(sizes.length, 'Split', [graph.plain(operand), graph.integers(sizes)], { axis: along })
        .map(plain);
    },
  },
  Slice: {
    inputs: ['x'],
    infer: ([x], { begin, size }) => {
      const from = { shape: [...(x as Info).shape], rank: (x as Info).shape.length } as never;
      const [starts, sizes] = slice_util.parseSliceParams(from, begin, size);
      slice_util.assertParamsValid(from, starts as number[], sizes as number[]);
      return { shape: sizes as number[], dtype: (x as Info).dtype };
    },
    lower: (graph, [x], { begin, size }) => {
      const { shape } = x as Operand;
      const [starts, sizes] = slice_util.parseSliceParams({ shape: [...shape] } as never, begin, size) as [
        number[],
        number[],
      ];
      const ends = starts.map((start, i) => start + (sizes[i] as number));
      return plain(graph.node('Slice', [graph.plain(x as Operand), graph.integers(starts), graph.integers(ends)]));
    },
  },
  PadV2: pad,
  MirrorPad: {
    inputs: ['x'],
    infer: ([x], { paddings }) => {
      const { shape, dtype } = x as Info;
      return { shape: shape.map((size, i) => size + paddings[i][0] + paddings[i][1]), dtype };
    },
    // ONNX reflects without repeating the border; it has no symmetric mode.
    supports: (_inputs, { mode }) => mode === 'reflect',
    lower: (graph, [x], { paddings }) => {
      const amounts = [
        ...paddings.map(([before]: number[]) => before),
        ...paddings.map(([, after]: number[]) => after),
      ];
      return plain(graph.node('Pad', [graph.plain(x as Operand), graph.integers(amounts)], { mode: 'reflect' }));
    },
  },
  StridedSlice: {
    inputs: ['x'],
    infer: ([x], attributes) => ({ shape: strided(x as Info, attributes).finalShape, dtype: (x as Info).dtype }),
    lower: (graph, [x], attributes) => {
      const { begin, end, strides, finalShape } = strided(x as Operand, attributes);
      // An end of -1 with a negative stride means: through the first element.
      const ends = end.map((at, i) => (at < 0 && (strides[i] as number) < 0 ? -(2 ** 31) : at));
      const axes = begin.map((_, i) => i);
      const sliced = graph.node('Slice', [
        graph.plain(x as Operand),
        graph.integers(begin),
        graph.integers(ends),
        graph.integers(axes),
        graph.integers(strides),
      ]);
      return plain(graph.reshape(sliced, finalShape));
    },
  },
  GatherNd: {
    inputs: ['params', 'indices'],
    infer: ([params, indices]) => {
      const tensors = [params, indices].map((info) => ({
        ...(info as Info),
        rank: info?.shape.length,
        size: sizeOf(info?.shape ?? []),
      }));
      gather_util.prepareAndValidate(tensors[0] as never, tensors[1] as never);
      const [from, at] = [(params as Info).shape, (indices as Info).shape];
      return { shape: [...at.slice(0, -1), ...from.slice(at.at(-1) as number)], dtype: (params as Info).dtype };
    },
    lower: (graph, [params, indices]) =>
      plain(
        graph.node('GatherND', [
          graph.plain(params as Operand),
          graph.node('Cast', [graph.plain(indices as Operand)], { to: 7 }),
        ]),
      ),
  },
  /** Puts rows (or single values) in the place of others: how memory banks are written. */
  TensorScatterUpdate: {
    inputs: ['tensor', 'indices', 'updates'],
    infer: ([tensor]) => tensor as Info,
    lower: (graph, [tensor, indices, updates]) =>
      plain(
        graph.node('ScatterND', [
          graph.plain(tensor as Operand),
          graph.node('Cast', [graph.plain(indices as Operand)], { to: 7 }),
          graph.plain(updates as Operand),
        ]),
      ),
  },
  /** Sums rows by segment: the gradient of gather. */
  UnsortedSegmentSum: {
    inputs: ['x', 'segmentIds'],
    infer: ([x, ids], { numSegments }) => ({
      shape: [numSegments, ...(x as Info).shape.slice((ids as Info).shape.length)],
      dtype: (x as Info).dtype,
    }),
    supports: ([, ids]) => (ids as Info).shape.length === 1,
    lower: (graph, [x, ids], { numSegments }, [output]) => {
      const { shape, dtype } = output as Info;
      // Rows of negative segments are dropped: they go to a row more than there are, which is cut off.
      const segment = graph.plain(ids as Operand);
      const row = graph.node('Where', [
        graph.node('Less', [segment, graph.scalar(0, 'int32')]),
        graph.scalar(numSegments, 'int32'),
        segment,
      ]);
      const at = graph.node('Unsqueeze', [graph.node('Cast', [row], { to: 7 }), graph.integers([-1])]);
      const zeros = graph.node('Expand', [
        graph.fill(
          0,
          dtype,
          shape.map(() => 1),
        ),
        graph.integers([numSegments + 1, ...shape.slice(1)]),
      ]);
      const sums = graph.node('ScatterND', [zeros, at, graph.plain(x as Operand)], { reduction: 'add' });
      return plain(
        graph.node('Slice', [sums, graph.integers([0]), graph.integers([numSegments]), graph.integers([0])]),
      );
    },
  },
  Tile: {
    inputs: ['x'],
    infer: ([x], { reps }) => ({ shape: (x as Info).shape.map((size, i) => size * reps[i]), dtype: (x as Info).dtype }),
    lower: (graph, [x], { reps }) => plain(graph.node('Tile', [graph.plain(x as Operand), graph.integers(reps)])),
  },
  Reverse: {
    inputs: ['x'],
    infer: ([x], { dims }) => {
      util.parseAxisParam(dims, [...(x as Info).shape]);
      return x as Info;
    },
    lower: (graph, [x], { dims }) => {
      const operand = x as Operand;
      const axes = util.parseAxisParam(dims, [...operand.shape]);
      if (axes.length === 0) return operand.value;
      const list = (value: number) => graph.integers(axes.map(() => value));
      return plain(
        graph.node('Slice', [graph.plain(operand), list(-1), list(-(2 ** 31)), graph.integers(axes), list(-1)]),
      );
    },
  },
  GatherV2: {
    inputs: ['x', 'indices'],
    infer: ([x, indices], { axis, batchDims }) => {
      const [from, at] = [(x as Info).shape, (indices as Info).shape];
      const along = normalized(axis, from.length);
      backend_util.segment_util.collectGatherOpShapeInfo(
        { shape: [...from] } as never,
        { shape: [...at] } as never,
        along,
        batchDims ?? 0,
      );
      return {
        shape: [...from.slice(0, along), ...at.slice(batchDims ?? 0), ...from.slice(along + 1)],
        dtype: (x as Info).dtype,
      };
    },
    lower: (graph, [x, indices], { axis, batchDims }) => {
      const [from, at] = [x as Operand, indices as Operand];
      const along = normalized(axis, from.shape.length);
      if ((batchDims ?? 0) === 0)
        return plain(graph.node('Gather', [graph.plain(from), graph.plain(at)], { axis: along }));
      return plain(gatherBatched(graph, from, at, along, batchDims));
    },
  },
  OneHot: {
    inputs: ['indices'],
    infer: ([x], { depth, dtype }) => ({
      shape: [...(x as Info).shape, depth],
      dtype: (dtype ?? 'float32') as DataType,
    }),
    lower: (graph, [x], { depth, onValue, offValue, dtype }) => {
      const type = (dtype ?? 'float32') as DataType;
      const indices = graph.node('Unsqueeze', [graph.plain(x as Operand), graph.integers([-1])]);
      const classes = graph.constant(
        6,
        [depth],
        Int32Array.from({ length: depth }, (_, i) => i),
      );
      const chosen = graph.node('Equal', [indices, classes]);
      // ONNX Runtime chooses with one thread, and not quickly.
      if (onValue === 1 && offValue === 0) return plain(cast(graph, chosen, type));
      return plain(graph.node('Where', [chosen, graph.scalar(onValue, type), graph.scalar(offValue, type)]));
    },
  },
};

/** gather with batch dimensions: rows of each batch entry, by moving the batch into the indices. */
function gatherBatched(
  graph: Parameters<Kernel['lower']>[0],
  x: Operand,
  indices: Operand,
  axis: number,
  batchDims: number,
): string {
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const between = sizeOf(x.shape.slice(batchDims, axis));
  const rows = x.shape[axis] as number;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const perBatch = sizeOf(indices.shape.slice(batchDims));
  // Row r of part m of batch b stands at (b * between + m) * rows + r.
  const offsets = Int32Array.from({ length: batch * between }, (_, i) => i * rows);
  const flat = graph.reshape(graph.plain(indices), [batch, 1, perBatch]);
  const wide = graph.node('Add', [flat, graph.constant(6, [batch, between, 1], offsets)]);
  const table = graph.reshape(graph.plain(x), [batch * between * rows, inner]);
  const gathered = graph.node('Gather', [table, graph.reshape(wide, [batch * between * perBatch])], { axis: 0 });
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return graph.reshape(gathered, shape);
}

/** Sizes of the parts; throws when they do not make up the axis. */
const splitSizes = (shape: readonly number[], sizes: number | number[], axis: number): number[] =>
  backend_util.prepareSplitSize({ shape: [...shape] } as never, sizes, axis);
