/** The table of kernels this engine lowers, and their registration with TensorFlow.js. */
import { type KernelFunc, registerKernel, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from './backend.js';
import { referenceKernels } from './fallback.js';
import { convolutionKernels } from './kernels-convolution.js';
import { elementwiseKernels } from './kernels-elementwise.js';
import { matmulKernels } from './kernels-matmul.js';
import { reductionKernels } from './kernels-reduction.js';
import { resizeKernels } from './kernels-resize.js';
import { shapeKernels } from './kernels-shape.js';
import type { Kernel } from './lowering.js';

export const BACKEND = 'onnxruntime' as const;

export const kernels: Readonly<Record<string, Kernel>> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...matmulKernels,
  ...convolutionKernels,
  ...shapeKernels,
  ...resizeKernels,
};

const reshaped = (x: TensorInfo, given: readonly number[], backend: unknown): TensorInfo => {
  const known = given.reduce((a, b) => (b === -1 ? a : a * b), 1);
  const size = x.shape.reduce((a, b) => a * b, 1);
  return (backend as OnnxRuntimeBackend).alias(
    x,
    given.map((n) => (n === -1 ? size / known : n)),
    x.dtype,
  );
};

/** Kernels that only give the same values another shape. */
const aliases: Readonly<Record<string, KernelFunc>> = {
  Identity: ({ inputs: { x }, backend }) => reshaped(x as TensorInfo, (x as TensorInfo).shape, backend),
  Reshape: ({ inputs: { x }, attrs, backend }) =>
    reshaped(x as TensorInfo, (attrs as unknown as { shape: number[] }).shape, backend),
  ExpandDims: ({ inputs: { input }, attrs, backend }) => {
    const { shape } = input as TensorInfo;
    const { dim } = attrs as unknown as { dim: number };
    util.assert(
      -(shape.length + 1) <= dim && dim <= shape.length,
      () => `expandDims: axis ${dim} is not in [${-(shape.length + 1)}, ${shape.length}]`,
    );
    const at = dim < 0 ? dim + shape.length + 1 : dim;
    return reshaped(input as TensorInfo, [...shape.slice(0, at), 1, ...shape.slice(at)], backend);
  },
};

const computable = new Set(['float32', 'int32', 'bool']);

/** Registers every kernel: lowered, or computed by the reference kernel. */
export function registerKernels(log: (message: string) => void = () => undefined): void {
  const register = (kernelName: string, kernelFunc: KernelFunc) =>
    registerKernel({ kernelName, backendName: BACKEND, kernelFunc });
  const references = referenceKernels(log);
  for (const [name, reference] of references) if (!(name in kernels) && !(name in aliases)) register(name, reference);
  for (const [name, alias] of Object.entries(aliases)) register(name, alias);
  for (const [name, kernel] of Object.entries(kernels)) {
    register(name, (call) => {
      const list = (
        kernel.inputs ? kernel.inputs.map((input) => call.inputs[input]) : Object.values(call.inputs)
      ) as TensorInfo[];
      const given = list.filter((info) => info !== undefined);
      const lowered =
        given.every(({ dtype }) => computable.has(dtype)) && (kernel.supports?.(list, call.attrs) ?? true);
      const reference = references.get(name);
      if (!lowered && reference) return reference(call);
      return (call.backend as OnnxRuntimeBackend).record(name, kernel, given, call.attrs);
    });
  }
}
