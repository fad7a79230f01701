/** The variables of modules: making them from reproducible draws, naming them, copying and averaging them. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariable, Network } from '../experiment/contracts.js';
import type { Random } from '../experiment/random.js';

type Kind = Pick<NamedVariable, 'trainable' | 'decay'>;

/** Learned, with weight decay. */
export const KERNEL: Kind = { trainable: true, decay: true };
/** Learned, without weight decay: biases and the parameters of norms. */
export const BIAS: Kind = { trainable: true, decay: false };
/** Saved but not learned. */
export const STATISTIC: Kind = { trainable: false, decay: false };

/** A float32 variable of this shape, filled with one value. */
export function constantVariable(name: string, shape: number[], value: number, kind: Kind): NamedVariable {
  return namedVariable(name, tf.fill(shape, value), kind);
}

/**
 * A kernel with normal draws of variance 2 / fanIn: keeps the variance of activations through ReLU layers. Drawn in
 * JavaScript, so that every engine starts from the same weights.
 * He, Zhang, Ren & Sun, "Delving deep into rectifiers" (ICCV 2015).
 */
export function heKernel(name: string, shape: number[], fanIn: number, random: Random): NamedVariable {
  const deviation = Math.sqrt(2 / fanIn);
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => deviation * random.normal());
  return namedVariable(name, tf.tensor(values, shape), KERNEL);
}

/**
 * A kernel with normal draws of this deviation, those beyond two deviations drawn again: how transformers start.
 * Devlin et al. 2019 (BERT): deviation 0.02.
 */
export function truncatedNormalKernel(
  name: string,
  shape: number[],
  deviation: number,
  random: Random,
  kind: Kind = KERNEL,
): NamedVariable {
  const draw = (): number => {
    const value = random.normal();
    return Math.abs(value) > 2 ? draw() : deviation * value;
  };
  const size = shape.reduce((product, length) => product * length, 1);
  return namedVariable(name, tf.tensor(Float32Array.from({ length: size }, draw), shape), kind);
}

/** A kernel with uniform draws within `limit` of 0: for recurrent networks and layers that start near something else. */
export function uniformKernel(name: string, shape: number[], limit: number, random: Random): NamedVariable {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => random.uniform(-limit, limit));
  return namedVariable(name, tf.tensor(values, shape), KERNEL);
}

/** A variable with this initial value, which is disposed. */
export function namedVariable(name: string, initial: tf.Tensor, kind: Kind): NamedVariable {
  const variable = tf.variable(initial, kind.trainable);
  initial.dispose();
  return { name, variable, ...kind };
}

/** The variables of named children, as `<child>/<variable>`. */
export function variablesOf(children: Readonly<Record<string, Network>>): NamedVariable[] {
  return Object.entries(children).flatMap(([child, module]) =>
    module.variables().map((named) => ({ ...named, name: `${child}/${named.name}` })),
  );
}

/** Gives `target` the values of `source`, a module of the same structure. */
export function copyVariables(source: Network, target: Network): void {
  forPairs(source, target, (from, to) => to.variable.assign(from.variable));
}

/**
 * Moves what is learned in `target` towards `source`: target = momentum target + (1 - momentum) source. Running
 * statistics stay the target's own, as in the published code of MoCo and BYOL.
 */
export function averageVariables(source: Network, target: Network, momentum: number): void {
  tf.tidy(() =>
    forPairs(source, target, (from, to) => {
      if (to.trainable) to.variable.assign(tf.add(tf.mul(to.variable, momentum), tf.mul(from.variable, 1 - momentum)));
    }),
  );
}

/** How far what is learned in two networks of the same structure is apart: the length of the difference as one vector. */
export function distanceBetween(source: Network, target: Network): tf.Scalar {
  return tf.tidy(() => {
    const squares: tf.Scalar[] = [];
    forPairs(source, target, (from, to) => {
      if (to.trainable) squares.push(tf.sum(tf.squaredDifference(from.variable, to.variable)));
    });
    return tf.sqrt(tf.addN(squares));
  });
}

function forPairs(source: Network, target: Network, visit: (from: NamedVariable, to: NamedVariable) => void): void {
  const from = source.variables();
  const to = target.variables();
  if (from.length !== to.length || from.some(({ name }, i) => name !== to[i]?.name))
    throw new Error('the two networks do not have the same variables');
  from.forEach((variable, i) => {
    visit(variable, to[i]!);
  });
}

export function disposeVariables(module: Network): void {
  tf.dispose(module.variables().map(({ variable }) => variable));
}
