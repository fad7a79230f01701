/** Elementwise kernels: arithmetic, comparisons, activations, casts. */
import { backend_util, type DataType, util } from '@tensorflow/tfjs-core';
import { blendedProduct, blendedRelu, blendedSquare, blendedStep, blendedSum } from './blocked.js';
import {
  type Attributes,
  type Info,
  type Kernel,
  type Lowered,
  type Lowering,
  type Operand,
  plain,
  sizeOf,
} from './lowering.js';

const broadcast = (inputs: readonly Info[]): number[] =>
  inputs.map(({ shape }) => [...shape]).reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));

type Emit = (graph: Lowering, names: string[], inputs: readonly Operand[], attributes: Attributes) => string;

/** An elementwise kernel of any number of inputs. */
function elementwise(inputs: readonly string[], emit: Emit, dtype?: DataType): Kernel {
  return {
    inputs,
    infer: (infos) => ({ shape: broadcast(infos), dtype: dtype ?? (infos[0] as Info).dtype }),
    lower: (graph, operands, attributes, [output]) => {
      const { names, wrap } = graph.aligned(operands, output as Info);
      return wrap(emit(graph, names, operands, attributes));
    },
  };
}

/** A kernel with a better way for blocked pictures, where `lower` finds that it applies. */
const orBlocked = (
  kernel: Kernel,
  lower: (graph: Lowering, operands: readonly Operand[], attributes: Attributes) => Lowered | undefined,
): Kernel => ({
  ...kernel,
  lower: (graph, operands, attributes, outputs) =>
    lower(graph, operands, attributes) ?? kernel.lower(graph, operands, attributes, outputs),
});

/** A function of one input computed in floating point; integers are converted and the result converted back. */
const compose = (emit: (graph: Lowering, x: string, attributes: Attributes) => string, dtype?: DataType) =>
  elementwise(
    ['x'],
    (graph, [x], [operand], attributes) => {
      const from = operand?.dtype ?? 'float32';
      if (from === 'float32') return emit(graph, x as string, attributes);
      const result = emit(graph, cast(graph, x as string, 'float32'), attributes);
      return dtype === undefined ? cast(graph, result, from) : result;
    },
    dtype,
  );
const unary = (op: string, dtype?: DataType) => compose((graph, x) => graph.node(op, [x]), dtype);
/** A node that is defined for integers as well. */
const unaryOfAny = (op: string) => elementwise(['x'], (graph, [x]) => graph.node(op, [x as string]));
/** Integers are left to the reference kernel, which has rules of its own for them. */
const floatOnly = (kernel: Kernel): Kernel => ({ ...kernel, supports: ([x]) => x?.dtype === 'float32' });
const binary = (op: string, dtype?: DataType) =>
  elementwise(['a', 'b'], (graph, names) => graph.node(op, names), dtype);

export function cast(graph: Lowering, x: string, to: DataType): string {
  return graph.node('Cast', [x], { to: to === 'float32' ? 1 : to === 'int32' ? 6 : 9 });
}

const logical = (op: string) => elementwise(['a', 'b'], (graph, names) => graph.node(op, names), 'bool');

const comparison = (op: string, negate = false) =>
  elementwise(
    ['a', 'b'],
    (graph, names, [a]) => {
      // Only equality is defined on booleans.
      const operands = a?.dtype === 'bool' && op !== 'Equal' ? names.map((name) => cast(graph, name, 'int32')) : names;
      const result = graph.node(op, operands);
      return negate ? graph.node('Not', [result]) : result;
    },
    'bool',
  );

const notANumber = (graph: Lowering, x: string) => graph.node('IsNaN', [x]);

