import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

interface Accuracy {
  /** Of the finite differences. */
  readonly step?: number;
  /** Relative to the largest element. */
  readonly tolerance?: number;
}

/**
 * Compares the gradient of a scalar function with central finite differences, in every element of `at`.
 * float32 leaves differences about four digits, so the step is large and the tolerance relative to the largest element.
 */
export function expectGradient(f: (x: tf.Tensor) => tf.Tensor, at: tf.Tensor, accuracy: Accuracy = {}): void {
  const value = (changed: Float32Array) => tf.tidy(() => f(tf.tensor(changed, at.shape)).dataSync()[0] as number);
  const analytic = tf.tidy(() => tf.grad(f)(at).dataSync());
  compare(analytic, at.dataSync(), value, accuracy);
}

/** The same in every element of a variable, for a scalar that is computed with it. */
export function expectVariableGradient(f: () => tf.Tensor, variable: tf.Variable, accuracy: Accuracy = {}): void {
  const values = Float32Array.from(variable.dataSync());
  const set = (changed: Float32Array) => tf.tidy(() => variable.assign(tf.tensor(changed, variable.shape)));
  const analytic = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => f() as tf.Scalar, [variable]);
    return grads[variable.name]!.dataSync();
  });
  const value = (changed: Float32Array) => {
    set(changed);
    return tf.tidy(() => f().dataSync()[0] as number);
  };
  compare(analytic, values, value, accuracy);
  set(values);
}

function compare(
  analytic: ArrayLike<number>,
  values: ArrayLike<number>,
  value: (changed: Float32Array) => number,
  { step = 1e-2, tolerance = 1e-2 }: Accuracy,
): void {
  const numeric = Array.from(values, (x, i) => {
    const [up, down] = [Float32Array.from(values), Float32Array.from(values)];
    up[i] = x + step;
    down[i] = x - step;
    return (value(up) - value(down)) / (up[i]! - down[i]!);
  });
  const scale = Math.max(...numeric.map(Math.abs), 1e-3);
  const worst = numeric.reduce((most, n, i) => Math.max(most, Math.abs(n - analytic[i]!)), 0);
  expect(worst / scale).toBeLessThan(tolerance);
}
