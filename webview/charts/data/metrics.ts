/** Which charts there are, in which order, and what they are called. */
import type { MetricInfo } from '../../../src/protocol/run.js';
import { t } from '../../shared/strings.js';
import { chartKey, type RunData } from './run-data.js';

export interface ChartMetric {
  readonly key: string;
  readonly metric: string;
  readonly evaluation: boolean;
  readonly info: MetricInfo;
}

/** The questions a person asks first, in this order; whatever else was recorded follows by name. */
const order: readonly RegExp[] = [
  /^m:loss$/,
  /^e:knn\b/i,
  /^m:(?!loss).*accuracy/i,
  /embedding.?std/i,
  /effective.?rank/i,
  /^m:learning.?rate$/i,
  /images.?per.?second/i,
];

/** Titles of metrics that bring none of their own, and translations of the usual ones. */
function knownTitles(): Readonly<Record<string, string>> {
  return {
    loss: t('Loss'),
    learningRate: t('Learning rate'),
    imagesPerSecond: t('Images per second'),
    gradientNorm: t('Gradient norm'),
    'knn.accuracy': t('kNN accuracy'),
    'linearProbe.accuracy': t('Linear probe accuracy'),
    embeddingStd: t('Embedding std'),
    'embeddingStd.std': t('Embedding std'),
    'effectiveRank.rank': t('Effective rank'),
    'alignmentUniformity.alignment': t('Alignment'),
    'alignmentUniformity.uniformity': t('Uniformity'),
  };
}

/** `gradientNorm` -> `Gradient norm`, `probe.top5` -> `Probe top5`. */
function fromName(metric: string): string {
  const words = metric
    .replace(/[._/-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const rank = (key: string): number => {
  const index = order.findIndex((pattern) => pattern.test(key));
  return index < 0 ? order.length : index;
};

/** The charts for the given runs: one for each metric that any of them recorded. */
export function chartMetrics(
  runs: readonly { readonly data: RunData; readonly metrics: Readonly<Record<string, MetricInfo>> }[],
): ChartMetric[] {
  const found = new Map<string, ChartMetric>();
  const titles = knownTitles();
  for (const { data, metrics } of runs) {
    for (const { metric, evaluation, length } of data.series.values()) {
      const key = chartKey(metric, evaluation);
      if (length === 0 || (found.has(key) && !metrics[metric])) continue;
      const given = metrics[metric];
      const title = given ? t(given.title) : (titles[metric] ?? fromName(metric));
      const unit = metric === 'imagesPerSecond' ? ('images/s' as const) : undefined;
      found.set(key, { key, metric, evaluation, info: { unit, ...given, title } });
    }
  }
  return [...found.values()].sort((a, b) => rank(a.key) - rank(b.key) || a.metric.localeCompare(b.metric));
}
