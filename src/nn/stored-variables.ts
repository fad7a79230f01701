/** Variables and the tensors of a checkpoint. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariable } from '../experiment/contracts.js';
import type { StoredDtype, TensorFile } from '../runs/safetensors.js';

/**
 * Assigns stored tensors to variables of the same names. Throws if one is missing or has another shape or type; tensors
 * without a variable are left aside, so weights alone can be taken from a checkpoint.
 */
export function assignTensors(tensors: TensorFile['tensors'], variables: readonly NamedVariable[]): void {
  for (const { name, variable } of variables) {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`the checkpoint has no ${name}: it was made by another network`);
    if (stored.shape.join() !== variable.shape.join() || stored.dtype !== storedDtype(variable))
      throw new Error(`${name} is [${stored.shape}] in the checkpoint and [${variable.shape}] in the network`);
    tf.tidy(() => variable.assign(tf.tensor(stored.data, variable.shape, variable.dtype)));
  }
}

/** How a variable is stored. */
export function storedDtype(variable: tf.Variable): StoredDtype {
  const dtype = ({ float32: 'F32', int32: 'I32', bool: 'BOOL' } as const)[variable.dtype as 'float32'];
  if (dtype === undefined) throw new Error(`variables of type ${variable.dtype} cannot be saved`);
  return dtype;
}
