/** The samples that have a label, where others have none. */
import { DataError, type OpenData, type Samples, type ViewContext } from '../experiment/contracts.js';

const known = new WeakMap<object, Int32Array>();

/** Indices of the samples that have a label, in order; found once for each split. */
export function labelledIndices(samples: Pick<Samples<unknown>, 'length' | 'label'>): Int32Array {
  const found =
    known.get(samples) ?? Int32Array.from({ length: samples.length }, (_, i) => i).filter((i) => samples.label(i) >= 0);
  known.set(samples, found);
  return found;
}

export interface Labelled<S> {
  readonly sample: S;
  readonly label: number;
  /** Place in its split. */
  readonly index: number;
}

/** A training sample drawn from those that have a label: a function of (seed, epoch, sample, `counter`). */
export function drawLabelled<S>({ data, random }: ViewContext<S>, counter: number): Labelled<S> {
  const indices = labelledIndices(data.train);
  if (indices.length === 0) throw new DataError(`${data.title} has no labels to learn from.`);
  const index = indices[random(counter).integer(indices.length)] as number;
  return { sample: data.train.get(index), label: data.train.label(index), index };
}

/** The sample itself where it has a label, else one drawn in its place. */
export function labelledOrDrawn<S>(sample: S, context: ViewContext<S>, counter: number): Labelled<S> {
  const label = context.samples.label(context.index);
  return label >= 0 ? { sample, label, index: context.index } : drawLabelled(context, counter);
}

/** For `problems` of methods that learn from labels. */
export function labelProblems({ title, classes, train }: OpenData<unknown>): string[] {
  if (classes.length > 1 && labelledIndices(train).length > 0) return [];
  return [
    `it learns from labels, and ${title} has none: take data with labels, such as fewLabels(emoji(), { perClass: 20 }) or a folder with one sub-folder per class`,
  ];
}
