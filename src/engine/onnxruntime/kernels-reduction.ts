/** Reductions, softmax and sorting kernels. */
import { util } from '@tensorflow/tfjs-core';
import { blockedMean } from './blocked.js';
import { cast } from './kernels-elementwise.js';
import {
  type Attributes,
  type Info,
  type Kernel,
  type Lowered,
  type Lowering,
  nchw,
  nchwAxis,
  type Operand,
  plain,
} from './lowering.js';

const axesOf = (axis: number | number[] | undefined | null, shape: readonly number[]): number[] =>
  [...util.parseAxisParam((axis ?? shape.map((_, i) => i)) as number | number[], [...shape])].sort((a, b) => a - b);

function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
}

const countOf = ({ shape }: Info, axes: readonly number[]) => axes.reduce((size, i) => size * (shape[i] as number), 1);

/** An operand, or a result, that is not blocked. */
type Reduced = Exclude<Lowered, { layout: 'blocked' }>;
type Named = Operand & { readonly value: Reduced };

/** Axes over which the values of one channel are spread, in NHWC: what batch norm reduces. */
const isPerChannel = (axes: readonly number[]) => axes.join() === '0,1,2';

/**
 * A sum over axes. ONNX Runtime reduces leading axes of a row-major matrix slowly; a product with a row of ones is
 * several times faster, so sums over all but the last axis are done that way.
 */
function sum(graph: Lowering, operand: Operand, axes: readonly number[], keepDims: boolean): Lowered {
  const { shape, dtype } = operand;
  const out = reducedShape(shape, axes, keepDims);
  if (axes.length === 0) return operand.value;
  const x = graph.unblocked(operand);
  const leading = axes.length < shape.length && axes.every((axis, i) => axis === i);
  if (x.value.layout === 'nchw') return reduceNchw(graph, 'ReduceSum', x, axes, keepDims);
  if (leading && dtype === 'float32') {
    const rows = axes.reduce((size, axis) => size * (shape[axis] as number), 1);
    const columns = shape.slice(axes.length).reduce((a, b) => a * b, 1);
    if (rows > 16 && columns > 0) {
      const matrix = graph.reshape(graph.plain(x), [rows, columns]);
      return plain(graph.reshape(graph.node('MatMul', [graph.fill(1, 'float32', [1, rows]), matrix]), out));
    }
  }
  return plain(graph.node('ReduceSum', [graph.plain(x), graph.integers(axes)], { keepdims: keepDims ? 1 : 0 }));
}

/** Reduces an NCHW value without transposing it first, where the result is per channel or per picture and channel. */
function reduceNchw(graph: Lowering, op: string, x: Named, axes: readonly number[], keepDims: boolean): Reduced {
  const inPlace = isPerChannel(axes) || axes.join() === '1,2' || axes.length === 4;
  if (!inPlace) return plain(graph.node(op, [graph.plain(x), graph.integers(axes)], { keepdims: keepDims ? 1 : 0 }));
  const moved = axes.map(nchwAxis).sort((a, b) => a - b);
  const name = graph.node(op, [x.value.name, graph.integers(moved)], { keepdims: keepDims ? 1 : 0 });
  return keepDims ? nchw(name) : plain(name);
}

/** ONNX Runtime's max and min pass over NaN; TensorFlow.js's do not. */
function keepNaN(graph: Lowering, x: Named, result: Reduced, axes: readonly number[], keepDims: boolean): Lowered {
  if (x.dtype !== 'float32') return result;
  const marks: Named = {
    ...x,
    value: { ...x.value, name: cast(graph, graph.node('IsNaN', [x.value.name]), 'float32') },
  };
  const found = reduce(graph, 'ReduceMax', marks, axes, keepDims);
  const some = graph.node('Greater', [found.name, graph.scalar(0)]);
  return { ...result, name: graph.node('Where', [some, graph.scalar(Number.NaN), result.name]) };
}

function reduce(graph: Lowering, op: string, x: Named, axes: readonly number[], keepDims: boolean): Reduced {
  if (x.value.layout === 'nchw') return reduceNchw(graph, op, x, axes, keepDims);
  return plain(graph.node(op, [graph.plain(x), graph.integers(axes)], { keepdims: keepDims ? 1 : 0 }));
}

function reduction(op: string): Kernel {
  return {
    inputs: ['x'],
    infer: ([x], { axis, reductionIndices, keepDims }) => {
      const { shape, dtype } = x as Info;
      return { shape: reducedShape(shape, axesOf(axis ?? reductionIndices, shape), keepDims ?? false), dtype };
    },
    lower: (graph, [operand], { axis, reductionIndices, keepDims }, [output]) => {
      const axes = axesOf(axis ?? reductionIndices, (operand as Operand).shape);
      if (op === 'ReduceSum') {
        const means = blockedMean(graph, operand as Operand, axes);
        if (means === undefined) return sum(graph, operand as Operand, axes, keepDims ?? false);
        const total = graph.node('Mul', [means, graph.scalar(countOf(operand as Operand, axes))]);
        return plain(graph.reshape(total, (output as Info).shape));
      }
      const x = graph.unblocked(operand as Operand);
      if (axes.length === 0) return x.value;
      const result = reduce(graph, op, x, axes, keepDims ?? false);
      return op === 'ReduceProd' ? result : keepNaN(graph, x, result, axes, keepDims ?? false);
    },
  };
}

