import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Compares the gradient of a scalar function with central finite differences, in every element of `at`.
 * float32 leaves differences about four digits, so the step is large and the tolerance relative to the largest element.
 */
export function expectGradient(
  f: (x: tf.Tensor) => tf.Tensor,
  at: tf.Tensor,
  { step = 1e-2, tolerance = 1e-2 }: { step?: number; tolerance?: number } = {},
): void {
  const values = at.dataSync();
  const value = (changed: Float32Array) => tf.tidy(() => f(tf.tensor(changed, at.shape)).dataSync()[0] as number);
  const numeric = Array.from(values, (x, i) => {
    const [up, down] = [Float32Array.from(values), Float32Array.from(values)];
    up[i] = x + step;
    down[i] = x - step;
    return (value(up) - value(down)) / (up[i]! - down[i]!);
  });
  const analytic = tf.tidy(() => tf.grad(f)(at).dataSync());
  const scale = Math.max(...numeric.map(Math.abs), 1e-3);
  const worst = numeric.reduce((most, n, i) => Math.max(most, Math.abs(n - analytic[i]!)), 0);
  expect(worst / scale).toBeLessThan(tolerance);
}
