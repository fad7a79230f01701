/** The engine under test, as the one environment of TensorFlow.js core's tests. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { registerBackend } from '@tensorflow/tfjs-core';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { OnnxRuntimeBackend } from '../../src/engine/onnxruntime/backend.js';
import { BACKEND, registerKernels } from '../../src/engine/onnxruntime/kernels.js';

registerKernels();
// The tests dispose and make anew their backend for every case.
registerBackend(BACKEND, () => new OnnxRuntimeBackend(2, 8));
setTestEnvs([{ name: BACKEND, backendName: BACKEND, isDataSync: true }]);