/** all and any: min and max of 0 and 1. */
function truth(op: string): Kernel {
  const base = reduction(op);
  return {
    ...base,
    lower: (graph, [operand], attributes: Attributes, outputs) => {
      const x = graph.unblocked(operand as Operand);
      const numbers: Operand = {
        ...x,
        dtype: 'int32',
        value: { ...x.value, name: cast(graph, x.value.name, 'int32') },
      };
      const reduced = base.lower(graph, [numbers], attributes, outputs) as Reduced;
      return { ...reduced, name: cast(graph, reduced.name, 'bool') };
    },
  };
}

/** Position of the largest or smallest value; NaN is never it. */
function arg(op: string, worst: number): Kernel {
  return {
    inputs: ['x'],
    infer: ([x], { axis }) => {
      const { shape } = x as Info;
      return { shape: reducedShape(shape, axesOf(axis, shape).slice(0, 1), false), dtype: 'int32' };
    },
    lower: (graph, [operand], { axis }) => {
      const x = operand as Operand;
      const [along] = axesOf(axis, x.shape);
      const values = graph.plain(x);
      const comparable =
        x.dtype === 'float32'
          ? graph.node('Where', [graph.node('IsNaN', [values]), graph.scalar(worst), values])
          : cast(graph, values, 'int32');
      return plain(cast(graph, graph.node(op, [comparable], { axis: along as number, keepdims: 0 }), 'int32'));
    },
  };
}

const softmax = (op: string, attribute: string): Kernel => ({
  inputs: ['logits'],
  infer: ([x]) => x as Info,
  lower: (graph, [x], attributes) => {
    const operand = x as Operand;
    const axis = attributes[attribute] ?? -1;
    return plain(graph.node(op, [graph.plain(operand)], { axis: axis < 0 ? axis + operand.shape.length : axis }));
  },
});

export const reductionKernels: Readonly<Record<string, Kernel>> = {
  Sum: reduction('ReduceSum'),
  Mean: {
    inputs: ['x'],
    infer: ([x], { axis, keepDims }) => {
      const { shape } = x as Info;
      return { shape: reducedShape(shape, axesOf(axis, shape), keepDims ?? false), dtype: 'float32' };
    },
    lower: (graph, [operand], { axis, keepDims }, [output]) => {
      const axes = axesOf(axis, (operand as Operand).shape);
      const means = blockedMean(graph, operand as Operand, axes);
      if (means !== undefined) return plain(graph.reshape(means, (output as Info).shape));
      const x = graph.unblocked(operand as Operand);
      const float: Operand =
        x.dtype === 'float32'
          ? x
          : { ...x, dtype: 'float32', value: { ...x.value, name: cast(graph, x.value.name, 'float32') } };
      const total = sum(graph, float, axes, keepDims ?? false) as Reduced;
      return { ...total, name: graph.node('Mul', [total.name, graph.scalar(1 / countOf(x, axes))]) };
    },
  },
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: truth('ReduceMin'),
  Any: truth('ReduceMax'),
  ArgMax: arg('ArgMax', Number.NEGATIVE_INFINITY),
  ArgMin: arg('ArgMin', Number.POSITIVE_INFINITY),
  Softmax: softmax('Softmax', 'dim'),
  LogSoftmax: softmax('LogSoftmax', 'axis'),
  TopK: {
    inputs: ['x'],
    infer: ([x], { k }) => {
      const { shape, dtype } = x as Info;
      const out = [...shape.slice(0, -1), k];
      return [
        { shape: out, dtype },
        { shape: out, dtype: 'int32' },
      ];
    },
    // Always sorted: only then is the lower index first among equal values, as TensorFlow.js has it.
    lower: (graph, [x], { k }) => {
      const [values, indices] = graph.nodeOf(2, 'TopK', [graph.plain(x as Operand), graph.integers([k])], {
        axis: -1,
        largest: 1,
        sorted: 1,
      });
      return [plain(values as string), plain(cast(graph, indices as string, 'int32'))];
    },
  },
  Cumsum: {
    inputs: ['x'],
    infer: ([x]) => x as Info,
    lower: (graph, [x], { axis, exclusive, reverse }) =>
      plain(
        graph.node('CumSum', [graph.plain(x as Operand), graph.integers([axis], [])], {
          exclusive: exclusive ? 1 : 0,
          reverse: reverse ? 1 : 0,
        }),
      ),
  },
};
