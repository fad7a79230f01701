/** One training step: batch to tensors, targets, gradients, optimizer, and what the method does after it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, LossResult, NamedVariable, OptimizerState, StepContext } from '../experiment/contracts.js';
import type { Experiment } from '../experiment/experiment.js';
import { Random, Stream } from '../experiment/random.js';
import { clipped, globalNorm, gradientsOf } from '../nn/gradients.js';
import type { BuiltModel } from './model.js';

export interface Schedule {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

export class Stepper {
  readonly optimizer: OptimizerState;
  private readonly trainable: readonly NamedVariable[];
  /** The same in two parts: what minimizes the loss, and what minimizes the adversary's. */
  private readonly players: readonly NamedVariable[];
  private readonly adversaries: readonly NamedVariable[];

  constructor(
    private readonly experiment: Experiment,
    private readonly built: BuiltModel,
    private readonly schedule: Schedule,
  ) {
    this.trainable = built.variables.filter(({ trainable }) => trainable);
    const plays = ({ variable }: NamedVariable) => !built.adversaries.has(variable);
    this.players = this.trainable.filter(plays);
    this.adversaries = this.trainable.filter((named) => !plays(named));
    this.optimizer = experiment.optimizer.create(this.trainable);
  }

  /** All that a checkpoint keeps: networks, state, and the optimizer's slots as `optimizer/…`. */
  get variables(): readonly NamedVariable[] {
    const slots = this.optimizer.slots().map((slot) => ({ ...slot, name: `optimizer/${slot.name}` }));
    return [...this.built.variables, ...slots];
  }

  /**
   * Takes the step that follows `step` steps; the batch's tensors are disposed. Values that are not finite are
   * returned like any others: by then the weights are spoiled.
   */
  async take(step: number, batch: Batch): Promise<Record<string, number>> {
    const { model } = this.built;
    const { seed, optimizer, clipNorm } = this.experiment;
    const { totalSteps, stepsPerEpoch } = this.schedule;
    const random = Random.fromSeed(seed).at(Stream.step, step);
    const context: StepContext = {
      step,
      totalSteps,
      stepsPerEpoch,
      epoch: Math.floor(step / stepsPerEpoch),
      random,
      mode: { training: true, random: random.at(0) },
    };
    const learningRate = optimizer.learningRate(step, totalSteps, stepsPerEpoch);
    const names = ['loss', 'gradientNorm'];
    const read = tf.tidy(() => {
      const targets = model.targets?.(batch, context) ?? {};
      const logs: Record<string, tf.Scalar> = {};
      const kept: tf.NamedTensorMap = {};
      // Cloned and kept, because the gradient's scope ends before they are read.
      const logged = (result: LossResult) => {
        for (const [name, log] of Object.entries(result.logs ?? {})) logs[name] = tf.keep(tf.clone(log));
        for (const [name, value] of Object.entries(result.kept ?? {})) kept[name] = tf.keep(tf.clone(value));
        return result.loss;
      };
      const { loss, gradients: own } = gradientsOf(this.players, () => logged(model.loss(batch, targets, context)));
      const adversary = model.adversary?.bind(model);
      const opposed =
        adversary === undefined
          ? []
          : gradientsOf(this.adversaries, () => logged(adversary(batch, targets, context))).gradients;
      const gradients = this.trainable.map(
        (named) => own[this.players.indexOf(named)] ?? (opposed[this.adversaries.indexOf(named)] as tf.Tensor),
      );
      const norm = globalNorm(gradients);
      this.optimizer.apply(clipNorm === undefined ? gradients : clipped(gradients, norm, clipNorm), learningRate);
      model.afterStep?.(batch, { ...targets, ...kept }, context);
      tf.dispose(kept);
      names.push(...Object.keys(logs));
      // One tensor, so that the engine is read once.
      const scalars = tf.stack([loss, norm, ...Object.values(logs).map((log) => tf.cast(log, 'float32'))]);
      tf.dispose(logs);
      return scalars;
    });
    tf.dispose(batch.tensors);
    const values = await read.data();
    read.dispose();
    return { ...Object.fromEntries(names.map((name, i) => [name, values[i] as number])), learningRate };
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}
