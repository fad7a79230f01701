/** TensorFlow.js registers the gradients of its operations only on request. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
