import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** A kernel made of other operations and loops over the heap. Tensors it makes on the way are disposed. */
export type Compute<I extends object, A extends object> = (inputs: I, attributes: A, backend: BackendWasm) => tf.Tensor;

/** A kernel that the backend lacks. */
export function addKernel<I extends object, A extends object>(name: string, compute: Compute<I, A>): void {
  tf.registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc: kernelFunction(compute) });
}

/** Puts a kernel in the place of the backend's own, which it is given to fall back on. */
export function replaceKernel<I extends object, A extends object>(
  name: string,
  make: (own: Compute<I, A>) => Compute<I, A>,
): void {
  const registered = tf.getKernel(name, 'wasm');
  const own: Compute<I, A> = (inputs, attrs, backend) => {
    const result = registered.kernelFunc({ inputs: inputs as never, attrs: attrs as never, backend });
    return tf.engine().makeTensorFromTensorInfo(result as tf.TensorInfo);
  };
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({ ...registered, kernelFunc: kernelFunction(make(own)) });
}

const kernelFunction =
  <I extends object, A extends object>(compute: Compute<I, A>): tf.KernelFunc =>
  ({ inputs, attrs, backend }) =>
    tf.tidy(() => compute(inputs as I, attrs as A, backend as BackendWasm));
