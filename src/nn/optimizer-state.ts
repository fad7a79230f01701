/** What all optimizers share: slots beside each variable, a step counter, and assigning what the rule computes. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariable, OptimizerState } from '../experiment/contracts.js';
import { constantVariable, STATISTIC } from './variables.js';

export interface Situation {
  readonly weights: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** Weight decay and layer-wise adaptation apply. */
  readonly decay: boolean;
  /** Scalars, so that an engine that compiles the step need not do so again when they change. */
  readonly learningRate: tf.Scalar;
  /** Number of this step, from 1. */
  readonly step: tf.Scalar;
}

/** One update of one variable, given its slots; all slots start from 0. */
export type Rule<Slot extends string> = (
  situation: Situation,
  slots: Readonly<Record<Slot, tf.Tensor>>,
) => { readonly weights: tf.Tensor; readonly slots: Readonly<Record<Slot, tf.Tensor>> };

/** An optimizer that applies a rule to each variable. Slots are named `<variable>/<slot>`; `step` counts the updates. */
export function optimizerState<Slot extends string>(
  variables: readonly NamedVariable[],
  slotNames: readonly Slot[],
  rule: Rule<Slot>,
): OptimizerState {
  const counter = constantVariable('step', [], 0, STATISTIC);
  const named = variables.map(({ name, variable }) =>
    slotNames.map((slot) => constantVariable(`${name}/${slot}`, variable.shape, 0, STATISTIC)),
  );
  const slotsOf = named.map(
    (own) =>
      Object.fromEntries(slotNames.map((slot, s) => [slot, own[s]!.variable])) as unknown as Record<Slot, tf.Variable>,
  );
  const all = [counter, ...named.flat()];
  return {
    slots: () => all,
    dispose: () => tf.dispose(all.map(({ variable }) => variable)),
    apply: (gradients, rate) =>
      tf.tidy(() => {
        const learningRate = tf.scalar(rate);
        counter.variable.assign(tf.add(counter.variable, 1));
        const step = counter.variable as unknown as tf.Scalar;
        variables.forEach(({ variable, decay }, i) => {
          const slots = slotsOf[i]!;
          const next = rule({ weights: variable, gradient: gradients[i]!, decay, learningRate, step }, slots);
          variable.assign(next.weights);
          for (const slot of slotNames) slots[slot].assign(next.slots[slot]);
        });
      }),
  };
}
