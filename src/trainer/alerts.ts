/** Signs that a run is not learning, from its own numbers. Each is raised once; what raises it again has first been well. */
import type { AlertEvent, MetricInfo } from '../protocol/run.js';

export type Alert = Pick<AlertEvent, 'code' | 'message'>;

/** A healthy embedding std is near 1; below this, nearly all vectors point the same way. */
const COLLAPSED_STD = 0.1;
/** Below two directions there is no room for classes. */
const COLLAPSED_RANK = 2;
/** A mean loss this near (relative) to what guessing reaches has learned nothing. */
const STUCK_WITHIN = 0.005;
/** Fewer steps say nothing about an epoch. */
const STUCK_STEPS = 20;

export class Alerts {
  private losses = { sum: 0, count: 0 };
  private readonly raised: Set<Alert['code']>;

  /** @param raised codes that were raised before the run was resumed. */
  constructor(
    private readonly metrics: Readonly<Record<string, MetricInfo>>,
    raised: readonly Alert['code'][] = [],
  ) {
    this.raised = new Set(raised);
  }

  get active(): readonly Alert['code'][] {
    return [...this.raised];
  }

  /** Notes a step's loss. */
  step(loss: number): void {
    this.losses.sum += loss;
    this.losses.count++;
  }

  /** At the end of an epoch: is the mean loss still what guessing reaches? */
  epoch(): Alert[] {
    const { sum, count } = this.losses;
    this.losses = { sum: 0, count: 0 };
    const trivial = this.metrics.loss?.chance;
    if (trivial === undefined || count < STUCK_STEPS) return [];
    const mean = sum / count;
    return this.raise(
      'stuck',
      Math.abs(mean - trivial) < STUCK_WITHIN * Math.abs(trivial),
      `The loss stays at ${mean.toFixed(3)}; guessing gives ${trivial.toFixed(3)}. Look at the pairs: if views share nothing, augment less; else change the learning rate.`,
    );
  }

  /** After an evaluation of a network that has been trained. */
  evaluation(values: Readonly<Record<string, number>>): Alert[] {
    const std = values['embeddingStd.std'] ?? 1;
    const rank = values['effectiveRank.rank'] ?? Number.POSITIVE_INFINITY;
    const what = std < COLLAPSED_STD ? `embedding std ${std.toFixed(3)}` : `effective rank ${rank.toFixed(1)}`;
    return this.raise(
      'collapse',
      std < COLLAPSED_STD || rank < COLLAPSED_RANK,
      `The features have collapsed (${what}): different pictures get nearly the same vector. Look at the pairs and the similarity matrix.`,
    );
  }

  private raise(code: Alert['code'], bad: boolean, message: string): Alert[] {
    if (!bad) this.raised.delete(code);
    if (!bad || this.raised.has(code)) return [];
    this.raised.add(code);
    return [{ code, message }];
  }
}
