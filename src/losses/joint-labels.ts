/**
 * Joint labels of class and transformation, and what is made of them: Lee, Hwang & Shin, "Self-supervised label
 * augmentation via input transformations" (ICML 2020).
 */
import * as tf from '@tensorflow/tfjs-core';

/**
 * The joint label of every copy, class · M + transformation, in the order of the copies: those of one picture follow
 * each other.
 * @param classes int32 `[pictures]`; -1 stays -1.
 * @returns int32 `[pictures * M]`.
 */
export function jointLabels(classes: tf.Tensor1D, transformations: number): tf.Tensor1D {
  const own = tf.expandDims(classes, 1);
  const joint = tf.add(tf.mul(own, transformations), tf.range(0, transformations, 1, 'int32'));
  const labelled = tf.cast(tf.greaterEqual(own, 0), 'int32');
  return tf.reshape(tf.sub(tf.mul(tf.add(joint, 1), labelled), 1), [-1]);
}

/**
 * Logits of the classes, averaged over the copies, of each the logits of its own transformation:
 * s_i = 1/M · sum over j of z_j[i · M + j]. Probabilities are not averaged.
 * @param joint `[pictures * M, classes * M]`, the copies of one picture one after the other.
 * @returns `[pictures, classes]`.
 */
export function aggregated(joint: tf.Tensor2D, transformations: number): tf.Tensor2D {
  return tf.mean(ownLogits(joint, transformations), 1) as tf.Tensor2D;
}

/** Of each copy the logits of the classes with its own transformation: `[pictures, M, classes]`. */
export function ownLogits(joint: tf.Tensor2D, transformations: number): tf.Tensor3D {
  const [copies, labels] = joint.shape;
  const table = tf.reshape(joint, [copies / transformations, transformations, -1, transformations]);
  const own = tf.reshape(tf.eye(transformations), [1, transformations, 1, transformations]);
  return tf.reshape(tf.sum(tf.mul(table, own), 3), [
    copies / transformations,
    transformations,
    labels / transformations,
  ]);
}

/**
 * T² · KL(softmax(teacher / T) ‖ softmax(student / T)), averaged over the rows: Hinton, Vinyals & Dean, "Distilling the
 * knowledge in a neural network" (2015). Let no gradient reach the teacher.
 */
export function distillation(student: tf.Tensor2D, teacher: tf.Tensor2D, temperature: number): tf.Scalar {
  const target = tf.softmax(tf.div(teacher, temperature));
  const difference = tf.sub(tf.logSoftmax(tf.div(teacher, temperature)), tf.logSoftmax(tf.div(student, temperature)));
  return tf.mul<tf.Scalar>(tf.mean(tf.sum(tf.mul(target, difference), 1)), temperature ** 2);
}
