/** How the learning rate changes over training: options that all optimizers share. */
import { z } from 'zod';

export const scheduleOptions = {
  schedule: z
    .enum(['cosine', 'linear', 'step', 'constant'])
    .default('cosine')
    .describe(
      'How the learning rate falls after warm-up: `cosine` (default) or `linear` to 0 over the whole training, `step` at milestones, or `constant`.',
    ),
  warmupEpochs: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      'Epochs over which the learning rate first rises linearly, 0 or more. Default 0; published: 10 for SimCLR with LARS.',
    ),
  milestones: z
    .array(z.number().min(0))
    .default([])
    .describe(
      'With `step`: epochs at which the learning rate is multiplied by `gamma`. Default none; published: [120, 160] of 200 for MoCo v1.',
    ),
  gamma: z
    .number()
    .positive()
    .max(1)
    .default(0.1)
    .describe('With `step`: factor at each milestone, above 0 to 1. Default 0.1.'),
};

export interface ScheduleOptions {
  readonly learningRate: number;
  readonly schedule: 'cosine' | 'linear' | 'step' | 'constant';
  readonly warmupEpochs: number;
  readonly milestones: readonly number[];
  readonly gamma: number;
}

/**
 * Learning rate of a step, counted from 0. The cosine is half a period, without restarts: Loshchilov & Hutter, "SGDR"
 * (ICLR 2017). Linear decay is BERT’s. The first step of a warm-up already moves: its rate is 1 / (steps of warm-up) of
 * the full one.
 */
export function learningRateAt(
  { learningRate, schedule, warmupEpochs, milestones, gamma }: ScheduleOptions,
  step: number,
  totalSteps: number,
  stepsPerEpoch: number,
): number {
  const warmup = Math.round(warmupEpochs * stepsPerEpoch);
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * gamma ** milestones.filter((epoch) => step >= epoch * stepsPerEpoch).length;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
  }
}
