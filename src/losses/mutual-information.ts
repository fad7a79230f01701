/**
 * Lower bounds of the mutual information of two vectors, as losses over the scores of pairs that belong together and of
 * pairs that do not: Hjelm et al., "Learning deep representations by mutual information estimation and maximization"
 * (Deep InfoMax, ICLR 2019), arXiv:1808.06670.
 */
import * as tf from '@tensorflow/tfjs-core';

export const estimators = ['jsd', 'infonce', 'dv'] as const;
export type Estimator = (typeof estimators)[number];

/** Far below any score, yet finite in float32: exp of it is 0. */
const MASKED = 1e9;

export interface InformationLoss {
  readonly loss: tf.Scalar;
  /** Mean score of the pairs that belong together, and of those that do not. */
  readonly joint: tf.Scalar;
  readonly product: tf.Scalar;
  /** Share of the samples whose own places have the highest mean score; 1 / samples for random scores. */
  readonly accuracy: tf.Scalar;
}

/**
 * @param scores `[samples, samples, places]`: of the global vector of sample i with place l of sample j. Pairs with
 * i = j belong together. 2 samples or more.
 * - `jsd`: mean over i != j of E- less the mean over i = j of E+, E+ = ln 2 - sp(-u), E- = sp(u) - ln 2, which is -2
 *   times the Jensen-Shannon divergence: from 0 (nothing known) to -2 ln 2.
 * - `infonce`: each place has to be found by its global vector among the places of all other samples; ln(1 + (n - 1) L)
 *   where all scores are alike. Places of the sample itself are left out (the published code gives them a score of -10).
 * - `dv`: Donsker-Varadhan, ln mean over i != j of e^u less the mean over i = j of u; minus the estimate in nats.
 */
export function informationLoss(scores: tf.Tensor3D, estimator: Estimator): InformationLoss {
  const [samples, , places] = scores.shape;
  if (samples < 2) throw new Error(`informationLoss compares samples: it takes 2 or more, not ${samples}`);
  const own = tf.reshape(tf.eye(samples), [samples, samples, 1]);
  const foreign = tf.sub(1, own);
  // The scores of each sample with its own places, [samples, places].
  const joint = tf.sum(tf.mul(scores, own), 1);
  const pairs = samples * (samples - 1) * places;
  const meanForeign = (values: tf.Tensor) => tf.div<tf.Scalar>(tf.sum(tf.mul(values, foreign)), pairs);
  const others = tf.sub(scores, tf.mul(own, MASKED));
  const losses: Record<Estimator, () => tf.Tensor> = {
    jsd: () => tf.sub(tf.add(meanForeign(tf.softplus(scores)), tf.mean(tf.softplus(tf.neg(joint)))), 2 * Math.LN2),
    infonce: () => tf.mean(tf.softplus(tf.sub(tf.reshape(tf.logSumExp(others, [1, 2]), [samples, 1]), joint))),
    dv: () => tf.sub(tf.sub(tf.logSumExp(others), Math.log(pairs)), tf.mean(joint)),
  };
  const found = tf.argMax(tf.mean(scores, 2), 1);
  return {
    loss: losses[estimator]() as tf.Scalar,
    joint: tf.mean<tf.Scalar>(joint),
    product: meanForeign(scores),
    accuracy: tf.mean<tf.Scalar>(tf.cast(tf.equal(found, tf.range(0, samples, 1, 'int32')), 'float32')),
  };
}

/** The loss where all scores are alike: nothing is known. */
export function uninformedLoss(estimator: Estimator, samples: number, places: number): number {
  return estimator === 'infonce' ? Math.log(1 + (samples - 1) * places) : 0;
}
