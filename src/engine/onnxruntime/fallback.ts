/**
 * Kernels without a lowering are computed by TensorFlow.js's reference kernels (its cpu backend): slower, and a step with
 * one of them is cut into several graphs, but correct. Each is counted and named once in the log, so that it can be seen.
 */
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import '@tensorflow/tfjs-backend-cpu/dist/register_all_kernels.js';
import {
  type DataId,
  getKernelsForBackend,
  type KernelBackend,
  type KernelFunc,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from './backend.js';

/** The reference kernels, wrapped for our tensors, by name. */
export function referenceKernels(log: (message: string) => void): Map<string, KernelFunc> {
  // A backend of our own, unknown to the engine: values are lent to it for one call at a time.
  const reference = new MathBackendCPU();
  const named = new Set<string>();
  const wrapped = new Map<string, KernelFunc>();
  for (const { kernelName, kernelFunc } of getKernelsForBackend('cpu')) {
    wrapped.set(kernelName, (call) => {
      if (!named.has(kernelName))
        log(`${kernelName} has no native lowering for this call and is computed by the reference kernel`);
      named.add(kernelName);
      const backend = call.backend as OnnxRuntimeBackend;
      backend.counts.fallbacks++;
      return lend(backend, reference, kernelFunc, call);
    });
  }
  return wrapped;
}

function lend(
  backend: OnnxRuntimeBackend,
  reference: KernelBackend,
  kernelFunc: KernelFunc,
  { inputs, attrs }: Parameters<KernelFunc>[0],
): TensorInfo | TensorInfo[] {
  const lent = new Set<DataId>();
  const give = (info: TensorInfo): TensorInfo => {
    const dataId = reference.write(backend.readSync(info.dataId), info.shape, info.dtype);
    lent.add(dataId);
    // Some reference kernels look at the rank of what they are given.
    return { dataId, shape: info.shape, dtype: info.dtype, rank: info.shape.length } as TensorInfo;
  };
  const given = Array.isArray(inputs)
    ? inputs.map((info) => info && give(info))
    : Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, info && give(info)]));
  const made = kernelFunc({ inputs: given as NamedTensorInfoMap, attrs, backend: reference });
  const take = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    lent.add(dataId);
    return { dataId: backend.write(reference.readSync(dataId), shape, dtype), shape, dtype };
  };
  const taken = Array.isArray(made) ? made.map(take) : take(made);
  for (const dataId of lent) reference.disposeData(dataId, true);
  return taken;
}
