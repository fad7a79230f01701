/** What an optimizer does. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Part } from '../part.js';
import type { NamedVariable } from './networks.js';

/** An optimizer at work on given variables. */
export interface OptimizerState {
  /** One update. `gradients` in the order of the variables; `learningRate` from the schedule. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Everything that must be saved to continue: slots by name. Counters are one-element variables too. */
  slots(): readonly NamedVariable[];
  dispose(): void;
}

export interface Optimizer extends Part<'optimizer'> {
  /** Learning rate at a step: warm-up, then the schedule. */
  learningRate(step: number, totalSteps: number, stepsPerEpoch: number): number;
  create(variables: readonly NamedVariable[]): OptimizerState;
}