export const elementwiseKernels: Readonly<Record<string, Kernel>> = {
  Add: orBlocked(binary('Add'), (graph, operands) => blendedSum(graph, operands, false)),
  Sub: orBlocked(binary('Sub'), (graph, operands) => blendedSum(graph, operands, true)),
  Multiply: orBlocked(binary('Mul'), blendedProduct),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: orBlocked(
    elementwise(['a', 'b'], (graph, names) => {
      const difference = graph.node('Sub', names);
      return graph.node('Mul', [difference, difference]);
    }),
    blendedSquare,
  ),
  Equal: comparison('Equal'),
  NotEqual: comparison('Equal', true),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  LogicalNot: unaryOfAny('Not'),
  IsNan: compose((graph, x) => notANumber(graph, x), 'bool'),
  IsInf: compose((graph, x) => graph.node('IsInf', [x]), 'bool'),
  IsFinite: compose(
    (graph, x) => graph.node('Not', [graph.node('Or', [notANumber(graph, x), graph.node('IsInf', [x])])]),
    'bool',
  ),
  Abs: unaryOfAny('Abs'),
  Neg: unaryOfAny('Neg'),
  Exp: floatOnly(unary('Exp')),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: unary('Tan'),
  Tanh: unary('Tanh'),
  Acos: unary('Acos'),
  Acosh: unary('Acosh'),
  Asin: unary('Asin'),
  Asinh: unary('Asinh'),
  Atan: unary('Atan'),
  Atanh: unary('Atanh'),
  Cosh: unary('Cosh'),
  Sinh: unary('Sinh'),
  Sigmoid: unary('Sigmoid'),
  Erf: unary('Erf'),
  /** TensorFlow.js says 0 for NaN. */
  Sign: compose((graph, x) => graph.node('Where', [notANumber(graph, x), graph.scalar(0), graph.node('Sign', [x])])),
  Softplus: unary('Softplus'),
  Reciprocal: unary('Reciprocal'),
  Rsqrt: compose((graph, x) => graph.node('Reciprocal', [graph.node('Sqrt', [x])])),
  Square: elementwise(['x'], (graph, [x]) => graph.node('Mul', [x as string, x as string])),
  Relu: orBlocked(unary('Relu'), blendedRelu),
  Relu6: compose((graph, x) => graph.node('Clip', [x, graph.scalar(0), graph.scalar(6)])),
  LeakyRelu: compose((graph, x, { alpha }) => graph.node('LeakyRelu', [x], { alpha: { float: alpha } }), 'float32'),
  Elu: unary('Elu'),
  Selu: unary('Selu'),
  EluGrad: elementwise(['dy', 'y'], (graph, [dy, y]) => {
    const slope = graph.node('Where', [
      graph.node('GreaterOrEqual', [y as string, graph.scalar(0)]),
      graph.scalar(1),
      graph.node('Add', [y as string, graph.scalar(1)]),
    ]);
    return graph.node('Mul', [dy as string, slope]);
  }),
  Prelu: floatOnly(
    elementwise(['x', 'alpha'], (graph, [x, alpha]) => {
      const below = graph.node('Mul', [x as string, alpha as string]);
      return graph.node('Where', [graph.node('Less', [x as string, graph.scalar(0)]), below, x as string]);
    }),
  ),
  Expm1: compose((graph, x) => graph.node('Sub', [graph.node('Exp', [x]), graph.scalar(1)])),
  Log1p: compose((graph, x) => graph.node('Log', [graph.node('Add', [x, graph.scalar(1)])])),
  /** 1 where x > 0, alpha elsewhere; NaN stays NaN. */
  Step: orBlocked(
    compose((graph, x, { alpha }) => {
      const stepped = graph.node('Where', [
        graph.node('Greater', [x, graph.scalar(0)]),
        graph.scalar(1),
        graph.scalar(alpha),
      ]);
      return graph.node('Where', [notANumber(graph, x), x, stepped]);
    }),
    (graph, operands, { alpha }) => (alpha === 0 ? blendedStep(graph, operands) : undefined),
  ),
  ClipByValue: compose((graph, x, { clipValueMin, clipValueMax }) =>
    graph.node('Clip', [x, graph.scalar(clipValueMin), graph.scalar(clipValueMax)]),
  ),
  Cast: {
    inputs: ['x'],
    infer: ([x], { dtype }) => ({ shape: (x as Info).shape, dtype }),
    lower: (graph, [x], { dtype }, [output]) => {
      const operand = x as Operand;
      if (operand.dtype === dtype) return operand.value;
      const { names, wrap } = graph.aligned([operand], output as Info);
      return wrap(cast(graph, names[0] as string, dtype));
    },
  },
  ZerosLike: {
    inputs: ['x'],
    infer: ([x]) => x as Info,
    lower: (graph, [x]) => filled(graph, x as Operand, 0),
  },
  OnesLike: {
    inputs: ['x'],
    infer: ([x]) => x as Info,
    lower: (graph, [x]) => filled(graph, x as Operand, 1),
  },
  /** where(condition, a, b); a condition of rank 1 chooses rows. */
  Select: {
    inputs: ['condition', 't', 'e'],
    infer: ([, t]) => t as Info,
    lower: (graph, operands, _attributes, [output]) => {
      const [condition, t, e] = operands as [Operand, Operand, Operand];
      if (condition.shape.length === t.shape.length) {
        const { names, wrap } = graph.aligned(operands, output as Info);
        return wrap(graph.node('Where', names));
      }
      const rows = [...condition.shape, ...Array(t.shape.length - condition.shape.length).fill(1)];
      const names = [graph.reshape(graph.plain(condition), rows), graph.plain(t), graph.plain(e)];
      return plain(graph.node('Where', names));
    },
  },
  AddN: {
    infer: (infos) => infos[0] as Info,
    lower: (graph, operands, _attributes, [output]) => {
      const { names, wrap } = graph.aligned(operands, output as Info);
      return wrap(names.reduce((total, name) => graph.node('Add', [total, name])));
    },
  },
  Fill: {
    inputs: [],
    infer: (_inputs, { shape, dtype, value }) => ({ shape, dtype: dtype ?? util.inferDtype(value) }),
    lower: (graph, _inputs, { value }, [output]) => filled(graph, output as Info, Number(value)),
    supports: (_inputs, { value }) => typeof value !== 'string',
  },
};

function filled(graph: Lowering, { shape, dtype }: Info, value: number) {
  const small = graph.fill(
    value,
    dtype,
    shape.map(() => 1),
  );
  const name = sizeOf(shape) === 1 ? small : graph.node('Expand', [small, graph.integers(shape)]);
  return plain(name);
}
