/** TensorFlow.js registers the gradients of its operations only on request. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';

// The gradients of sums and means come with a tensor of ones as large as the input, made anew in every step.
for (const kernelName of ['Sum', 'Mean']) {
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved as [tf.Tensor];
      const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape);
      const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
      return {
        x: () => {
          const each = kernelName === 'Mean' ? tf.div(dy as tf.Tensor, x.size / tf.util.sizeFromShape(kept)) : dy;
          return tf.broadcastTo(tf.reshape(each as tf.Tensor, kept), x.shape);
        },
      };
    },
  });
}
