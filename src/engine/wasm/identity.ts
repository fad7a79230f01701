import * as tf from '@tensorflow/tfjs-core';
import type { Compute } from './kernel.js';

/** The same values under a new name, counted by the backend; its own kernel copies them. */
export const identity: Compute<{ x: tf.Tensor }, object> = ({ x }, _attributes, backend) => {
  backend.incRef(x.dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype });
};

type Cast = Compute<{ x: tf.Tensor }, { dtype: tf.DataType }>;

/** Copies only if the type changes. */
export const cast =
  (own: Cast): Cast =>
  ({ x }, { dtype }, backend) =>
    x.dtype === dtype ? identity({ x }, {}, backend) : own({ x }, { dtype }, backend);
